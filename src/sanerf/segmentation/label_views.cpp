#include "sanerf/segmentation/label_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_view.h"

namespace sanerf::segmentation {

using feature_container::FeatureContainer;
using mask_decoder::ObjectMasks;
using mask_decoder::ViewDecision;

namespace {

constexpr int kSampleStep = 4;          // every 4th pixel in both directions is enough for a box
constexpr double kTrimmedShare = 0.02;  // of the lifted pixels on each side: depth at a silhouette is unreliable
constexpr float kDisputedShare = 0.1f;  // share of the votes
constexpr double kGrowth = 0.3;         // of the longest side: the masks show only the sides that cameras saw

struct Box3 {
  Vec3 low, high;
};

// Where the object is, from the masks of the views that have one.
std::optional<Box3> ObjectBox(const mask_decoder::DecodedObject& object, const FeatureContainer& container,
                              const Job& job) {
  std::array<std::vector<double>, 3> coordinates;
  for (const ViewDecision& view : object.views) {
    if (!view.used) continue;
    const ImageF depth = container.Depth(view.view_idx, job);
    const Camera camera = container.WorkingCamera(view.view_idx);
    for (int y = 0; y < view.mask.height; y += kSampleStep) {
      for (int x = 0; x < view.mask.width; x += kSampleStep) {
        if (view.mask.At(x, y) == 0 || depth.At(x, y) <= 0) continue;
        const Vec3 p = camera.Lift({x + 0.5, y + 0.5}, depth.At(x, y));
        for (size_t axis = 0; axis < 3; ++axis) coordinates[axis].push_back(p[long(axis)]);
      }
    }
  }
  if (coordinates[0].empty()) return std::nullopt;
  Box3 box;
  for (size_t axis = 0; axis < 3; ++axis) {
    std::vector<double>& values = coordinates[axis];
    std::sort(values.begin(), values.end());
    const size_t trimmed = size_t(kTrimmedShare * double(values.size()));
    box.low[long(axis)] = values[trimmed];
    box.high[long(axis)] = values[values.size() - 1 - trimmed];
  }
  const double growth = kGrowth * (box.high - box.low).maxCoeff();
  box.low.array() -= growth;
  box.high.array() += growth;
  return box;
}

struct Rectangle {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

// The pixels that the box may cover; all of them when it reaches behind the camera, none when it is entirely out of
// sight.
Rectangle Footprint(const Box3& box, const Camera& camera) {
  Vec2 low(1e30, 1e30), high(-1e30, -1e30);
  int num_behind = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 p((corner & 1) != 0 ? box.high.x() : box.low.x(), (corner & 2) != 0 ? box.high.y() : box.low.y(),
                 (corner & 4) != 0 ? box.high.z() : box.low.z());
    const std::optional<Vec2> px = camera.Project(p);
    num_behind += !px;
    if (!px) continue;
    low = low.cwiseMin(*px);
    high = high.cwiseMax(*px);
  }
  if (num_behind == 8) return {};
  if (num_behind > 0) return {0, 0, camera.width, camera.height};
  const auto clamped = [](double v, int size) { return int(std::clamp(v, 0.0, double(size))); };
  return {clamped(std::floor(low.x()), camera.width), clamped(std::floor(low.y()), camera.height),
          clamped(std::ceil(high.x()), camera.width), clamped(std::ceil(high.y()), camera.height)};
}

const ViewDecision* DecisionFor(const mask_decoder::DecodedObject& object, int view_idx) {
  const auto found = std::find_if(object.views.begin(), object.views.end(),
                                  [&](const auto& view) { return view.view_idx == view_idx; });
  return found != object.views.end() && found->used ? &*found : nullptr;
}

// By object; null for those without a mask there.
std::vector<const ViewDecision*> DecisionsFor(const ObjectMasks& decoded, int view_idx) {
  std::vector<const ViewDecision*> decisions;
  for (size_t o = 0; o < decoded.size(); ++o) decisions.push_back(DecisionFor(decoded[o], view_idx));
  return decisions;
}

// Writes the objects' masks in order of rising confidence; returns how many pixels several objects claimed.
int64_t PaintMasks(const std::vector<const ViewDecision*>& decisions, ImageU8* labels) {
  std::vector<size_t> order;
  for (size_t i = 0; i < decisions.size(); ++i) {
    if (decisions[i] != nullptr) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return decisions[a]->predicted_iou < decisions[b]->predicted_iou; });
  int64_t overlap = 0;
  for (const size_t i : order) {
    const ImageU8& mask = decisions[i]->mask;
    SANERF_CHECK(mask.width == labels->width && mask.height == labels->height);
    for (size_t p = 0; p < mask.data.size(); ++p) {
      if (mask.data[p] == 0) continue;
      overlap += labels->data[p] != 0;
      labels->data[p] = uint8_t(i + 1);
    }
  }
  return overlap;
}

void MarkUnknown(const Rectangle& region, ImageU8* labels) {
  for (int y = region.y0; y < region.y1; ++y) {
    for (int x = region.x0; x < region.x1; ++x) {
      if (labels->At(x, y) == 0) labels->At(x, y) = mask_aggregator::kIgnoreLabel;
    }
  }
}

std::vector<ImageU8> ByView(const std::vector<int>& views, LabeledViews labeled) {
  std::vector<ImageU8> labels(views.size());
  for (size_t i = 0; i < labeled.views.size(); ++i) {
    const auto found = std::find(views.begin(), views.end(), labeled.view_idxs[i]);
    if (found != views.end()) labels[size_t(found - views.begin())] = std::move(labeled.views[i].labels);
  }
  return labels;
}

// Background pixels that the others give to `label` by more than kDisputedShare become unknown. Views that miss the
// object have voted for background there, so that its share is small even where it is.
void MarkWhereLikely(const ImageF& others, int label, ImageU8* labels) {
  for (int y = 0; y < labels->height; ++y) {
    for (int x = 0; x < labels->width; ++x) {
      const float share = others.At(x * others.width / labels->width, y * others.height / labels->height, label);
      if (labels->At(x, y) == 0 && share > kDisputedShare) labels->At(x, y) = mask_aggregator::kIgnoreLabel;
    }
  }
}

}  // namespace

