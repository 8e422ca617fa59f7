// Tiny ONNX models for tests, written byte by byte in protocol buffers' wire format (field numbers of onnx.proto).
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/files.h"

namespace sanerf::onnx_test {

inline std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(char((value & 0x7f) | 0x80));
  bytes.push_back(char(value));
  return bytes;
}
inline std::string IntField(int number, int64_t value) {
  return Varint(uint64_t(number) << 3) + Varint(static_cast<uint64_t>(value));
}
inline std::string BytesField(int number, const std::string& bytes) {
  return Varint(uint64_t(number) << 3 | 2) + Varint(bytes.size()) + bytes;
}

// Attributes: AttributeProto {name = 1, i = 3, ints = 8, type = 20 (INT = 2, INTS = 7)}.
inline std::string Attribute(const std::string& name, int64_t value) {
  return BytesField(1, name) + IntField(3, value) + IntField(20, 2);
}
inline std::string Attribute(const std::string& name, const std::vector<int64_t>& values) {
  std::string bytes = BytesField(1, name);
  for (const int64_t value : values) bytes += IntField(8, value);
  return bytes + IntField(20, 7);
}

// Of TensorProto: what tensors are made of, and what Cast's attribute "to" takes.
enum Element { kFloats = 1, kInt64s = 7, kBools = 9 };

// A graph under construction.
class Graph {
 public:
  // shape: -1 = any size.
  Graph& Input(const std::string& name, const std::vector<int64_t>& shape, Element element = kFloats) {
    return Add(11, Value(name, shape, element));
  }
  Graph& Output(const std::string& name, const std::vector<int64_t>& shape) { return Add(12, Value(name, shape)); }
  Graph& Floats(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values) {
    return Constant(name, shape, 1, values.data(), values.size() * sizeof(float));
  }
  Graph& Ints(const std::string& name, const std::vector<int64_t>& shape, const std::vector<int64_t>& values) {
    return Constant(name, shape, 7, values.data(), values.size() * sizeof(int64_t));
  }
  // Floats that are the whole contents of a file beside the model: TensorProto {external_data = 13, data_location =
  // 14}.
  Graph& ExternalFloats(const std::string& name, const std::vector<int64_t>& shape, const std::string& file) {
    std::string tensor;
    for (const int64_t dim : shape) tensor += IntField(1, dim);
    tensor += IntField(2, 1) + BytesField(8, name) + BytesField(13, BytesField(1, "location") + BytesField(2, file));
    return Add(5, tensor + IntField(14, 1));
  }
  Graph& Node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
              const std::vector<std::string>& attributes = {}) {
    std::string node;
    for (const std::string& input : inputs) node += BytesField(1, input);
    node += BytesField(2, output) + BytesField(3, output + "_node") + BytesField(4, op);
    for (const std::string& attribute : attributes) node += BytesField(5, attribute);
    return Add(1, node);
  }

  Graph& Metadata(const std::string& key, const std::string& value) {
    metadata_ += BytesField(14, BytesField(1, key) + BytesField(2, value));
    return *this;
  }

  // ModelProto {ir_version = 1, graph = 7, opset_import = 8 {version = 2}, metadata_props = 14 {key = 1, value = 2}}.
  std::string Model() const {
    return IntField(1, 8) + BytesField(8, IntField(2, 16)) + BytesField(7, BytesField(2, "test") + bytes_) + metadata_;
  }

 private:
  Graph& Add(int number, const std::string& message) {
    bytes_ += BytesField(number, message);
    return *this;
  }
  Graph& Constant(const std::string& name, const std::vector<int64_t>& shape, int type, const void* data, size_t size) {
    std::string tensor;
    for (const int64_t dim : shape) tensor += IntField(1, dim);
    tensor += IntField(2, type) + BytesField(8, name) + BytesField(9, {static_cast<const char*>(data), size});
    return Add(5, tensor);
  }
  static std::string Value(const std::string& name, const std::vector<int64_t>& shape, Element element = kFloats) {
    std::string dims;
    for (const int64_t dim : shape) dims += BytesField(1, dim < 0 ? BytesField(2, "any") : IntField(1, dim));
    return BytesField(1, name) + BytesField(2, BytesField(1, IntField(1, element) + BytesField(2, dims)));
  }

  std::string bytes_, metadata_;
};

