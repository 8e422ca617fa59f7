#include "sanerf/models/onnx_graph.h"

#include <cstdint>
#include <set>
#include <unordered_map>

namespace sanerf::models {
namespace {

// Field numbers of onnx.proto.
constexpr uint32_t kModelGraph = 7;
constexpr uint32_t kGraphNode = 1, kGraphInitializer = 5, kGraphOutput = 12;
constexpr uint32_t kNodeInput = 1, kNodeOutput = 2, kNodeOpType = 4;
constexpr uint32_t kValueName = 1, kValueType = 2;
constexpr uint32_t kTypeTensor = 1;
constexpr uint32_t kTensorElementType = 1;
constexpr uint32_t kWeightsExternalData = 13;
constexpr uint32_t kEntryKey = 1, kEntryValue = 2;
constexpr char kFloat = 1;

// ---- reading

// The fields of one message, in order; stops at the end or at the first damaged byte.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : bytes_(bytes) {}

  bool Next() {
    uint64_t key = 0;
    if (bytes_.empty() || !ReadVarint(&key)) return false;
    number_ = uint32_t(key >> 3);
    uint64_t size = 0;
    switch (key & 7) {
      case 0:
        value_ = {};
        return ReadVarint(&size);
      case 1:
        size = 8;
        break;
      case 2:
        if (!ReadVarint(&size)) return false;
        break;
      case 5:
        size = 4;
        break;
      default:
        return false;
    }
    if (size > bytes_.size()) return false;
    value_ = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }
  uint32_t number() const { return number_; }
  std::string_view value() const { return value_; }

 private:
  bool ReadVarint(uint64_t* value) {
    *value = 0;
    for (int shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      *value |= uint64_t(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  std::string_view bytes_, value_;
  uint32_t number_ = 0;
};

struct Node {
  std::string op_type;
  std::string first_input;
};

using Producers = std::unordered_map<std::string, Node>;  // by the name of the node's first output

Producers ReadProducers(std::string_view model) {
  Producers producers;
  for (FieldReader top(model); top.Next();) {
    if (top.number() != kModelGraph) continue;
    for (FieldReader graph(top.value()); graph.Next();) {
      if (graph.number() != kGraphNode) continue;
      Node node;
      std::string output;
      bool has_input = false;
      for (FieldReader field(graph.value()); field.Next();) {
        if (field.number() == kNodeInput && !has_input) {
          node.first_input = field.value();
          has_input = true;
        } else if (field.number() == kNodeOutput && output.empty()) {
          output = field.value();
        } else if (field.number() == kNodeOpType) {
          node.op_type = field.value();
        }
      }
      producers.emplace(std::move(output), std::move(node));
    }
  }
  return producers;
}

// ---- writing

void AppendVarint(std::string* bytes, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes->push_back(char((value & 0x7f) | 0x80));
  bytes->push_back(char(value));
}

void AppendMessage(std::string* bytes, uint32_t number, std::string_view message) {
  AppendVarint(bytes, number << 3 | 2);
  AppendVarint(bytes, message.size());
  bytes->append(message);
}

}  // namespace

std::optional<std::string> TensorBeforeSelection(std::string_view model, const std::string& output) {
  static const std::set<std::string> kShapeOnly = {"Clip",    "Unsqueeze", "Squeeze", "Reshape",
                                                   "Flatten", "Identity",  "Cast"};
  const Producers producers = ReadProducers(model);
  const auto producer_of = [&](const std::string& tensor) {
    const auto it = producers.find(tensor);
    return it == producers.end() ? nullptr : &it->second;
  };
  const auto selects = [](const Node& node) {
    return node.op_type == "Slice" || node.op_type == "Gather" || node.op_type == "GatherND";
  };

  const Node* node = producer_of(output);
  for (size_t steps = 0; node && !selects(*node) && steps < producers.size(); ++steps)
    node = kShapeOnly.count(node->op_type) ? producer_of(node->first_input) : nullptr;
  if (!node || !selects(*node)) return std::nullopt;

  // A Gather picks rows of the flattened masks: what was flattened is wanted.
  std::string tensor = node->first_input;
  if (const Node* before = producer_of(tensor); before && before->op_type == "Flatten") tensor = before->first_input;
  if (!producer_of(tensor)) return std::nullopt;
  return tensor;
}

std::string WithExtraOutputs(std::string_view model, const std::vector<std::string>& names) {
  std::string graph;
  for (const std::string& name : names) {
    std::string tensor, type, value;
    AppendVarint(&tensor, kTensorElementType << 3);
    tensor.push_back(kFloat);
    AppendMessage(&type, kTypeTensor, tensor);
    AppendMessage(&value, kValueName, name);
    AppendMessage(&value, kValueType, type);
    AppendMessage(&graph, kGraphOutput, value);
  }
  std::string bytes(model);
  AppendMessage(&bytes, kModelGraph, graph);
  return bytes;
}

std::vector<std::string> ExternalFiles(std::string_view model) {
  std::set<std::string> files;
  for (FieldReader top(model); top.Next();) {
    if (top.number() != kModelGraph) continue;
    for (FieldReader graph(top.value()); graph.Next();) {
      if (graph.number() != kGraphInitializer) continue;
      for (FieldReader weights(graph.value()); weights.Next();) {
        if (weights.number() != kWeightsExternalData) continue;
        std::string_view key, value;
        for (FieldReader entry(weights.value()); entry.Next();) {
          if (entry.number() == kEntryKey) key = entry.value();
          if (entry.number() == kEntryValue) value = entry.value();
        }
        if (key == "location") files.emplace(value);
      }
    }
  }
  return {files.begin(), files.end()};
}

}  // namespace sanerf::models
