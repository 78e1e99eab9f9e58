# The library's dependencies; docs/decisions/ gives the reasons. Several source
# files include leveldb, and one file each of the others.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(leveldb REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(simdjson REQUIRED)
find_package(pugixml REQUIRED)
find_package(ZLIB REQUIRED)
# Header-only, for dyno.
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)

# A library in someone else's process must not load OpenSSL: see decision 1.
find_program(CURL_CONFIG curl-config)
if(CURL_CONFIG)
  execute_process(COMMAND ${CURL_CONFIG} --ssl-backends
    OUTPUT_VARIABLE backends OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT backends MATCHES "GnuTLS")
    message(WARNING "libcurl uses ${backends}; inside Node.js and other programs "
      "with an OpenSSL of their own use the GnuTLS flavour (Debian: "
      "libcurl4-gnutls-dev)")
  endif()
endif()

# Upstream builds LevelDB without RTTI, Debian with it. Our files that derive
# from its classes must be built like the installed library. If LevelDB has no
# typeinfo, they do not link with RTTI. If it has typeinfo and they do not, a
# consumer's dynamic_cast crashes.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES leveldb::leveldb)
check_cxx_source_compiles(
  "#include <leveldb/db.h>
   int main() { leveldb::DB* db; leveldb::Options options;
                return leveldb::DB::Open(options, std::string(), &db).ok(); }"
  DYNAMODOWN_LEVELDB_LINKS)
if(NOT DYNAMODOWN_LEVELDB_LINKS)
  message(FATAL_ERROR "A program with LevelDB does not link; is libsnappy-dev "
    "installed? See ${PROJECT_BINARY_DIR}/CMakeFiles/CMakeError.log")
endif()
check_cxx_source_compiles(
  "#include <leveldb/db.h>
   #include <typeinfo>
   int main() { return typeid(leveldb::DB).name() == nullptr; }"
  DYNAMODOWN_LEVELDB_HAS_RTTI)
unset(CMAKE_REQUIRED_LIBRARIES)
