# How the rooms of the house are built: one static library per folder of src/sanerf, its tests beside it.
include(GoogleTest)

add_library(sanerf_flags INTERFACE)
# No path of this machine in what is built: errors name files as src/sanerf/core/..., and ccache serves every checkout.
target_compile_options(sanerf_flags INTERFACE -Wall -Wextra -Wno-psabi -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
target_include_directories(sanerf_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(SANERF_WERROR)
  target_compile_options(sanerf_flags INTERFACE -Werror)
endif()
if(SANERF_HAS_HDF5)
  target_compile_definitions(sanerf_flags INTERFACE SANERF_HAS_HDF5)
endif()
foreach(format WEBP TIFF HEIF OPENEXR)
  if(SANERF_HAS_${format})
    target_compile_definitions(sanerf_flags INTERFACE SANERF_HAS_${format})
  endif()
endforeach()
if(SANERF_SANITIZE)
  target_compile_options(sanerf_flags INTERFACE -fsanitize=${SANERF_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(sanerf_flags INTERFACE -fsanitize=${SANERF_SANITIZE})
  if(SANERF_SANITIZE MATCHES "undefined")  # else it only prints, and the tests pass
    target_compile_options(sanerf_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

# Sources of a room compiled together, and its tests, cost a third of the processor time of a first build; alone, a
# changed file is compiled faster.
option(SANERF_UNITY "Compile the sources of a room together" OFF)

# For what only calls the rooms, tests and tools of studies: they run as fast, and are built in less time; with the checks
# of a sanitizer in them all the more.
set(sanerf_cold_flags $<$<CONFIG:Release,RelWithDebInfo>:-Og>)
if(SANERF_SANITIZE)
  set(sanerf_cold_flags -O0)
endif()

# What nearly every file includes of other projects is read once. Without it, a file that forgot an include is found. What
# is compiled together gains nothing by it, and what is compiled with other optimizations than the header loses: its
# functions keep the header's.
option(SANERF_PCH "Precompile the headers of other projects" ON)
if(SANERF_PCH AND NOT SANERF_UNITY)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_LAUNCHER MATCHES ccache)
    target_compile_options(sanerf_flags INTERFACE -fpch-preprocess)  # else ccache cannot see what such a header holds
  endif()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp CONTENT "")
  set(sanerf_common_headers <algorithm> <array> <cmath> <filesystem> <functional> <map> <memory> <optional> <string>
      <thread> <vector> <Eigen/Core> <Eigen/Geometry> <fmt/format.h> <nlohmann/json.hpp>)
  add_library(sanerf_pch OBJECT ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
  target_link_libraries(sanerf_pch PRIVATE sanerf_flags Eigen3::Eigen nlohmann_json::nlohmann_json fmt::fmt)
  target_precompile_headers(sanerf_pch PRIVATE ${sanerf_common_headers})
  if(SANERF_BUILD_TESTS)
    add_library(sanerf_test_pch OBJECT ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
    target_compile_options(sanerf_test_pch PRIVATE ${sanerf_cold_flags})
    target_link_libraries(sanerf_test_pch PRIVATE sanerf_flags Eigen3::Eigen nlohmann_json::nlohmann_json fmt::fmt
                          GTest::gtest GTest::gmock)
    target_precompile_headers(sanerf_test_pch PRIVATE ${sanerf_common_headers} <gmock/gmock.h> <gtest/gtest.h>)
  endif()
endif()

# The tests of the rooms that stand on core alone or nearly so: quick to build as well as to run. scripts/test.sh runs
# them once more under the sanitizers.
if(SANERF_BUILD_TESTS)
  add_custom_target(fast_tests)
endif()

# sanerf_room(NAME LINK lib... [PRIVATE_LINK lib...] [TEST_LINK lib...] [NO_UNITY] [NEVER_HOT] [FAST_TESTS])
#   library sanerf_NAME from NAME/*.cpp and NAME/*/*.cpp, and test program NAME_test from the *_test.cpp among them.
#   LINK is the whole list of rooms that this one may include (DESIGN: an upward include fails to link).
#   NO_UNITY: its files need flags of their own. NEVER_HOT: a room whose own code takes no time that anyone could measure;
#   it is compiled with -O1, which saves a third of its compilation.
function(sanerf_room name)
  cmake_parse_arguments(ROOM "NO_UNITY;NEVER_HOT;FAST_TESTS" "" "LINK;PRIVATE_LINK;TEST_LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(NOT SANERF_HAS_HDF5)  # these write such files
    list(FILTER tests EXCLUDE REGEX "/(dataset_layouts|mask_files)_test\\.cpp$")
  endif()
  add_library(sanerf_${name} STATIC ${sources})
  if(SANERF_UNITY AND NOT ROOM_NO_UNITY)
    set_target_properties(sanerf_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  endif()
  if(TARGET sanerf_pch AND NOT ROOM_NO_UNITY AND NOT ROOM_NEVER_HOT)
    target_precompile_headers(sanerf_${name} REUSE_FROM sanerf_pch)
  endif()
  if(ROOM_NEVER_HOT)
    target_compile_options(sanerf_${name} PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-O1>)
  endif()
  target_link_libraries(sanerf_${name} PUBLIC sanerf_flags ${ROOM_LINK} PRIVATE ${ROOM_PRIVATE_LINK})
  if(SANERF_BUILD_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE sanerf_${name} ${ROOM_PRIVATE_LINK} ${ROOM_TEST_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_options(${name}_test PRIVATE ${sanerf_cold_flags})
    if(SANERF_UNITY AND NOT ROOM_NO_UNITY)
      set_target_properties(${name}_test PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
    elseif(TARGET sanerf_test_pch)
      target_precompile_headers(${name}_test REUSE_FROM sanerf_test_pch)
    endif()
    set(label "")
    if(ROOM_FAST_TESTS)
      set(label LABELS fast)
      add_dependencies(fast_tests ${name}_test)
    endif()
    if(SANERF_SANITIZE MATCHES "address")  # a process takes longer to begin and end than most tests: one for all of them
      add_test(NAME ${name} COMMAND ${name}_test)
      set_tests_properties(${name} PROPERTIES TIMEOUT 1800 ${label})
    else()
      gtest_discover_tests(${name}_test TEST_PREFIX ${name}/ DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                           PROPERTIES TIMEOUT 900 ${label})
    endif()
  endif()
endfunction()