void CheckObjectCount(size_t num_objects) {
  if (num_objects <= kMostObjects) return;
  throw UsageError(fmt::format("{} objects are too many for one field", num_objects),
                   fmt::format("its label images have one byte per pixel: {} at the most", kMostObjects),
                   "segment them in several runs of the command, each with its own prompts file");
}

void CheckMaskSizes(const ObjectMasks& objects, const std::function<Camera(int view_idx)>& working_camera) {
  for (size_t o = 0; o < objects.size(); ++o) {
    const mask_decoder::DecodedObject& object = objects[o];
    for (const ViewDecision& view : object.views) {
      if (!view.used) continue;
      const Camera camera = working_camera(view.view_idx);
      if (view.mask.width == camera.width && view.mask.height == camera.height) continue;
      throw Error(fmt::format("the mask of {} in {}", object.name, view.view),
                  fmt::format("it is {}x{} pixels, the encoded view {}x{}", view.mask.width, view.mask.height,
                              camera.width, camera.height),
                  "segment all objects again without --add, or use the encode.size that they were made with");
    }
  }
}

ImageU8 PaintLabelImage(const ObjectMasks& decoded, int view_idx) {
  const std::vector<const ViewDecision*> decisions = DecisionsFor(decoded, view_idx);
  const auto first = std::find_if(decisions.begin(), decisions.end(), [](const auto* d) { return d != nullptr; });
  if (first == decisions.end()) return {};
  ImageU8 labels((*first)->mask.width, (*first)->mask.height, 1);
  PaintMasks(decisions, &labels);
  return labels;
}

LabeledViews PaintLabelViews(const ObjectMasks& decoded, const FeatureContainer& container) {
  SANERF_CHECK_LT(decoded.size(), size_t{mask_aggregator::kIgnoreLabel});
  std::set<int> view_idxs;
  for (size_t o = 0; o < decoded.size(); ++o)
    for (const ViewDecision& view : decoded[o].views)
      if (view.used) view_idxs.insert(view.view_idx);
  LabeledViews result;
  for (const int view_idx : view_idxs) {
    mask_aggregator::LabelView view;
    view.camera = container.WorkingCamera(view_idx);
    view.labels = ImageU8(view.camera.width, view.camera.height, 1);
    const int64_t overlap = PaintMasks(DecisionsFor(decoded, view_idx), &view.labels);
    result.overlap_pixels += overlap;
    result.overlap_views += overlap > 0;
    result.views.push_back(std::move(view));
    result.view_idxs.push_back(view_idx);
  }
  return result;
}

LabeledViews BuildLabelViews(const ObjectMasks& decoded, const FeatureContainer& container, const Job& job) {
  LabeledViews result = PaintLabelViews(decoded, container);
  for (size_t o = 0; o < decoded.size(); ++o) {
    const std::optional<Box3> box = ObjectBox(decoded[o], container, job);
    for (size_t i = 0; i < result.views.size() && box; ++i) {
      if (DecisionFor(decoded[o], result.view_idxs[i]) == nullptr)
        MarkUnknown(Footprint(*box, result.views[i].camera), &result.views[i].labels);
    }
  }
  return result;
}

std::vector<ImageU8> LabelsByView(const ObjectMasks& objects, const ViewsToLabel& where, const Job& job) {
  const auto& [views, container, missed, vote] = where;
  if (missed == MissedPlace::kBox) return ByView(views, BuildLabelViews(objects, container, job));
  std::vector<ImageU8> labels = ByView(views, PaintLabelViews(objects, container));
  vote->Count(labels, int(objects.size()) + 1);
  std::vector<ImageU8> marked = labels;
  for (size_t v = 0; v < views.size(); ++v) {
    if (marked[v].empty()) continue;
    job.ThrowIfStopped("comparing the views' masks");
    const ImageF others = vote->VoteOfOtherViews(int(v));
    for (size_t o = 0; o < objects.size(); ++o)
      if (!objects[o].views[v].used) MarkWhereLikely(others, int(o) + 1, &marked[v]);
  }
  return marked;
}

}  // namespace sanerf::segmentation
