// HQ-SAM's ONNX export in small, for tests: its names and shapes around a few sums, so that every answer is known.
#pragma once

#include <string>
#include <vector>

#include "sanerf/models/onnx_test_support.h"

namespace sanerf::onnx_test {

struct HqShape {
  int64_t num_maps = 4, channels = 768;  // of interm_embeddings; vit_b
};

// image_embeddings [1, 256, 64, 64]: channel 0 is the normalized image's red, 16 x 16 pixels averaged.
// interm_embeddings [N, 1, 64, 64, D]: the last channel of map k is its blue times k + 1. All else is zero.
inline Graph HqEncoder(const HqShape& shape, const std::string& image_name = "image_embeddings",
                       const std::string& maps_name = "interm_embeddings") {
  std::vector<float> red(256 * 3), blue(size_t(shape.channels) * 3), factors;
  red.front() = 1;
  blue.back() = 1;
  for (int64_t k = 0; k < shape.num_maps; ++k) factors.push_back(float(k + 1));
  Graph graph;
  graph.Input("image", {1, 3, 1024, 1024})
      .Output(image_name, {1, 256, 64, 64})
      .Output(maps_name, {shape.num_maps, 1, 64, 64, shape.channels})
      .Floats("red", {256, 3, 1, 1}, red)
      .Floats("blue", {shape.channels, 3, 1, 1}, blue)
      .Floats("factors", {shape.num_maps, 1, 1, 1, 1}, factors)
      .Ints("map_shape", {5}, {1, 1, 64, 64, shape.channels})
      .Node(
          "AveragePool", {"image"}, "small",
          {Attribute("kernel_shape", std::vector<int64_t>{16, 16}), Attribute("strides", std::vector<int64_t>{16, 16})})
      .Node("Conv", {"small", "red"}, image_name)
      .Node("Conv", {"small", "blue"}, "planes")
      .Node("Transpose", {"planes"}, "pixels", {Attribute("perm", std::vector<int64_t>{0, 2, 3, 1})})
      .Node("Reshape", {"pixels", "map_shape"}, "map")
      .Node("Mul", {"map", "factors"}, maps_name);
  return graph;
}

// What the export's flags choose.
enum class HqMask {
  kCorrected,      // SAM's single mask plus the correction: no flag
  kBestCorrected,  // the hypothesis with the highest predicted IoU plus the correction: --multimask-output
  kHqTokenOnly     // the correction alone: --hq-token-only
};

// As the export does, it computes SAM's four masks and the correction as one tensor and selects from that: SAM's masks
// are image_embeddings' channel 0 times 1, 2, 3 and 4, the correction is the last channel of interm_embeddings' first
// map times 10 (both enlarged), the predicted IoUs are the first four coordinates of point_coords times 1e-3.
inline Graph HqDecoder(const HqShape& shape, HqMask mask = HqMask::kCorrected) {
  std::vector<float> sam_weights(4 * 256), hq_weights(size_t(shape.channels));
  for (size_t i = 0; i < 4; ++i) sam_weights[i * 256] = float(i + 1);
  hq_weights.back() = 10;
  Graph graph;
  graph.Input("image_embeddings", {1, 256, 64, 64})
      .Input("interm_embeddings", {shape.num_maps, 1, 64, 64, shape.channels})
      .Input("point_coords", {1, -1, 2})
      .Input("point_labels", {1, -1})
      .Input("mask_input", {1, 1, 256, 256})
      .Input("has_mask_input", {1})
      .Input("orig_im_size", {2})
      .Output("masks", {-1, -1, -1, -1})
      .Output("iou_predictions", {1, 1})
      .Output("low_res_masks", {1, 1, 256, 256})
      .Floats("sam_weights", {4, 256, 1, 1}, sam_weights)
      .Floats("hq_weights", {1, shape.channels, 1, 1}, hq_weights)
      .Floats("scales", {4}, {1, 1, 4, 4})
      .Floats("thousandth", {1}, {1e-3f})
      .Ints("first", {}, {0})
      .Ints("flat", {1}, {-1})
      .Ints("zero", {1}, {0})
      .Ints("one", {1}, {1})
      .Ints("four", {1}, {4})
      .Ints("five", {1}, {5})
      .Ints("iou_shape", {2}, {1, 4})
      .Node("Gather", {"interm_embeddings", "first"}, "early", {Attribute("axis", 0)})
      .Node("Transpose", {"early"}, "early_planes", {Attribute("perm", std::vector<int64_t>{0, 3, 1, 2})})
      .Node("Conv", {"early_planes", "hq_weights"}, "small_hq")
      .Node("Conv", {"image_embeddings", "sam_weights"}, "small_sam")
      .Node("Concat", {"small_sam", "small_hq"}, "small_masks", {Attribute("axis", 1)})
      .Node("Resize", {"small_masks", "", "scales"}, "all_masks")
      .Node("Reshape", {"point_coords", "flat"}, "coords")
      .Node("Slice", {"coords", "zero", "four", "zero"}, "first_coords")
      .Node("Mul", {"first_coords", "thousandth"}, "small_coords")
      .Node("Reshape", {"small_coords", "iou_shape"}, "all_ious");
  if (mask == HqMask::kBestCorrected) {
    graph.Node("Slice", {"all_masks", "one", "four", "one"}, "hypotheses")
        .Node("Slice", {"all_ious", "one", "four", "one"}, "hypotheses_ious")
        .Node("ArgMax", {"hypotheses_ious"}, "best", {Attribute("axis", 1), Attribute("keepdims", 0)})
        .Node("Gather", {"hypotheses", "best"}, "sam_mask", {Attribute("axis", 1)})
        .Node("Gather", {"hypotheses_ious", "best"}, "iou_predictions", {Attribute("axis", 1)});
  } else {
    graph.Node("Slice", {"all_masks", "zero", "one", "one"}, "sam_mask")
        .Node("Slice", {"all_ious", "zero", "one", "one"}, "iou_predictions");
  }
  if (mask == HqMask::kHqTokenOnly) {
    graph.Node("Slice", {"all_masks", "four", "five", "one"}, "low_res_masks");
  } else {
    graph.Node("Slice", {"all_masks", "four", "five", "one"}, "hq_mask")
        .Node("Add", {"sam_mask", "hq_mask"}, "low_res_masks");
  }
  graph.Node("Identity", {"low_res_masks"}, "masks");
  return graph;
}

}  // namespace sanerf::onnx_test
