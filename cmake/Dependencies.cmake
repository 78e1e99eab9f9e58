# The library's dependencies; docs/decisions/ gives the reasons. One source file
# includes each of them; only leveldb is included by several.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(leveldb REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(simdjson REQUIRED)
find_package(pugixml REQUIRED)
find_package(ZLIB REQUIRED)
# Headers only; dyno's.
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

# LevelDB's upstream builds without RTTI, Debian with RTTI. Files that derive
# from its classes must be built the same way: if LevelDB has no typeinfo, they
# would not link with RTTI; if ours is missing, a consumer's dynamic_cast would
# crash.
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
