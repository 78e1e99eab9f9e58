# cpack makes two Debian packages: `dynamodown` has the command line with its man
# pages and completion, `libdynamodown-dev` the library. They need a static
# build, because a shared library would need a third package.
if(NOT PROJECT_IS_TOP_LEVEL OR BUILD_SHARED_LIBS)
  return()
endif()

set(DYNAMODOWN_MAINTAINER
  "The DynamoDOWN authors <dynamodown@example.org>" CACHE STRING
  "Maintainer of the Debian packages: Name <address>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT ${DYNAMODOWN_MAINTAINER})
set(CPACK_VERBATIM_VARIABLES ON)
# If this were set, CPack would put it before each package's own summary.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL dev)
if(DYNAMODOWN_BUILD_CLI)
  list(APPEND CPACK_COMPONENTS_ALL tool)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_TOOL_PACKAGE_NAME dynamodown)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION database)
set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOL_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_TOOL_PACKAGE_SUGGESTS bash-completion)
set(CPACK_DEBIAN_TOOL_DESCRIPTION
"LevelDB's calls on Amazon DynamoDB, from the shell
The program dynamodown puts, gets, scans, counts and deletes in a store: a
DynamoDB table, or a LevelDB directory of this machine. Keys and values are
any bytes, in the order of the bytes.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libdynamodown-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_DESCRIPTION
"LevelDB's API on Amazon DynamoDB (C++ library)
DynamoDOWN opens a store in an Amazon DynamoDB table as a leveldb::DB, so that
code written for LevelDB needs no local disk and many processes share a store.
.
This package has the static library, its headers, and what CMake and
pkg-config need to find them.")

# For the scripts: CPack passes them the variables named CPACK_...
set(CPACK_DYNAMODOWN_DATE ${DYNAMODOWN_DATE})
set(CPACK_DYNAMODOWN_SOURCE_DIR ${PROJECT_SOURCE_DIR})
set(CPACK_DYNAMODOWN_CXX ${CMAKE_CXX_COMPILER})
set(CPACK_DYNAMODOWN_STRIP ${CMAKE_STRIP})
# The libraries that a consumer links, as in the pkg-config file.
set(CPACK_DYNAMODOWN_LINKED "-lleveldb${DYNAMODOWN_PC_LIBS}")
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/debian_options.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian_tree.cmake)
include(CPack)
