#!/usr/bin/env bash
# Fails when a room of src/sanerf includes a header of a room that it may not use (docs/architecture.md).
#   scripts/check_includes.sh [SOURCE_ROOT]
set -euo pipefail

source_root="${1:-$(cd "$(dirname "$0")/.." && pwd)/src/sanerf}"
[ -d "$source_root" ] || { echo "error: $source_root: no such folder" >&2; exit 2; }

# room: rooms directly below. A room may also use what those may use.
rooms='
core:
kernels: core
nn: kernels
scene: core
nerf: nn scene
sam: core
feature_container: nerf sam
mask_decoder: feature_container
mask_aggregator: nerf
eval: scene
baselines: mask_decoder mask_aggregator
export: nerf mask_aggregator
pipeline: baselines eval export mask_decoder mask_aggregator
viewer: pipeline
cli: pipeline viewer
'

find "$source_root" -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' -o -name '*.inl' -o -name '*.in' \) -print0 |
  sort -z |
  xargs -0 -r grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]sanerf/' |
  awk -v rooms="$rooms" -v root="$source_root/" '
    BEGIN {
      # Rooms are listed bottom to top, so what a room below may use is complete when it is needed.
      n = split(rooms, lines, "\n")
      for (i = 1; i <= n; ++i) {
        if (split(lines[i], parts, ":") < 2) continue
        room = parts[1]
        known[room] = allowed[room, room] = 1
        m = split(parts[2], below, " ")
        for (j = 1; j <= m; ++j) {
          if (!(below[j] in known)) { print "error: " room " uses " below[j] ", which is not below it"; bad = 1 }
          for (other in known) if ((below[j], other) in allowed) allowed[room, other] = 1
        }
      }
    }
    {
      path = substr($0, length(root) + 1)
      room = path; sub(/\/.*/, "", room)
      where = path; sub(/:[[:space:]]*#.*/, "", where)
      target = $0; sub(/.*[<"]sanerf\//, "", target)
      # A header directly in sanerf/ (generated, such as version.h) belongs to core.
      if (index(target, "/") > 0) sub(/\/.*/, "", target); else target = "core"
      if (!(room in known)) { unknown[room] = where; next }
      ++checked
      if (!((room, target) in allowed)) {
        print "error: src/sanerf/" where ": " room " must not include " target
        bad = 1
      }
    }
    END {
      for (room in unknown) { print "error: src/sanerf/" unknown[room] ": the room " room " is not in the table"; bad = 1 }
      if (!bad) print checked + 0 " includes follow the direction of the rooms"
      exit bad
    }'