// An encoder that averages 16 x 16 pixels: the map [1, 3, 64, 64] is the normalized image, small.
inline std::string AverageEncoder(const std::string& output = "embedding", int64_t side = 1024) {
  return Graph()
      .Input("image", {1, 3, side, side})
      .Output(output, {1, 3, side / 16, side / 16})
      .Node(
          "AveragePool", {"image"}, output,
          {Attribute("kernel_shape", std::vector<int64_t>{16, 16}), Attribute("strides", std::vector<int64_t>{16, 16})})
      .Model();
}

// A decoder with SAM's standard names. Its four masks are the map's channels times 1, 2, 3 and 4 (channel 0 of the map
// for all), enlarged to 256 x 256; its four predicted IoUs are the first four coordinates of point_coords times 1e-3.
// It hands out the mask with the highest predicted IoU, as SAM's export does.
inline Graph ChoosingDecoder(const std::string& map = "image_embeddings") {
  Graph graph;
  graph.Input(map, {1, 3, 64, 64})
      .Input("point_coords", {1, -1, 2})
      .Input("point_labels", {1, -1})
      .Input("mask_input", {1, 1, 256, 256})
      .Input("has_mask_input", {1})
      .Input("orig_im_size", {2})
      .Output("masks", {-1, -1, -1, -1})
      .Output("iou_predictions", {-1, 1})
      .Output("low_res_masks", {-1, 1, -1, -1})
      .Floats("weights", {4, 3, 1, 1}, {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0})
      .Floats("scales", {4}, {1, 1, 4, 4})
      .Floats("thousandth", {1}, {1e-3f})
      .Ints("flat", {1}, {-1})
      .Ints("four", {1}, {4})
      .Ints("zero", {1}, {0})
      .Ints("iou_shape", {2}, {1, 4})
      .Ints("mask_shape", {4}, {1, 1, 256, 256})
      .Ints("one_by_one", {2}, {1, 1})
      .Node("Conv", {map, "weights"}, "small")
      .Node("Resize", {"small", "", "scales"}, "enlarged")
      .Node("Mul", {"enlarged", "has_mask_input"}, "earlier_part")
      .Node("Mul", {"earlier_part", "mask_input"}, "earlier")
      .Node("Add", {"enlarged", "earlier"}, "all_masks")
      .Node("Reshape", {"point_coords", "flat"}, "coords")
      .Node("Slice", {"coords", "zero", "four"}, "first_coords")
      .Node("Mul", {"first_coords", "thousandth"}, "small_coords")
      .Node("Reshape", {"small_coords", "iou_shape"}, "all_ious")
      .Node("ArgMax", {"all_ious"}, "best", {Attribute("axis", 1), Attribute("keepdims", 0)})
      .Node("Flatten", {"all_masks"}, "flat_masks", {Attribute("axis", 2)})
      .Node("Gather", {"flat_masks", "best"}, "best_mask")
      .Node("Reshape", {"best_mask", "mask_shape"}, "low_res_masks")
      .Node("Flatten", {"all_ious"}, "flat_ious", {Attribute("axis", 2)})
      .Node("Gather", {"flat_ious", "best"}, "best_iou")
      .Node("Reshape", {"best_iou", "one_by_one"}, "iou_predictions")
      .Node("Identity", {"low_res_masks"}, "masks");
  return graph;
}

// encoder.onnx and decoder.onnx: a model of 16 x 16 averages whose masks are what is bright.
inline void WriteSmallSam(const std::filesystem::path& folder) {
  WriteFileAtomic(folder / "encoder.onnx", AverageEncoder());
  WriteFileAtomic(folder / "decoder.onnx", ChoosingDecoder().Model());
}

}  // namespace sanerf::onnx_test
