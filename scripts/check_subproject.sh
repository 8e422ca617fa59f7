#!/usr/bin/env bash
# sanerf as a part of somebody else's project: check_subproject.sh BUILD [--configure]. The parent's own settings stay as
# they are, no test and no tool of sanerf comes with it, and a program that is linked with sanerf::sanerf runs. It is built
# without HDF5, as nothing else here is.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
cd "$1"
cat >CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.22)
project(parent LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(flags_before "\${CMAKE_CXX_FLAGS}|\${CMAKE_CXX_COMPILER_LAUNCHER}|\${CMAKE_BUILD_TYPE}|\${CMAKE_MODULE_PATH}|\${CMAKE_CXX_EXTENSIONS}")
add_subdirectory("$source" sanerf EXCLUDE_FROM_ALL)
if(NOT flags_before STREQUAL "\${CMAKE_CXX_FLAGS}|\${CMAKE_CXX_COMPILER_LAUNCHER}|\${CMAKE_BUILD_TYPE}|\${CMAKE_MODULE_PATH}|\${CMAKE_CXX_EXTENSIONS}")
  message(FATAL_ERROR "sanerf changed the parent's settings")
endif()
foreach(target core_test sanerf_bench sanerf_test_pch)
  if(TARGET \${target})
    message(FATAL_ERROR "sanerf brought \${target} along")
  endif()
endforeach()
add_executable(parent parent.cpp)
target_link_libraries(parent PRIVATE sanerf::sanerf)
CMAKE
cat >parent.cpp <<'CPP'
#include <sanerf/api/operators.h>

#include <cstdio>
#include <vector>

int main() {
  sanerf::api::HashGrid grid({.levels = 2, .log2_table = 8, .base = 4, .top = 8}, 1);
  std::vector<float> out(size_t(grid.num_outputs()));
  grid.Forward(std::vector<float>{0.5f, 0.5f, 0.5f}, out);
  std::printf("%d outputs\n", int(out.size()));
}
CPP
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG= -DSANERF_UNITY=ON -DSANERF_HDF5=OFF -DCMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER:-}" >/dev/null
[ "${2:-}" != --configure ] || exit 0
cmake --build build --target parent >/dev/null
[ "$(build/parent)" = "4 outputs" ]
