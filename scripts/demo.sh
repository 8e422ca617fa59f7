#!/usr/bin/env bash
# Sets up, builds and runs `sanerf demo`; arguments go to it (scripts/demo.sh --out DIR).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/setup.sh"
(
  cd "$root"
  cmake --preset release
  cmake --build --preset release --target sanerf
) >&2
exec "$root/build/release/src/sanerf/sanerf" demo "$@"
