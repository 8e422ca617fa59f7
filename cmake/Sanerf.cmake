# How the rooms of the house are built: one static library per folder of src/sanerf, its tests beside it.
include(GoogleTest)

add_library(sanerf_flags INTERFACE)
target_compile_options(sanerf_flags INTERFACE -Wall -Wextra -Wno-psabi)
target_include_directories(sanerf_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(SANERF_SANITIZE)
  target_compile_options(sanerf_flags INTERFACE -fsanitize=${SANERF_SANITIZE} -fno-omit-frame-pointer -g)
  target_link_options(sanerf_flags INTERFACE -fsanitize=${SANERF_SANITIZE})
  if(SANERF_SANITIZE MATCHES "undefined")  # else it only prints, and the tests pass
    target_compile_options(sanerf_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

# Sources of a room compiled together cost a quarter of the processor time of a first build; alone, a changed file is
# compiled faster.
option(SANERF_UNITY "Compile the sources of a room in a few large pieces" OFF)

# sanerf_room(NAME LINK lib... [PRIVATE_LINK lib...] [TEST_LINK lib...] [NO_UNITY])
#   library sanerf_NAME from NAME/*.cpp and NAME/*/*.cpp, and test program NAME_test from the *_test.cpp among them.
#   LINK is the whole list of rooms that this one may include (DESIGN: an upward include fails to link).
function(sanerf_room name)
  cmake_parse_arguments(ROOM "NO_UNITY" "" "LINK;PRIVATE_LINK;TEST_LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(sanerf_${name} STATIC ${sources})
  if(SANERF_UNITY AND NOT ROOM_NO_UNITY)
    set_target_properties(sanerf_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  endif()
  target_link_libraries(sanerf_${name} PUBLIC sanerf_flags ${ROOM_LINK} PRIVATE ${ROOM_PRIVATE_LINK})
  if(SANERF_BUILD_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE sanerf_${name} ${ROOM_PRIVATE_LINK} ${ROOM_TEST_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}/ DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 900)
  endif()
endfunction()
