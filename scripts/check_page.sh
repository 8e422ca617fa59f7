#!/usr/bin/env bash
# Types, lint and unit tests of the page (web/). 77: skipped, for want of what scripts/setup.sh --dev installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../web"
if ! command -v node >/dev/null || [ ! -d node_modules/vitest ]; then
  echo "skipped: scripts/setup.sh --dev installs what this needs"
  exit 77
fi
node node_modules/typescript/bin/tsc --noEmit
node node_modules/eslint/bin/eslint.js . --max-warnings 0
node node_modules/vitest/vitest.mjs run
