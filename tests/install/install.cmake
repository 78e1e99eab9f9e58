# Installs BUILD into STAGE, moves the result to PREFIX, and checks it. If the
# package named a folder of the build, or STAGE, it would not work in PREFIX.
function(check_no_word file word)
  file(READ ${file} text)
  string(FIND "${text}" "${word}" at)
  if(NOT at EQUAL -1)
    message(SEND_ERROR "${file} says ${word}")
  endif()
endfunction()

file(REMOVE_RECURSE ${STAGE} ${PREFIX})
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${STAGE} --config "${CONFIG}"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${STAGE} ${PREFIX})

# The documents, and every public header of the source.
file(GLOB_RECURSE headers RELATIVE ${SOURCE}/include ${SOURCE}/include/*.h)
list(TRANSFORM headers PREPEND ${INCLUDEDIR}/)
foreach(file IN LISTS headers ITEMS
    ${DOCDIR}/LICENSE ${DOCDIR}/THIRD_PARTY_NOTICES
    ${DOCDIR}/README.md ${DOCDIR}/CHANGELOG.md
    ${DOCDIR}/docs/costs.md ${DOCDIR}/docs/overview.svg
    ${DOCDIR}/examples/CMakeLists.txt
    ${LIBDIR}/pkgconfig/dynamodown.pc
    ${LIBDIR}/pkgconfig/dynamodown-dyno.pc
    ${LIBDIR}/cmake/dynamodown/dynamodownConfig.cmake
    ${LIBDIR}/cmake/dynamodown/dynamodownConfigVersion.cmake
    ${LIBDIR}/cmake/dynamodown/dynamodownTargets.cmake)
  if(NOT EXISTS ${PREFIX}/${file})
    message(SEND_ERROR "${file} was not installed")
  endif()
endforeach()

# The manual and the completion, if the build has the command line.
if(EXISTS ${PREFIX}/bin/dynamodown)
  foreach(file man/man1/dynamodown.1 man/man1/dynamodown-get.1
      bash-completion/completions/dynamodown)
    if(NOT EXISTS ${PREFIX}/share/${file})
      message(SEND_ERROR "share/${file} was not installed")
    endif()
  endforeach()
endif()

file(GLOB_RECURSE package ${PREFIX}/${LIBDIR}/*.cmake ${PREFIX}/${LIBDIR}/*.pc)
foreach(file IN LISTS package)
  foreach(folder ${SOURCE} ${BUILD} ${STAGE})
    check_no_word(${file} ${folder}/)
  endforeach()
  # The layers are objects inside the library, and private.
  foreach(target base transport dynamo store db dyno flags internal)
    check_no_word(${file} dynamodown_${target})
  endforeach()
  if(KIND STREQUAL shared)
    foreach(library curl simdjson pugixml nettle)
      check_no_word(${file} "-l${library}")
      check_no_word(${file} "lib${library}")
    endforeach()
  endif()
endforeach()

# CMake before 3.23 finds the headers through this variable.
file(READ ${PREFIX}/${LIBDIR}/cmake/dynamodown/dynamodownTargets.cmake targets)
if(NOT targets MATCHES "INTERFACE_INCLUDE_DIRECTORIES")
  message(SEND_ERROR "the package has no include path for CMake before 3.23")
endif()
