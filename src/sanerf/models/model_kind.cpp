#include "sanerf/models/model_kind.h"

#include <fmt/format.h>

namespace sanerf::models {
namespace {

constexpr int64_t kSquareSide = 1024;  // of the picture that every export of SAM's encoder takes

bool IsOfRank(const TensorInfo& tensor, size_t rank) {
  return tensor.type == ElementType::kFloat && tensor.shape.size() == rank;
}

bool TakesOneImage(const OnnxSession& session) {
  return session.inputs().size() == 1 && IsOfRank(session.inputs()[0], 4) &&
         ShapesFit(session.inputs()[0].shape, {-1, 3, -1, -1});
}

std::string ListOf(const std::vector<TensorInfo>& tensors) {
  std::string text;
  for (const TensorInfo& tensor : tensors)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", tensor.name, ShapeText(tensor.shape));
  return text;
}

}  // namespace

bool ReadsText(const OnnxSession& session) { return session.HasInput("input_ids"); }

bool DetectsClasses(const OnnxSession& session) {
  return TakesOneImage(session) && !session.outputs().empty() && IsOfRank(session.outputs()[0], 3);
}

std::string DescribeModel(const OnnxSession& session) {
  if (session.HasInput("point_coords")) return "a mask decoder";
  if (ReadsText(session)) return "a detector that reads text";
  if (DetectsClasses(session)) return "a detector of classes";
  if (TakesOneImage(session) && ShapesFit(session.inputs()[0].shape, {1, 3, kSquareSide, kSquareSide}))
    return "an image encoder";
  return fmt::format("a model with the inputs {} and the outputs {}", ListOf(session.inputs()),
                     ListOf(session.outputs()));
}

}  // namespace sanerf::models
