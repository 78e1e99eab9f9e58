# Precompiled headers. The compiler parses a set of headers once, and the
# targets of that set start from the result. A set has headers only of the
# standard library and of third parties. A target gets a third party's headers
# only if it links that library, so a wrong include still fails.
#
# Every file includes the headers that it uses, so the project also builds
# without precompiled headers:
#     cmake --preset dev -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
set(DYNAMODOWN_PRECOMPILED_STD
  algorithm array atomic charconv chrono condition_variable cstdint cstring
  deque filesystem fstream functional limits map memory mutex optional set
  sstream string string_view thread tuple unordered_map utility variant vector)
set(DYNAMODOWN_PRECOMPILED_fmt fmt/format.h)
set(DYNAMODOWN_PRECOMPILED_json nlohmann/json.hpp)
set(DYNAMODOWN_PRECOMPILED_gtest gmock/gmock.h gtest/gtest.h)
set(DYNAMODOWN_PRECOMPILED_fmt_TARGETS fmt::fmt)
set(DYNAMODOWN_PRECOMPILED_json_TARGETS nlohmann_json::nlohmann_json)
set(DYNAMODOWN_PRECOMPILED_gtest_TARGETS GTest::gtest GTest::gmock)

# Adds the libraries that `target` links, directly or indirectly, to the list
# `linked`.
function(dynamodown_add_linked target property linked)
  set(seen ${${linked}})
  get_target_property(links ${target} ${property})
  foreach(link IN LISTS links)
    string(REGEX REPLACE "^\\$<BUILD_INTERFACE:(.*)>$" "\\1" link "${link}")
    if(link IN_LIST seen)
      continue()
    endif()
    list(APPEND seen "${link}")
    if(TARGET "${link}")
      dynamodown_add_linked(${link} INTERFACE_LINK_LIBRARIES seen)
    endif()
  endforeach()
  set(${linked} ${seen} PARENT_SCOPE)
endfunction()

# Sets `result` to the target that compiles the set with the headers of
# `libraries`.
function(dynamodown_precompiled_set libraries result)
  list(JOIN libraries _ name)
  set(target dynamodown_precompiled${name})
  set(${result} ${target} PARENT_SCOPE)
  if(TARGET ${target})
    return()
  endif()
  set(source ${PROJECT_BINARY_DIR}/precompiled.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${target} OBJECT ${source})
  target_link_libraries(${target} PRIVATE dynamodown_flags)
  set(headers ${DYNAMODOWN_PRECOMPILED_STD})
  foreach(library IN LISTS libraries)
    list(APPEND headers ${DYNAMODOWN_PRECOMPILED_${library}})
    target_link_libraries(${target}
      PRIVATE ${DYNAMODOWN_PRECOMPILED_${library}_TARGETS})
  endforeach()
  list(TRANSFORM headers REPLACE "(.+)" "<\\1>")
  target_precompile_headers(${target} PRIVATE ${headers})
endfunction()

# The libraries that a target links decide its set. If few of its files include
# one of them, the target lists the libraries of its set in the property
# DYNAMODOWN_PRECOMPILED instead.
function(dynamodown_precompile target)
  get_target_property(type ${target} TYPE)
  if(NOT type MATCHES "EXECUTABLE|LIBRARY" OR type MATCHES "INTERFACE")
    return()
  endif()
  get_target_property(own ${target} PRECOMPILE_HEADERS)
  get_target_property(options ${target} COMPILE_OPTIONS)
  set(linked "")
  dynamodown_add_linked(${target} LINK_LIBRARIES linked)
  # A target with other flags would need its own set.
  if(own OR options MATCHES "-fno-rtti" OR NOT dynamodown_flags IN_LIST linked)
    return()
  endif()
  get_property(chosen TARGET ${target} PROPERTY DYNAMODOWN_PRECOMPILED)
  get_property(is_chosen TARGET ${target} PROPERTY DYNAMODOWN_PRECOMPILED SET)
  if(NOT is_chosen)
    set(chosen "")
    foreach(library gtest json)
      list(GET DYNAMODOWN_PRECOMPILED_${library}_TARGETS 0 name)
      if(name IN_LIST linked)
        list(APPEND chosen ${library})
      endif()
    endforeach()
  endif()
  dynamodown_precompiled_set("${chosen}" set)
  target_precompile_headers(${target} REUSE_FROM ${set})
endfunction()

function(dynamodown_precompile_folder folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    dynamodown_precompile(${target})
  endforeach()
  get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(folder IN LISTS folders)
    dynamodown_precompile_folder(${folder})
  endforeach()
endfunction()
