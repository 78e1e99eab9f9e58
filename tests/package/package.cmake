# Makes the Debian packages of a build, checks their contents, and unpacks them
# into HERE/root, where the program, its pages and its completion must work.
function(check_matches text pattern what)
  if(NOT text MATCHES "${pattern}")
    message(SEND_ERROR "${what}: '${text}' does not match ${pattern}")
  endif()
endfunction()

function(check_no_match text pattern what)
  if(text MATCHES "${pattern}")
    message(SEND_ERROR "${what}: '${text}' matches ${pattern}")
  endif()
endfunction()

# run(<variable> command ...): stores the output of the command, which must
# succeed and print nothing on standard error.
function(run variable)
  execute_process(COMMAND ${ARGN}
    OUTPUT_VARIABLE output ERROR_VARIABLE error COMMAND_ERROR_IS_FATAL ANY)
  if(NOT error STREQUAL "")
    message(SEND_ERROR "${ARGN}: ${error}")
  endif()
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# The bytes are the same on every machine and at any time. (CPack gives the two
# archives in a .deb the mode of the umask; that does not matter.)
function(digest variable package)
  run(bytes sh -c [=[
    dpkg-deb --ctrl-tarfile "$0" | sha256sum
    dpkg-deb --fsys-tarfile "$0" | sha256sum
  ]=] ${package})
  set(${variable} "${bytes}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${HERE})
foreach(who one other)
  file(MAKE_DIRECTORY ${HERE}/${who})
endforeach()
set(pack ${CPACK} -C "${CONFIG}" --config ${BUILD}/CPackConfig.cmake)
execute_process(COMMAND ${pack} -B ${HERE}/one
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env TZ=Asia/Pyongyang
    sh -c "umask 077 && exec \"$@\"" sh ${pack} -B ${HERE}/other
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

file(GLOB packages RELATIVE ${HERE}/one ${HERE}/one/*.deb)
list(LENGTH packages count)
if(NOT count EQUAL 2)
  message(FATAL_ERROR "there are ${count} packages: ${packages}")
endif()
foreach(package IN LISTS packages)
  digest(one ${HERE}/one/${package})
  digest(other ${HERE}/other/${package})
  if(NOT one STREQUAL other)
    message(SEND_ERROR "${package} is not the same a second time")
  endif()
endforeach()

# ----------------------------------------------------------- what they say

# describe(<package>): sets its listing and its fields.
macro(describe package)
  file(GLOB file ${HERE}/one/${package}_*.deb)
  run(listing dpkg-deb --contents ${file})
  foreach(field Section Maintainer Description Depends)
    run(${field} dpkg-deb --field ${file} ${field})
  endforeach()
  string(REGEX REPLACE "\n$" "" listing "${listing}")
  string(REPLACE "\n" ";" lines "${listing}")
  foreach(line IN LISTS lines)
    check_matches("${line}"
      "^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) root/root "
      "mode and owner")
    if(line MATCHES "^-rwx")
      check_matches("${line}" "\\./usr/bin/dynamodown$" "a program")
    endif()
  endforeach()
  foreach(document copyright changelog.gz changelog.Debian.gz
      THIRD_PARTY_NOTICES)
    check_matches("${listing}" "\\./usr/share/doc/${package}/${document}"
      "contents of ${package}")
  endforeach()
  check_matches("${Maintainer}" "^[^<>]+ <[^<>@ ]+@[^<>@ ]+>\n$" Maintainer)
  check_matches("${Description}" "^[^\n]+\n [^\n]+\n" Description)
endmacro()

describe(dynamodown)
check_matches("${Section}" "^database\n$" Section)
check_matches("${Depends}" "libc6 .*libcurl3.*libleveldb1" Depends)
check_no_match("${Depends}" "-dev" "Depends of the tool")
foreach(file bin/dynamodown share/bash-completion/completions/dynamodown
    share/man/man1/dynamodown.1.gz share/man/man1/dynamodown-get.1.gz)
  check_matches("${listing}" "\\./usr/${file}" "contents of dynamodown")
endforeach()
# Files of the library, or a page that is not compressed.
check_no_match("${listing}" "\\.(h|a|cmake|1)(\n|$)" "contents of dynamodown")

describe(libdynamodown-dev)
check_matches("${Section}" "^libdevel\n$" Section)
foreach(depend libcurl4-gnutls-dev libleveldb-dev libpugixml-dev
    libsimdjson-dev libsnappy-dev nettle-dev pkg-config zlib1g-dev)
  check_matches(", ${Depends}" ", ${depend}[,\n]" Depends)
endforeach()
foreach(file ${LIBDIR}/libdynamodown.a include/dynamodown/db.h
    ${LIBDIR}/cmake/dynamodown/dynamodownConfig.cmake
    ${LIBDIR}/pkgconfig/dynamodown.pc
    share/doc/libdynamodown-dev/examples/CMakeLists.txt)
  check_matches("${listing}" "\\./usr/${file}" "contents of libdynamodown-dev")
endforeach()
check_no_match("${listing}" "usr/bin|doc/dynamodown/"
  "contents of libdynamodown-dev")

# ------------------------------------------------------------ what they do

set(root ${HERE}/root)
foreach(package IN LISTS packages)
  run(nothing dpkg-deb --extract ${HERE}/one/${package} ${root})
endforeach()
set(program ${root}/usr/bin/dynamodown)
set(library ${root}/usr/${LIBDIR}/libdynamodown.a)
foreach(stripped ${program} ${library})
  run(sections readelf --sections --wide ${stripped})
  check_no_match("${sections}" "\\.debug_" "${stripped} is not stripped")
endforeach()

# --version says where the notices are, below the folder of bin.
run(version ${program} --version)
check_matches("${version}" "PREFIX/[^ \n]+/THIRD_PARTY_NOTICES\n$" "--version")
string(REGEX REPLACE ".*PREFIX/([^\n]+)\n$" "\\1" notices "${version}")
if(NOT EXISTS ${root}/usr/${notices})
  message(SEND_ERROR "--version names ${notices}, which does not exist")
endif()

run(help ${program} --help)
set(store leveldb:${HERE}/store)
run(nothing ${program} create ${store})
run(nothing ${program} put ${store} name "Yuri Irsenovich Kim")
run(value ${program} get ${store} name)
check_matches("${value}" "^Yuri Irsenovich Kim\n$" "the value")

set(pages ${root}/usr/share/man/man1)
set(ENV{MANWIDTH} 80)
run(page ${MAN} --warnings -l ${pages}/dynamodown.1.gz)
check_matches("${page}" "dynamodown create mytable/myhash\n" "the page")
# There is a page for each command that --help lists.
string(REGEX MATCH "\nCommands:\n(  [^\n]+\n)+" commands "${help}")
string(REGEX MATCHALL "\n  [a-z-]+" commands "${commands}")
foreach(command IN LISTS commands)
  string(STRIP "${command}" command)
  run(page ${MAN} --warnings -l ${pages}/dynamodown-${command}.1.gz)
  check_matches("${page}" "dynamodown ${command}" "the page of ${command}")
endforeach()
check_matches("${commands}" "get.*put.*scan" "commands")

run(offered bash -c [=[
  source "$0"
  COMP_LINE='dynamodown help sc' COMP_POINT=18 COMP_CWORD=2
  COMP_WORDS=(dynamodown help sc)
  _dynamodown
  printf '%s\n' "${COMPREPLY[@]}"
]=] ${root}/usr/share/bash-completion/completions/dynamodown)
check_matches("${offered}" "^scan\n$" "completion")
