#!/usr/bin/env bash
# docs/options.md is what the program says about its options. check_options_page.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-build/release/src/sanerf/sanerf}
if ! "$program" options --markdown | diff -u docs/options.md -; then
  echo "docs/options.md is stale; renew it with: $program options --markdown > docs/options.md" >&2
  exit 1
fi
