#!/usr/bin/env bash
# What each option for casual captures does to held-out PSNR, on every scene, at several numbers of photos; prints Markdown.
#   bench/casual_captures.sh OUT SCENE...
# OUT/SCENE/PHOTOS/SWITCH is a run each, with what was measured in its measured.json; those that are there are not done again,
# so that a run of this can be stopped and goes on. The environment may say
#   SANERF    the program              build/release/src/sanerf/sanerf
#   PHOTOS    to train on, 0 = all     "8 16 32 0"
#   SWITCHES  names of the list below  all of them
#   TRAIN     more options of `train`  none; for example "--preset fast --downscale 2"
set -euo pipefail
case ${1:-} in
  -h | --help) wanted=0 ;;
  *) wanted=2 ;;
esac
if [ "$wanted" = 0 ] || [ $# -lt 2 ]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0"
  exit "$wanted"
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sanerf=${SANERF:-$root/build/release/src/sanerf/sanerf}
read -ra photo_counts <<<"${PHOTOS:-8 16 32 0}"
read -ra more <<<"${TRAIN:-}"
out=$1
shift

# Name and the options that it sets. The weights are first guesses: values chosen by measurement go into the options' defaults.
declare -A settings=(
  [plain]=""
  [gain]="nerf.appearance=gain"
  [affine]="nerf.appearance=affine"
  [bilateral]="nerf.appearance=bilateral"
  [coarse_to_fine]="nerf.coarse_to_fine=0.3"
  [occlusion]="nerf.occlusion=0.01"
  [point_depth]="nerf.point_depth=0.05"
  [coarse_tv]="nerf.coarse_tv=0.01"
  [ray_end]="nerf.ray_end=0.001"
  [prune]="nerf.prune_below=2"
  [together]="nerf.appearance=bilateral nerf.coarse_to_fine=0.3 nerf.occlusion=0.01 nerf.point_depth=0.05
    nerf.coarse_tv=0.01 nerf.ray_end=0.001 nerf.prune_below=2"
)
order="plain gain affine bilateral coarse_to_fine occlusion point_depth coarse_tv ray_end prune together"
read -ra switches <<<"${SWITCHES:-$order}"
for switch in "${switches[@]}"; do
  if [ -z "${settings[$switch]+set}" ]; then
    printf 'error: there is no switch %s; there are: %s\n' "$switch" "$order" >&2
    exit 2
  fi
done

# Trains and scores once: {"seconds", "mean": PSNR, "half": PSNR with colors fitted on the left halves}.
measure() {
  local scene=$1 photos=$2 switch=$3 run=$4 chosen=() setting
  for setting in ${settings[$switch]}; do chosen+=(--set "$setting"); done
  "$sanerf" train "$scene" --out "$run" --json "${more[@]}" --set "scene.max_train_views=$photos" "${chosen[@]}" >"$run.train.json"
  "$sanerf" eval "$run" --json --look mean >"$run.mean.json"
  "$sanerf" eval "$run" --json --look half >"$run.half.json"
  perl -MJSON::PP -e '
    sub of { open my $in, "<", $_[0] or die "$_[0]: $!\n"; local $/; decode_json(<$in>) }
    my $run = shift;
    print encode_json({seconds => of("$run.train.json")->{seconds}, mean => of("$run.mean.json")->{psnr},
                       half => of("$run.half.json")->{psnr}}), "\n";' "$run" >"$run/measured.json.new"
  mv "$run/measured.json.new" "$run/measured.json"
  rm "$run.train.json" "$run.mean.json" "$run.half.json"
}

for scene in "$@"; do
  name=$(basename "$scene")
  for photos in "${photo_counts[@]}"; do
    mkdir -p "$out/$name/$photos"
    for switch in "${switches[@]}"; do
      run=$out/$name/$photos/$switch
      if [ -f "$run/measured.json" ]; then continue; fi
      printf '%s, %s photos, %s\n' "$name" "${photos/#0/all}" "$switch" >&2
      measure "$scene" "$photos" "$switch" "$run"
    done
  done
done

# A row for each scene and number of photos; beside the first switch what the others differ by.
perl -MJSON::PP -e '
  my ($out, $scenes, $counts, $switches) = (shift, [split /\n/, shift], [split " ", shift], [split " ", shift]);
  sub measured { open my $in, "<", "$out/$_[0]/$_[1]/$_[2]/measured.json" or return undef; local $/; decode_json(<$in>) }
  for my $table (["mean", "PSNR, dB, in the mean light of the training photos"],
                 ["half", "PSNR, dB, right halves of the held-out photos, colors fitted on the left ones"],
                 ["seconds", "training time: seconds, then shares of that"]) {
    my ($key, $title) = @$table;
    print "\n$title\n\n| scene | photos | ", join(" | ", @$switches), " |\n|", "---|" x (2 + @$switches), "\n";
    for my $scene (@$scenes) {
      for my $count (@$counts) {
        my ($first, @cells);
        for my $switch (@$switches) {
          my $value = (measured($scene, $count, $switch) // {})->{$key};
          my $is_first = $switch eq $switches->[0];
          $first = $value if $is_first;
          push @cells, !defined $value || !defined $first ? "" : $key eq "seconds"
            ? ($is_first ? sprintf("%.0f", $value) : sprintf("%.2f", $value / ($first || 1)))
            : ($is_first ? sprintf("%.2f", $value) : sprintf("%+.2f", $value - $first));
        }
        print "| $scene | ", ($count || "all"), " | ", join(" | ", @cells), " |\n";
      }
    }
  }' "$out" "$(for scene in "$@"; do basename "$scene"; done)" "${photo_counts[*]}" "${switches[*]}"
