#!/usr/bin/env bash
# A PLY of 3D Gaussians that this program wrote, drawn by another project's viewer: check_splats_in_browser.sh EXPORT_TEST.
# 77: skipped, for want of what scripts/setup.sh --dev installs.
set -euo pipefail
export_test=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v node >/dev/null || { echo "skipped: scripts/setup.sh --dev installs what this needs"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
SANERF_SAMPLE_PLY=$scratch/sample.ply "$export_test" --gtest_filter=SplatWriters.SampleForAnotherViewer --gtest_brief=1
node web/test/splats/show.mjs "$scratch/sample.ply" "$scratch/sample.png" --eye 0,0,5 --at 0,0,0 --up 0,1,0 --size 400x400 \
  --expect web/test/splats/sample.json
