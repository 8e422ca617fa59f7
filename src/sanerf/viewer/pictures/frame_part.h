// What a frame shows, and a part of it: what the field says about its pixels, and how that is painted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray.h"

namespace sanerf::viewer {

// What a frame is made of. object: null without an answer; label: of the object meant, -1 = none.
struct FrameScene {
  std::shared_ptr<const nerf::NerfModel> nerf;
  std::shared_ptr<const mask_aggregator::ObjectModel> objects;
  std::map<int, uint32_t> color_of_label = {};  // 0xRRGGBB, of the visible ones
};

enum class FrameLayer { kRgb, kDepth, kOpacity, kMask, kOverlay, kCutout, kWithout, kDisagreement };
FrameLayer ParseFrameLayer(const std::string& name);  // throws UsageError
bool ShowsObject(FrameLayer layer);                   // and nothing without one

// label: whose mask, cut-out, or the scene without which; -1: of all visible objects together.
struct FrameRequest {
  Camera camera;  // file frame
  FrameLayer layer = FrameLayer::kRgb;
  int label = -1;
};

// The blocks of a frame of that size, those nearest to the middle first. Their bytes are those of the whole frame
// (PartOfView).
std::vector<nerf::PixelBlock> BlocksFromTheMiddle(int width, int height);

// Images of the part's size; those that the layer does not show are empty.
struct FramePart {
  ImageF rgb, depth, opacity;
  ImageU8 labels;
  ImageF probability;  // of the label meant, or of each pixel's own
  ImageF known;        // of the disagreement: how much of it somebody voted on
};
// Throws InterruptedError, and Error where the layer shows an object and there is no answer.
FramePart RenderFramePart(const FrameScene& scene, const FrameRequest& request, const nerf::PartOfView& view,
                          const Job& job);

enum class Outlines { kNone, kDrawn };  // of the overlay; a coarse picture has none
// 1, 3 or 4 channels. depth: of the whole frame, so that its blocks have the same colors.
ImageU8 Paint(const FramePart& part, const FrameScene& scene, const FrameRequest& request, const DepthRange& depth,
              Outlines outlines);

}  // namespace sanerf::viewer
