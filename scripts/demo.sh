#!/usr/bin/env bash
# Sets up, builds and runs `sanerf demo`; arguments go to it (scripts/demo.sh --out DIR). Afterwards the program can be
# started by its name: by a link in ~/.local/bin where that folder is on PATH, else it says what to add to PATH.
set -euo pipefail
for argument in "$@"; do
  case $argument in
    -h | --help)
      printf '%s\n' 'Usage: scripts/demo.sh [OPTIONS OF sanerf demo]' '' \
        'Installs what is missing (scripts/setup.sh --plan says what), builds sanerf and runs `sanerf demo` with these options,' \
        '--out DIR for one; once it is built, `sanerf demo --help` lists them.'
      exit 0
      ;;
  esac
done
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(readlink -f "$root")/build/release/src/sanerf/sanerf # the checkout may be reached through a link

# Prints what is left to do so that `sanerf` starts this build.
link_program() {
  local bin=${HOME:-}/.local/bin link
  link=$bin/sanerf
  if [ "$(readlink -f "$(command -v sanerf)")" = "$program" ]; then return 0; fi
  case ":$PATH:" in
    *":$bin:"*)
      if [ ! -e "$link" ] || [ -L "$link" ]; then
        mkdir -p "$bin"
        ln -sfn "$program" "$link"
        hash -r
        if [ "$(readlink -f "$(command -v sanerf)")" = "$program" ]; then
          printf 'the command sanerf starts this program from now on, by the link %s\n' "$link"
          return 0
        fi
      fi
      ;;
  esac
  # shellcheck disable=SC2016  # $PATH is for the shell that this is pasted into
  printf 'so that your shell finds this sanerf:  export PATH=%q:"$PATH"\n' "${program%/*}"
}

"$root/scripts/setup.sh"
(
  cd "$root"
  # Tests need what only setup.sh --dev installs; a build that has them keeps them. One that could not be configured
  # for want of it has no build.ninja.
  tests=OFF
  if [ -f build/release/build.ninja ] && grep -qs '^SANERF_BUILD_TESTS:[A-Z]*=ON' build/release/CMakeCache.txt; then
    tests=ON
  fi
  cmake --preset release -DSANERF_BUILD_TESTS=$tests
  cmake --build --preset release --target sanerf
) >&2
to_do=$(link_program)
status=0
"$program" demo "$@" || status=$?
[ -z "$to_do" ] || printf '%s\n' "$to_do" >&2
exit $status
