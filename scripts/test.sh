#!/usr/bin/env bash
# Everything that must hold before a change goes in; prints what each part took.
#   scripts/test.sh             sets up, checks form and structure, builds everything with warnings as errors, runs all
#                               tests, then the fast ones under the address and undefined-behavior sanitizers
#   scripts/test.sh -R sam/     sets up, builds and runs those tests; arguments go to CTest
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/release
jobs=$(nproc)

if [ $# -gt 0 ]; then
  scripts/setup.sh --dev
  cmake --preset release
  cmake --build --preset release
  exec ctest --test-dir $build --output-on-failure -j "$jobs" "$@"
fi

table=""
report() {
  local status=$?
  printf '\n%s%-28s %4d s\n' "$table" "all together" $SECONDS
  [ $status -eq 0 ] || printf 'failed: %s\n' "${current:-}"
}
trap report EXIT
part() { # NAME COMMAND...
  local begin=$SECONDS
  current=$1
  shift
  printf '\n==== %s\n' "$current"
  "$@"
  table+=$(printf '%-28s %4d s' "$current" $((SECONDS - begin)))$'\n'
}

build_release() {
  cmake --preset release -DSANERF_WERROR=ON -DSANERF_BUILD_BENCH=ON
  cmake --build --preset release --target all fuzz_make_seeds
}
test_release() {
  ctest --test-dir $build --output-on-failure -j "$jobs" --output-junit "$PWD/$build/tests.xml"
  scripts/check_skips.pl $build/tests.xml
}
build_sanitized() {
  cmake --preset asan
  cmake --build --preset asan --target fast_tests
}
test_sanitized() {
  local results=build/asan/results # of each room, by GoogleTest
  rm -rf $results
  GTEST_OUTPUT="xml:$PWD/$results/" ctest --preset asan -L fast -j "$jobs"
  scripts/check_skips.pl $results/*.xml
}

part "set-up" scripts/setup.sh --dev
part "format" scripts/check_format.sh
part "structure" scripts/check_structure.pl
part "documentation" scripts/check_docs.sh
part "build, warnings are errors" build_release
part "all tests" test_release
part "build with sanitizers" build_sanitized
part "fast tests with sanitizers" test_sanitized
