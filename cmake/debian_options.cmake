# cpack reads this file first.

# The time stamps are the version's date, so that the same version always gives
# the same bytes.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(
    COMMAND date --utc --date=${CPACK_DYNAMODOWN_DATE} +%s
    OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  set(ENV{SOURCE_DATE_EPOCH} ${epoch})
endif()

# libdynamodown-dev depends on the packages that own the linked libraries, found
# as dpkg-shlibdeps finds them for a program. It also needs Snappy for LevelDB
# (see decision 1), and pkg-config, which CMake asks for nettle.
set(depends libsnappy-dev pkg-config)
string(REGEX MATCHALL "-l[^ ]+" linked "${CPACK_DYNAMODOWN_LINKED}")
foreach(flag IN LISTS linked)
  string(REGEX REPLACE "^-l(.*)" "lib\\1.so" file ${flag})
  execute_process(COMMAND ${CPACK_DYNAMODOWN_CXX} -print-file-name=${file}
    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  cmake_path(NORMAL_PATH path)
  execute_process(COMMAND dpkg-query --search ${path}
    OUTPUT_VARIABLE owner COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE ":.*" "" owner "${owner}")
  list(APPEND depends ${owner})
endforeach()
list(SORT depends)
list(REMOVE_DUPLICATES depends)
list(JOIN depends ", " CPACK_DEBIAN_DEV_PACKAGE_DEPENDS)
