#include "sanerf/viewer/pictures/frame_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "sanerf/core/error.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/export/layers.h"

namespace sanerf::viewer {

using mask_aggregator::ObjectModel;

namespace {

constexpr const char* kFrameLayers[] = {"rgb",     "depth",  "opacity", "mask",
                                        "overlay", "cutout", "without", "disagreement"};  // by FrameLayer
constexpr int kBlock = 128;  // pixels per side, a multiple of nerf's blocks and of JPEG's
constexpr float kVeil = 0.45f, kOutlineWhite = 0.6f;
// An object's pixels fade out between these probabilities: a soft edge, about a pixel wide.
constexpr float kClear = 0.35f, kSolid = 0.65f;

using Color = std::array<float, 3>;

Color ChannelsOf(uint32_t rgb) {
  return {float(rgb >> 16 & 255) / 255, float(rgb >> 8 & 255) / 255, float(rgb & 255) / 255};
}

// The one label meant, or all visible ones.
bool IsMeant(const FrameScene& scene, const FrameRequest& request, int label) {
  return request.label >= 0 ? label == request.label : scene.color_of_label.contains(label);
}

std::vector<int> LabelsMeant(const FrameScene& scene, const FrameRequest& request) {
  std::vector<int> labels;
  for (int label = 0; label < scene.objects->num_labels(); ++label)
    if (IsMeant(scene, request, label)) labels.push_back(label);
  return labels;
}

// No frame is drawn around what is cut by the part's border: it goes on there.
bool IsOutline(const ImageU8& labels, int x, int y) {
  const int label = labels.At(x, y);
  for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
    const int u = x + dx, v = y + dy;
    if (u >= 0 && v >= 0 && u < labels.width && v < labels.height && labels.At(u, v) != label) return true;
  }
  return false;
}

ImageU8 PaintOverlay(const FramePart& part, const FrameScene& scene, Outlines outlines) {
  ImageF rgb = part.rgb;
  if (part.labels.empty()) return ToU8(rgb);
  for (int y = 0; y < rgb.height; ++y) {
    for (int x = 0; x < rgb.width; ++x) {
      const auto found = scene.color_of_label.find(part.labels.At(x, y));
      if (found == scene.color_of_label.end()) continue;
      const Color color = ChannelsOf(found->second);
      const bool is_outline = outlines == Outlines::kDrawn && IsOutline(part.labels, x, y);
      for (size_t c = 0; c < 3; ++c) {
        float& value = rgb.At(x, y, int(c));
        value = is_outline ? kOutlineWhite + (1 - kOutlineWhite) * color[c] : value + kVeil * (color[c] - value);
      }
    }
  }
  return ToU8(rgb);
}

// One object in white, all visible ones in their colors.
ImageU8 PaintMask(const FramePart& part, const FrameScene& scene, const FrameRequest& request) {
  if (request.label >= 0) return MaskOfLabel(part.labels, request.label);
  ImageU8 mask(part.labels.width, part.labels.height, 3);
  for (size_t i = 0; i < part.labels.data.size(); ++i) {
    const auto found = scene.color_of_label.find(part.labels.data[i]);
    if (found == scene.color_of_label.end()) continue;
    for (size_t c = 0; c < 3; ++c) mask.data[3 * i + c] = uint8_t(found->second >> (16 - 8 * c) & 255);
  }
  return mask;
}

// The mask, with a soft edge of half a pixel to each side. Where nothing is, no label is more probable than another.
ImageU8 PaintCutout(const FramePart& part, const FrameScene& scene, const FrameRequest& request) {
  ImageF alpha(part.rgb.width, part.rgb.height, 1);
  for (size_t i = 0; i < alpha.data.size(); ++i) {
    const bool is_inside = IsMeant(scene, request, part.labels.data[i]);
    alpha.data[i] = is_inside ? 1.0f : 0.0f;
    if (part.probability.empty()) continue;
    const float soft = std::clamp((part.probability.data[i] - kClear) / (kSolid - kClear), 0.0f, 1.0f);
    if (is_inside) {
      alpha.data[i] = std::max(0.5f, soft);
    } else if (part.opacity.data[i] > 0.5f) {
      alpha.data[i] = std::min(0.49f, soft);
    }
  }
  return exports::Cutout(part.rgb, alpha);
}

// The dimmed picture, and where the views disagree a glow: nothing where all say the same, full where any label is as
// probable as the others. What nobody voted on has no label more probable than another, but nobody disagrees either.
ImageU8 PaintDisagreement(const FramePart& part, int num_labels) {
  constexpr Color kGlow = {1.0f, 0.55f, 0.1f};
  ImageF out = part.rgb;
  for (size_t i = 0; i < part.probability.data.size(); ++i) {
    float* rgb = &out.data[3 * i];
    const float gray = 0.45f * (0.3f * rgb[0] + 0.59f * rgb[1] + 0.11f * rgb[2]);
    const float share = (1 - part.probability.data[i]) * float(num_labels) / float(num_labels - 1);
    const float glow = part.known.data[i] * std::sqrt(std::clamp(share, 0.0f, 1.0f));
    for (size_t c = 0; c < 3; ++c) rgb[c] = gray + glow * (kGlow[c] - gray);
  }
  return ToU8(out);
}

bool ShowsColorsAndObject(FrameLayer layer) {
  return layer == FrameLayer::kOverlay || layer == FrameLayer::kCutout || layer == FrameLayer::kDisagreement;
}

void TakeRadiance(nerf::RenderedView radiance, FramePart* part) {
  part->rgb = std::move(radiance.rgb);
  part->depth = std::move(radiance.depth);
  part->opacity = std::move(radiance.opacity);
}

// Colors and labels, in one pass where both are of the same radiance field: one in training may be a later one.
void RenderBoth(const FrameScene& scene, const FrameRequest& request, const nerf::PartOfView& view, FramePart* part,
                const Job& job) {
  const ObjectModel& objects = *scene.objects;
  int probability_of = -1;
  if (request.layer == FrameLayer::kCutout && request.label >= 0) probability_of = request.label;
  if (request.layer == FrameLayer::kDisagreement) probability_of = ObjectModel::kWinner;
  // What the views say of each other is their vote; a field has smoothed it.
  const bool asks_vote = request.layer == FrameLayer::kDisagreement && objects.has_vote();
  const ObjectModel asked = asks_vote ? objects.VoteAlone() : objects;
  const uint64_t fingerprint = scene.nerf->Fingerprint();
  const bool is_same = fingerprint != 0 && fingerprint == objects.nerf().Fingerprint();
  nerf::RenderedView radiance;
  mask_aggregator::SegmentedView segmented = asked.Render(view, probability_of, is_same ? &radiance : nullptr, job);
  TakeRadiance(is_same ? std::move(radiance) : scene.nerf->RenderPart(view, {}, job), part);
  part->labels = std::move(segmented.labels);
  part->probability = std::move(segmented.probability);
  part->known = std::move(segmented.known);
}

}  // namespace

