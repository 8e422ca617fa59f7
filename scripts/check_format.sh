#!/usr/bin/env bash
# All C++ files are as clang-format 14 writes them (.clang-format). With the argument fix it writes them so.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format >/dev/null || { echo "error: there is no clang-format; scripts/setup.sh --dev installs it" >&2; exit 1; }
mode=(--dry-run -Werror)
[ "${1:-}" != fix ] || mode=(-i)
git ls-files -z --cached --others --exclude-standard '*.cpp' '*.h' '*.inl' | xargs -0 -n 50 -P "$(nproc)" clang-format "${mode[@]}"
