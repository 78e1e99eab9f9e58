# Configures a project that has DynamoDOWN as a subfolder, and checks that the
# project installs nothing of DynamoDOWN.
file(REMOVE_RECURSE ${HERE})
execute_process(
  COMMAND ${CMAKE_COMMAND} -G ${GENERATOR}
    -S ${CMAKE_CURRENT_LIST_DIR}/subproject -B ${HERE}/build
    -DDYNAMODOWN=${SOURCE} -DCMAKE_CXX_COMPILER=${CXX}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
# Nothing is built, so installing any target would fail.
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${HERE}/build --prefix ${HERE}/prefix
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE installed ${HERE}/prefix/*)
if(installed)
  message(FATAL_ERROR "a subproject installs ${installed}")
endif()
