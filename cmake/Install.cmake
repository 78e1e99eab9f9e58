# cmake --install: library, headers, package config, pkg-config file.
include(CMakePackageConfigHelpers)
set(DYNAMODOWN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/dynamodown)

install(TARGETS dynamodown EXPORT dynamodown
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT dynamodown NAMESPACE dynamodown::
  FILE dynamodownTargets.cmake DESTINATION ${DYNAMODOWN_CMAKE_DIR})
configure_package_config_file(
  cmake/dynamodownConfig.cmake.in
  ${PROJECT_BINARY_DIR}/dynamodownConfig.cmake
  INSTALL_DESTINATION ${DYNAMODOWN_CMAKE_DIR})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/dynamodownConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/dynamodownConfig.cmake
  ${PROJECT_BINARY_DIR}/dynamodownConfigVersion.cmake
  DESTINATION ${DYNAMODOWN_CMAKE_DIR})

configure_file(cmake/dynamodown.pc.in ${PROJECT_BINARY_DIR}/dynamodown.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/dynamodown.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE README.md CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
