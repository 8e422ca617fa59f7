// Text detectors' ONNX exports in small, for tests: their names, types and shapes around a few sums, so that every
// answer is known.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "sanerf/models/onnx_test_support.h"

namespace sanerf::onnx_test {

// Line numbers are ids: banana 6, mug 10, coffee 13, cup 15.
inline constexpr char kVocabulary[] =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n.\n?\n"
    "banana\nban\n##ana\n##s\nmug\n##mug\n##na\ncoffee\n红\ncup\n";

// Cells of 16 x 16 pixels of a square image of `size` pixels are the boxes; a cell's mean red, green and blue are the
// scores of the classes. Two more rows are coefficients of masks.
inline Graph CellDetector(int64_t size = 64, const std::string& names = "{0: 'red ball', 1: 'cup', 2: 'banana'}") {
  const int64_t side = size / 16, cells = side * side;
  std::vector<float> boxes(size_t(4 * cells), 16);
  for (int64_t i = 0; i < cells; ++i) {
    boxes[size_t(i)] = float(i % side * 16 + 8);
    boxes[size_t(cells + i)] = float(i / side * 16 + 8);
  }
  Graph graph;
  graph.Input("images", {1, 3, size, size})
      .Output("output0", {1, 9, cells})
      .Output("output1", {1, 2, side, side})
      .Floats("boxes", {1, 4, cells}, boxes)
      .Floats("coefficients", {1, 2, cells}, std::vector<float>(size_t(2 * cells), 0.99f))
      .Floats("prototypes", {1, 2, side, side}, std::vector<float>(size_t(2 * cells), 1))
      .Ints("rows", {3}, {1, 3, cells})
      .Node(
          "AveragePool", {"images"}, "means",
          {Attribute("kernel_shape", std::vector<int64_t>{16, 16}), Attribute("strides", std::vector<int64_t>{16, 16})})
      .Node("Reshape", {"means", "rows"}, "scores")
      .Node("Concat", {"boxes", "scores", "coefficients"}, "output0", {Attribute("axis", 1)})
      .Node("Identity", {"prototypes"}, "output1");
  if (!names.empty()) graph.Metadata("names", names);
  return graph;
}

// A Grounding DINO with three boxes. The first has a high score at the token "banana", the second at "mug", the third,
// a low one, at "cup", and only where position, type, masks and block are those of a phrase of one word. Center: the
// mean of the normalized red and green, a hundredth of it around the middle; size: a 10,000th of the image that the
// model was given. release: with the tensors of the release's own export, else of Hugging Face's.
inline Graph TinyGroundingDino(bool release) {
  Graph graph;
  const auto as_floats = [&](const std::string& tensor) {
    graph.Node("Cast", {tensor}, tensor + "_f", {Attribute("to", kFloats)});
    return tensor + "_f";
  };
  const std::string image = release ? "img" : "pixel_values";
  graph.Input(image, {1, 3, -1, -1})
      .Input("input_ids", {1, -1}, kInt64s)
      .Input("token_type_ids", {1, -1}, kInt64s)
      .Input("attention_mask", {1, -1}, release ? kBools : kInt64s)
      .Output("logits", {1, 3, 256})
      .Output(release ? "boxes" : "pred_boxes", {1, 3, 4})
      .Floats("one", {}, {1})
      .Floats("wanted_ids", {1, 3, 1}, {6, 10, 15})
      .Floats("heights", {1, 3, 1}, {3, 2, -0.5f})  // sigmoid: 0.953, 0.881, 0.378
      .Floats("depth", {}, {20})
      .Ints("first_axis", {1}, {1})
      .Ints("last_axis", {1}, {2});
  // How far a token is from what is wanted: 0 where everything is right.
  graph.Node("Unsqueeze", {as_floats("input_ids"), "first_axis"}, "ids_row")
      .Node("Sub", {"ids_row", "wanted_ids"}, "id_error")
      .Node("Abs", {"id_error"}, "error_0")
      .Node("Unsqueeze", {as_floats("token_type_ids"), "first_axis"}, "error_1")
      .Node("Unsqueeze", {as_floats("attention_mask"), "first_axis"}, "present")
      .Node("Sub", {"one", "present"}, "error_2")
      .Node("Add", {"error_0", "error_1"}, "sum_1")
      .Node("Add", {"sum_1", "error_2"}, "sum_2");
  std::string error = "sum_2";
  if (release) {
    graph.Input("position_ids", {1, -1}, kInt64s)
        .Input("text_token_mask", {1, -1, -1}, kBools)
        .Floats("two", {}, {2})
        .Node("Unsqueeze", {as_floats("position_ids"), "first_axis"}, "error_3")
        .Node("ReduceSum", {as_floats("text_token_mask"), "last_axis"}, "block_size", {Attribute("keepdims", 0)})
        .Node("Sub", {"block_size", "two"}, "block_error")
        .Node("Abs", {"block_error"}, "block_abs")
        .Node("Unsqueeze", {"block_abs", "first_axis"}, "error_4")
        .Node("Add", {"sum_2", "error_3"}, "sum_3")
        .Node("Add", {"sum_3", "error_4"}, "sum_4");
    error = "sum_4";
  } else {
    // A pixel that is not there counts like a wrong token.
    graph.Input("pixel_mask", {1, -1, -1}, kInt64s)
        .Ints("pixel_axes", {2}, {1, 2})
        .Node("ReduceMean", {as_floats("pixel_mask")}, "pixel_share")  // over all axes
        .Node("Sub", {"one", "pixel_share"}, "error_3")
        .Node("Add", {"sum_2", "error_3"}, "sum_3");
    error = "sum_3";
  }
  // logits = height - 20 * error, filled up to 256 columns with minus infinity.
  graph.Node("Mul", {error, "depth"}, "drop")
      .Node("Sub", {"heights", "drop"}, "short_logits")
      .Floats("minus_infinity", {}, {-std::numeric_limits<float>::infinity()})
      .Ints("columns", {1}, {256})
      .Ints("no_pads", {5}, {0, 0, 0, 0, 0})
      .Ints("second", {1}, {1})
      .Node("Shape", {"input_ids"}, "ids_shape")
      .Node("Gather", {"ids_shape", "second"}, "num_tokens")
      .Node("Sub", {"columns", "num_tokens"}, "missing")
      .Node("Concat", {"no_pads", "missing"}, "pads", {Attribute("axis", 0)})
      .Node("Pad", {"short_logits", "pads", "minus_infinity"}, "logits");
  // Boxes, the same for all.
  graph.Ints("channel_axes", {2}, {2, 3})
      .Ints("red_green", {2}, {0, 1})
      .Ints("width_height", {2}, {3, 2})
      .Floats("hundredth", {}, {0.01f})
      .Floats("middle", {}, {0.5f})
      .Floats("ten_thousandth", {}, {1e-4f})
      .Ints("box_shape", {3}, {1, 1, 4})
      .Ints("three_boxes", {3}, {1, 3, 4})
      .Node("GlobalAveragePool", {image}, "pooled")
      .Ints("flat", {1}, {-1})
      .Node("Reshape", {"pooled", "flat"}, "colors")
      .Node("Gather", {"colors", "red_green"}, "two_colors")
      .Node("Mul", {"two_colors", "hundredth"}, "shift")
      .Node("Add", {"shift", "middle"}, "center")
      .Node("Shape", {image}, "image_shape")
      .Node("Gather", {"image_shape", "width_height"}, "image_size")
      .Node("Cast", {"image_size"}, "image_size_f", {Attribute("to", kFloats)})
      .Node("Mul", {"image_size_f", "ten_thousandth"}, "size")
      .Node("Concat", {"center", "size"}, "flat_box", {Attribute("axis", 0)})
      .Node("Reshape", {"flat_box", "box_shape"}, "one_box")
      .Node("Expand", {"one_box", "three_boxes"}, release ? "boxes" : "pred_boxes");
  return graph;
}

}  // namespace sanerf::onnx_test