bool ShowsObject(FrameLayer layer) {
  return layer == FrameLayer::kMask || layer == FrameLayer::kCutout || layer == FrameLayer::kDisagreement;
}

FrameLayer ParseFrameLayer(const std::string& name) {
  const auto found = std::find(std::begin(kFrameLayers), std::end(kFrameLayers), name);
  if (found != std::end(kFrameLayers)) return FrameLayer(found - std::begin(kFrameLayers));
  const std::string nearest = DidYouMean(name, {std::begin(kFrameLayers), std::end(kFrameLayers)});
  throw UsageError("unknown layer '" + name + "'", "",
                   nearest.empty() ? fmt::format("choose from {}", fmt::join(kFrameLayers, ", ")) : nearest);
}

std::vector<nerf::PixelBlock> BlocksFromTheMiddle(int width, int height) {
  std::vector<nerf::PixelBlock> blocks;
  for (int y = 0; y < height; y += kBlock)
    for (int x = 0; x < width; x += kBlock)
      blocks.push_back({x, y, std::min(x + kBlock, width), std::min(y + kBlock, height)});
  const auto distance = [&](const nerf::PixelBlock& block) {
    const int64_t x = block.x0 + block.x1 - width, y = block.y0 + block.y1 - height;
    return x * x + y * y;
  };
  std::stable_sort(blocks.begin(), blocks.end(),
                   [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return blocks;
}

FramePart RenderFramePart(const FrameScene& scene, const FrameRequest& request, const nerf::PartOfView& view,
                          const Job& job) {
  const FrameLayer layer = request.layer;
  const ObjectModel* objects = scene.objects.get();
  if (objects == nullptr && ShowsObject(layer))
    throw Error("this layer shows an object, and there is none yet", "", "click a thing first");
  const bool names_object = layer == FrameLayer::kMask || layer == FrameLayer::kCutout || layer == FrameLayer::kWithout;
  if (objects != nullptr && names_object && request.label >= objects->num_labels())
    throw Error("the object has no mask yet", "it is not in the answer so far", "wait for it, or click in it");
  FramePart part;
  if (layer == FrameLayer::kMask) {
    part.labels = objects->Render(view, job).labels;
  } else if (objects != nullptr && ShowsColorsAndObject(layer)) {
    RenderBoth(scene, request, view, &part, job);
  } else {
    const bool is_without = layer == FrameLayer::kWithout && objects != nullptr;
    const nerf::MakeSampleFilter filter =
        is_without ? objects->Without(LabelsMeant(scene, request)) : nerf::MakeSampleFilter();
    TakeRadiance(scene.nerf->RenderPart(view, filter, job), &part);
  }
  return part;
}

ImageU8 Paint(const FramePart& part, const FrameScene& scene, const FrameRequest& request, const DepthRange& depth,
              Outlines outlines) {
  switch (request.layer) {
    case FrameLayer::kRgb:
    case FrameLayer::kWithout:
      return ToU8(part.rgb);
    case FrameLayer::kDepth:
      return ColorizeDepth(part.depth, depth);
    case FrameLayer::kOpacity:
      return ToU8(part.opacity);
    case FrameLayer::kMask:
      return PaintMask(part, scene, request);
    case FrameLayer::kOverlay:
      return PaintOverlay(part, scene, outlines);
    case FrameLayer::kCutout:
      return PaintCutout(part, scene, request);
    case FrameLayer::kDisagreement:
      return PaintDisagreement(part, scene.objects->num_labels());
  }
  return {};
}

}  // namespace sanerf::viewer
