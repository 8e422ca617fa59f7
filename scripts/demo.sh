#!/usr/bin/env bash
# Sets up, builds and runs `sanerf demo`; arguments go to it (scripts/demo.sh --out DIR). Afterwards the program can be
# started by its name: by a link in ~/.local/bin where that folder is on PATH, else it says what to add to PATH.
set -euo pipefail
setup_options=() demo_options=()
for argument in "$@"; do
  case $argument in
    -h | --help)
      printf '%s\n' 'Usage: scripts/demo.sh [--no-page | --page] [OPTIONS OF sanerf demo]' '' \
        'Installs what is missing (scripts/setup.sh --plan says what; --no-page and --page are its own), builds sanerf and runs' \
        '`sanerf demo` with these options, --out DIR for one; once it is built, `sanerf demo --help` lists them.'
      exit 0
      ;;
    --page | --no-page) setup_options+=("$argument") ;;
    *) demo_options+=("$argument") ;;
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
  printf 'so that this shell finds sanerf, and with the same line at the end of ~/.profile later ones too:\n  export PATH=%q:"$PATH"\n' \
    "${program%/*}"
}

"$root/scripts/setup.sh" "${setup_options[@]}"
(
  cd "$root"
  # Tests need what only setup.sh --dev installs; a build that has them keeps them. One that could not be configured
  # for want of it has no build.ninja.
  tests=OFF
  if [ -f build/release/build.ninja ] && grep -qs '^SANERF_BUILD_TESTS:[A-Z]*=ON' build/release/CMakeCache.txt; then
    tests=ON
  fi
  echo "demo: compiling; from nothing that takes 3 to 5 minutes on two cores"
  cmake --preset release -DSANERF_BUILD_TESTS=$tests
  cmake --build --preset release --target sanerf
) >&2
to_do=$(link_program)
status=0
"$program" demo "${demo_options[@]}" || status=$?
[ -z "$to_do" ] || printf '%s\n' "$to_do" >&2
exit $status
