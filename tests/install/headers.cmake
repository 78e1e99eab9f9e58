# Compiles each installed header alone, as C++17 without a warning. Only the
# package and LevelDB can be included.
file(GLOB_RECURSE headers RELATIVE ${PREFIX}/${INCLUDEDIR}
  ${PREFIX}/${INCLUDEDIR}/*.h)
if(NOT headers)
  message(FATAL_ERROR "there are no headers in ${PREFIX}/${INCLUDEDIR}")
endif()
file(MAKE_DIRECTORY ${WORK})
foreach(header IN LISTS headers)
  # Twice, to test the header guard.
  file(WRITE ${WORK}/alone.cc "#include <${header}>\n#include <${header}>\n")
  execute_process(
    COMMAND ${CXX} -std=c++17 -fsyntax-only -Wall -Wextra -Wpedantic -Werror
      -I ${PREFIX}/${INCLUDEDIR} ${WORK}/alone.cc
    RESULT_VARIABLE result ERROR_VARIABLE error)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "${header} does not compile alone:\n${error}")
  endif()
endforeach()
