#!/usr/bin/env bash
# Makes docs/demo.png from a finished demo run: a photo with its clicks, then what the program renders for a view nobody
# clicked: the mask over the render, and the object cut out. Needs ffmpeg and node.   scripts/readme_picture.sh RUN
set -euo pipefail
run=${1:?usage: scripts/readme_picture.sh RUN}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sanerf=$root/build/release/src/sanerf/sanerf
object=cereal_box
view=test/004
"$sanerf" render "$run" --object $object --views $view --layers overlay,cutout --out "$run/readme" >/dev/null
read -r clicked marks < <(node -e '
  const o = JSON.parse(require("fs").readFileSync(process.argv[1])).objects.find(o => o.name === process.argv[2]);
  const view = o.clicks[0].view;
  const boxes = o.clicks.filter(c => c.view === view).map(c =>
    `drawbox=x=${c.xy[0] - 5}:y=${c.xy[1] - 5}:w=11:h=11:color=white:t=fill,drawbox=x=${c.xy[0] - 3}:y=${c.xy[1] - 3}:w=7:h=7:color=red:t=fill`);
  console.log(view, boxes.join(","));' "$run/scene/prompts.json" $object)
overlay=$(find "$run/readme" -name '*.png' -path '*overlay*' | head -1)
cutout=$(find "$run/readme" -name '*.png' -path '*cutout*' | head -1)
ffmpeg -v error -y -i "$run/scene/$clicked.png" -i "$run/scene/$view.png" -i "$overlay" -i "$cutout" -filter_complex \
  "[0]$marks,scale=400:400[a];[1]scale=400:400[b];[2]scale=400:400[c];color=white:s=400x400,format=rgba[w];[3]format=rgba,scale=400:400[d0];[w][d0]overlay=shortest=1[d];[a][b][c][d]hstack=inputs=4" \
  -frames:v 1 "$root/docs/demo.png"
