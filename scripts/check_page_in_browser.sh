#!/usr/bin/env bash
# Drives the page of `sanerf view` in a real browser on the procedural scene: check_page_in_browser.sh SANERF. 77: skipped,
# for want of what scripts/setup.sh --dev installs.
set -euo pipefail
sanerf=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
skip() {
  echo "skipped: $1"
  exit 77
}
command -v node >/dev/null && [ -d web/node_modules/playwright-core ] || skip "scripts/setup.sh --dev installs what drives the browser"
[ -x "${SANERF_CHROMIUM:=/usr/bin/chromium}" ] || skip "there is no $SANERF_CHROMIUM: scripts/setup.sh --dev installs it"
[ -f "${SANERF_MODELS:-models/files}/sam2_hiera_tiny_encoder.ort" ] || skip "the model sam2-hiera-tiny is not installed"
export SANERF_CHROMIUM SANERF_PROGRAM=$sanerf
# What two threads of this machine can do, so that seconds can be held against those of another one.
bench=$(dirname "$sanerf")/../../bench/sanerf_bench
if [ -z "${SANERF_GFLOPS:-}" ] && [ -x "$bench" ]; then
  SANERF_GFLOPS=$("$bench" --benchmark_filter=fma_peak/threads:2 2>/dev/null | sed -n 's|.*multiply-add .* \([0-9.]*\) GFLOP/s.*|\1|p') || true
  export SANERF_GFLOPS
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$sanerf" synth "$scratch/scene" --views 24 --size 320 --quiet
"$sanerf" train "$scratch/scene" --out "$scratch/run" --preset fast --set nerf.iters=1200 --quiet
node web/test/e2e/run.mjs "$scratch/run" --scene "$scratch/scene" --quick
