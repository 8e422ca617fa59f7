// Prompts as strokes: points joined by lines, painted with a square brush (paper 4.3: "manually connect multiple point
// prompts to create strokes"). A user does not paint past the object; here what lies behind the line between two points
// in space is left out. Whether a line runs over another object between them cannot be known.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "sanerf/baselines/isrf/isrf_options.h"
#include "sanerf/baselines/segmenter.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/visibility.h"

namespace sanerf {

struct Stroke {
  int view_idx = -1;
  std::vector<std::array<int, 2>> pixels;  // of the working camera, each once, row by row
};

// The points in the order of a path that always goes on to the nearest one left; of all starts the shortest path.
std::vector<Vec2> NearestNeighbourPath(const std::vector<Vec2>& points);
// Whether a pixel is painted: pixel (x, y) under the brush at `share` of the way from point `from` of the path to the
// next.
using MayPaint = std::function<bool(size_t from, double share, int x, int y)>;
// The pixels under a brush of `brush` x `brush` pixels drawn along the path; those outside of the image are left out.
std::vector<std::array<int, 2>> PaintPath(const std::vector<Vec2>& path, int brush, int width, int height,
                                          const MayPaint& may_paint);

// Strokes through the points (file frame), in the view that sees most of them, then in the one that sees most of those
// left, up to options.stroke_views. Empty when no view sees any.
std::vector<Stroke> DrawStrokes(const std::vector<Vec3>& points, const FeatureContainer& container,
                                const std::vector<int>& views, const DepthTolerance& tolerance,
                                const IsrfOptions& options);

}  // namespace sanerf
