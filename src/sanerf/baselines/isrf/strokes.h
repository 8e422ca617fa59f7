// Prompts as strokes: points joined by lines, painted with a square brush (paper 4.3: "manually connect multiple point
// prompts to create strokes"). A user does not paint past the object; here what lies behind the line between two points
// in space is left out. Whether a line runs over another object between them cannot be known.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/visibility.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::baselines {

struct Stroke {
  int view_idx = -1;
  std::vector<std::array<int, 2>> pixels;  // of the working camera, each once, row by row
};

// The points in the order of a path that always goes on to the nearest one left; of all starts the shortest path.
std::vector<Vec2> NearestNeighborPath(const std::vector<Vec2>& points);
// Whether a pixel is painted: pixel (x, y) under the brush at `share` of the way from point `from` of the path to the
// next.
using MayPaint = std::function<bool(size_t from, double share, int x, int y)>;
// The pixels under a brush of `brush` x `brush` pixels drawn along the path; those outside of the image are left out.
std::vector<std::array<int, 2>> PaintPath(const std::vector<Vec2>& path, int brush, int width, int height,
                                          const MayPaint& may_paint);

// Where strokes are drawn, and how. The references must outlive it.
struct StrokeContext {
  const feature_container::FeatureContainer& container;
  mask_decoder::DepthTolerance tolerance;
  const IsrfOptions& options;
};

// The views that a user goes to, options.stroke_views at most: the one that sees most of the points (file frame), then
// the one that sees most of those left; when none is left, the user goes around the object: of the views that see a
// quarter of the points, the one that looks from farthest beside those before. Empty when no view sees any.
std::vector<int> ViewsForStrokes(const std::vector<Vec3>& points, const std::vector<int>& views,
                                 const StrokeContext& context, const Job& job);
// A stroke through the points (file frame) in every view that sees any.
std::vector<Stroke> DrawStrokes(const std::vector<Vec3>& points, const std::vector<int>& views,
                                const StrokeContext& context, const Job& job);
// The stroke without what lies on the other side of the object's outline. mask: of the view, non-zero = object.
Stroke KeptBy(const ImageU8& mask, bool on_object, Stroke stroke);

}  // namespace sanerf::baselines
