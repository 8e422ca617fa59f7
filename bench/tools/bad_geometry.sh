#!/bin/bash
# Each switch of docs/studies/bad_geometry.md on each scene, scored by `sanerf eval --json`.
#
#   bench/tools/bad_geometry.sh OUT NAME=RUN,PROMPTS ...
#
# RUN: trained and encoded, left as it is; PROMPTS: its prompts file, with instances. OUT/NAME/VARIANT is a copy of the run
# (hard links), OUT/NAME.VARIANT.json what eval said. What is there is not made again. At the end a table: IoU and boundary
# IoU of each scene and their mean, seconds of segment. SANERF: the program, if not the one of the release build.
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,8p' "$0" >&2
  exit 2
fi
program=${SANERF:-$(dirname "$0")/../../build/release/src/sanerf/cli/sanerf}
out=$1
shift
mkdir -p "$out"

# name : arguments of segment
variants=(
  "off:"
  "trust1:--set segment.view_trust=1"
  "trust2:--set segment.view_trust=2"
  "trust4:--set segment.view_trust=4"
  "specks:--set segment.drop_specks=true"
  "both:--set segment.view_trust=2 --set segment.drop_specks=true"
)

for scene in "$@"; do
  name=${scene%%=*} rest=${scene#*=}
  run=${rest%%,*} prompts=${rest#*,}
  for variant in "${variants[@]}"; do
    key=${variant%%:*}
    read -r -a arguments <<<"${variant#*:}"
    scores=$out/$name.$key.json
    [ -s "$scores" ] && continue
    copy=$out/$name/$key
    rm -rf "$copy"
    mkdir -p "$copy"
    cp -al "$run/nerf" "$run/features" "$copy/"
    cp "$run/run.json" "$copy/"
    "$program" segment "$copy" --prompts "$prompts" --json "${arguments[@]}" >"$out/$name.$key.segment.json"
    "$program" eval "$copy" --json >"$scores.part"
    mv "$scores.part" "$scores"
  done
  # The photos' own masks, of the object as it is without any switch: the field along the photo's edges, and SAM's mask of
  # the photo beside it where the field wavers.
  for weight in 0 1; do
    scores=$out/$name.photo$weight.json
    [ -s "$scores" ] && continue
    "$program" segment "$out/$name/off" --refine-photos --set segment.decoded_in_photos=$weight
    "$program" eval "$out/$name/off" --baseline photo --json >"$scores.part"
    mv "$scores.part" "$scores"
  done
done

perl -MJSON::PP -e '
  my ($out, @scenes) = @ARGV;
  my @rows = qw(off trust1 trust2 trust4 specks both photo0 photo1);
  my $read = sub { local $/; open my $f, "<", $_[0] or return; decode_json(<$f>) };
  my $mean = sub { @_ ? eval { my $s = 0; $s += $_ for @_; $s / @_ } : 0 };
  print "| switch | ", join(" | ", @scenes, "mean"), " | seconds |\n|---|", "---|" x (@scenes + 2), "\n";
  for my $row (@rows) {
    my (@cells, @ious, @boundaries, $seconds);
    for my $scene (@scenes) {
      my $scores = $read->("$out/$scene.$row.json");
      my $objects = !$scores ? [] : $row =~ /photo/ ? $scores->{baselines}[0]{objects} : $scores->{objects};
      if (!@$objects) { push @cells, ""; next }
      my $iou = 100 * $mean->(map { $_->{iou} } @$objects);
      my $boundary = 100 * $mean->(map { $_->{boundary_iou} } @$objects);
      push @ious, $iou;
      push @boundaries, $boundary;
      push @cells, sprintf("%.2f / %.2f", $iou, $boundary);
      my $took = $read->("$out/$scene.$row.segment.json");
      $seconds += $took->{seconds}{masks} + $took->{seconds}{field} if $took;
    }
    push @cells, @ious ? sprintf("%.2f / %.2f", $mean->(@ious), $mean->(@boundaries)) : "";
    print "| $row | ", join(" | ", @cells), " | ", defined $seconds ? sprintf("%.1f", $seconds) : "", " |\n";
  }
' "$out" "${@%%=*}"
