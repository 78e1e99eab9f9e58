# A layer is a folder of src/ with its own target and include path. It sees only
# the headers of the layers that it links, so a wrong include does not compile.
set(DYNAMODOWN_LAYER_ROOT ${PROJECT_BINARY_DIR}/layers)

add_library(dynamodown_flags INTERFACE)
target_compile_features(dynamodown_flags INTERFACE cxx_std_20)
target_compile_options(dynamodown_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Executables use -fPIC too, so that they share the libraries' precompiled
  # headers. A precompiled header that does not fit is no error: the build is
  # only slower. GCC collects garbage only above 512 MB: earlier costs a tenth
  # of its time.
  target_compile_options(dynamodown_flags INTERFACE
    -fPIC -Wno-error=invalid-pch --param=ggc-min-heapsize=524288)
endif()
# GCC 12 gives false warnings about inlined std::string and std::variant.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(dynamodown_flags INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized)
endif()

# dynamodown_layer(<name> SOURCES ... [LAYERS ...] [PRIVATE_LAYERS ...]
#                  [LIBRARIES ...])
# The layers that link this one see its LAYERS, but not its PRIVATE_LAYERS.
function(dynamodown_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;PRIVATE_LAYERS;LIBRARIES" ${ARGN})
  set(root ${DYNAMODOWN_LAYER_ROOT}/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
  add_library(dynamodown_${name} OBJECT ${ARG_SOURCES})
  target_include_directories(dynamodown_${name} PUBLIC
    $<BUILD_INTERFACE:${root}>)
  target_link_libraries(dynamodown_${name}
    PRIVATE $<BUILD_INTERFACE:dynamodown_flags> ${ARG_LIBRARIES})
  foreach(layer IN LISTS ARG_LAYERS)
    target_link_libraries(dynamodown_${name} PUBLIC dynamodown_${layer})
  endforeach()
  foreach(layer IN LISTS ARG_PRIVATE_LAYERS)
    target_link_libraries(dynamodown_${name} PRIVATE dynamodown_${layer})
  endforeach()
endfunction()

# dynamodown_test(<name> SOURCES ... [LIBRARIES ...] [LABELS ...] [ARGS ...]
#                 [FIXTURES dynamodb_local|dynalite ...] [TIMEOUT seconds])
# Adds a GoogleTest program as one test. The servers of FIXTURES run meanwhile;
# DYNAMODOWN_TEST_SERVERS names the folder of their .endpoint files. TIMEOUT is
# 300 by default. A program under a sanitizer has four times the time.
function(dynamodown_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;FIXTURES;ARGS"
                        ${ARGN})
  if(ARG_SOURCES)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE
      dynamodown_flags ${ARG_LIBRARIES} GTest::gtest GTest::gmock
      GTest::gtest_main)
  endif()
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(CMAKE_CXX_FLAGS_DEBUG MATCHES "-fsanitize=")
    math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")
  endif()
  set_tests_properties(${name} PROPERTIES
    LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    FIXTURES_REQUIRED "${ARG_FIXTURES}"
    ENVIRONMENT "DYNAMODOWN_TEST_SERVERS=${PROJECT_BINARY_DIR}/servers")
endfunction()
