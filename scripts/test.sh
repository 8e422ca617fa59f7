#!/usr/bin/env bash
# Sets up, builds everything and runs all tests; arguments go to CTest (scripts/test.sh -R sam/).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh
cmake --preset release
cmake --build --preset release
exec ctest --test-dir build/release --output-on-failure -j2 "$@"
