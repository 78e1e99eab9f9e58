# cmake --install: library, headers, package config, pkg-config file, documents.
# They form the component dev; cli/ installs the component tool. No installed
# file contains the path of the build or install folder, so the package can be
# moved.
include(CMakePackageConfigHelpers)
set(DYNAMODOWN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/dynamodown)

# CMake before 3.23 does not read file sets, so INCLUDES repeats the path.
install(TARGETS dynamodown dyno EXPORT dynamodown
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT dev
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT dynamodown NAMESPACE dynamodown::
  FILE dynamodownTargets.cmake DESTINATION ${DYNAMODOWN_CMAKE_DIR}
  COMPONENT dev)
configure_package_config_file(
  cmake/dynamodownConfig.cmake.in
  ${PROJECT_BINARY_DIR}/dynamodownConfig.cmake
  INSTALL_DESTINATION ${DYNAMODOWN_CMAKE_DIR}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/dynamodownConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/dynamodownConfig.cmake
  ${PROJECT_BINARY_DIR}/dynamodownConfigVersion.cmake
  DESTINATION ${DYNAMODOWN_CMAKE_DIR} COMPONENT dev)

# The .pc file finds the prefix relative to itself. cmake_path(APPEND) does not
# change an absolute folder.
file(RELATIVE_PATH DYNAMODOWN_PC_TO_PREFIX
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
cmake_path(SET DYNAMODOWN_PC_PREFIX NORMALIZE ${DYNAMODOWN_PC_TO_PREFIX})
string(REGEX REPLACE "/$" "" DYNAMODOWN_PC_PREFIX "${DYNAMODOWN_PC_PREFIX}")
set(DYNAMODOWN_PC_LIBDIR "\${prefix}")
cmake_path(APPEND DYNAMODOWN_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
set(DYNAMODOWN_PC_INCLUDEDIR "\${prefix}")
cmake_path(APPEND DYNAMODOWN_PC_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
# The dependencies that a consumer of the static library must link; a shared
# library links them itself. They are not in Requires.private, because
# `pkg-config --static` would then also require the dependencies of a static
# libcurl, which Debian's libcurl does not install.
set(DYNAMODOWN_PC_LIBS "")
if(NOT BUILD_SHARED_LIBS)
  set(DYNAMODOWN_PC_LIBS " -lcurl -lsimdjson -lpugixml -lnettle -lz -pthread")
endif()
configure_file(cmake/dynamodown.pc.in ${PROJECT_BINARY_DIR}/dynamodown.pc @ONLY)
configure_file(cmake/dynamodown-dyno.pc.in
  ${PROJECT_BINARY_DIR}/dynamodown-dyno.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/dynamodown.pc
  ${PROJECT_BINARY_DIR}/dynamodown-dyno.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

# The documents have the same places as in the source, so that their links work.
install(FILES
  LICENSE THIRD_PARTY_NOTICES README.md CHANGELOG.md CONTRIBUTING.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT dev)
install(FILES node/README.md node/index.d.ts
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/node COMPONENT dev)
foreach(headers dynamodown dyno)
  file(RELATIVE_PATH path ${CMAKE_INSTALL_FULL_DOCDIR}/include
    ${CMAKE_INSTALL_FULL_INCLUDEDIR}/${headers})
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/documents/include)
  file(CREATE_LINK ${path} ${PROJECT_BINARY_DIR}/documents/include/${headers}
    SYMBOLIC)
  install(FILES ${PROJECT_BINARY_DIR}/documents/include/${headers}
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/include COMPONENT dev)
endforeach()
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT dev
  FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT dev)
if(DYNAMODOWN_BUILD_CLI)
  install(FILES LICENSE THIRD_PARTY_NOTICES
    DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
endif()
