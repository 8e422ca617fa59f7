#!/usr/bin/env bash
# Meshes that this program wrote, held against the glTF specification by its official validator:
# check_gltf.sh EXPORT_TEST. 77: skipped, for want of what scripts/setup.sh --dev installs.
set -euo pipefail
export_test=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v node >/dev/null || [ ! -d web/node_modules/gltf-validator ]; then
  echo "skipped: scripts/setup.sh --dev installs what this needs"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
SANERF_SAMPLE_GLB=$scratch "$export_test" --gtest_filter=MeshWritersTest.SamplesForTheValidator --gtest_brief=1
node web/test/gltf/validate.mjs "$scratch"/*.glb
