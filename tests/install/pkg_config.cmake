# Builds and runs the consumer by hand, with the flags that pkg-config prints
# when it sees only our own files.
find_program(PKG_CONFIG pkg-config REQUIRED)
set(ENV{PKG_CONFIG_LIBDIR} ${PREFIX}/${LIBDIR}/pkgconfig)
set(rpath "")
if(KIND STREQUAL shared)
  set(rpath -Wl,-rpath,${PREFIX}/${LIBDIR})
endif()
foreach(how told_plain told)
  set(static "")
  if(how STREQUAL told)
    set(static --static)
  endif()
  execute_process(COMMAND ${PKG_CONFIG} --cflags --libs ${static} dynamodown-dyno
    OUTPUT_VARIABLE ${how} OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
# There is only one library, so --static must not change the flags.
if(NOT told_plain STREQUAL told)
  message(FATAL_ERROR "--static gives ${told}, without it is ${told_plain}")
endif()
if(KIND STREQUAL shared AND told MATCHES "curl|simdjson|pugixml|nettle|-lz")
  message(FATAL_ERROR "a shared library needs none of that: ${told}")
endif()

separate_arguments(told UNIX_COMMAND "${told}")
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
execute_process(
  COMMAND ${CXX} -std=c++17 ${flags}
    ${CMAKE_CURRENT_LIST_DIR}/consumer/consumer.cc -o ${WORK}/consumer
    ${told} ${rpath}
  COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK}/consumer leveldb:${WORK}/store
  COMMAND_ERROR_IS_FATAL ANY)

# Lists the libraries that the program requests from the loader.
find_program(READELF readelf)
if(KIND STREQUAL shared AND READELF)
  execute_process(COMMAND ${READELF} --dynamic ${WORK}/consumer
    OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "NEEDED[^\n]*libdynamodown" OR
     dynamic MATCHES "NEEDED[^\n]*(curl|simdjson|pugixml|nettle|libz)")
    message(FATAL_ERROR "the program needs other libraries: ${dynamic}")
  endif()
endif()
