#include "sanerf/baselines/isrf/patch_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {

using models::Tensor;

namespace {

constexpr int kDivisible = 112;      // by patches of 7, 8, 14, 16 and 28 pixels
constexpr int64_t kMostExtras = 16;  // tokens that are no patch
constexpr int64_t kLargestPatch = 64;

constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};  // ImageNet's
constexpr float kDeviation[3] = {0.229f, 0.224f, 0.225f};

constexpr char kHint[] =
    "give a vision transformer exported with an input [1, 3, H, W] and patch tokens as output, e.g. DINO ViT-B/8";

int64_t SizeFor(int64_t declared, int pixels) {
  return declared > 0 ? declared : std::max(1, int(std::lround(double(pixels) / kDivisible))) * kDivisible;
}

// [3, height, width], normalized.
std::vector<float> PlanesOf(const ImageF& rgb, int width, int height) {
  const ImageF resized = Resize(rgb, width, height);
  std::vector<float> planes(size_t{3} * size_t(width) * size_t(height));
  ParallelFor(height, [&](int64_t y) {
    for (int c = 0; c < 3; ++c) {
      float* row = &planes[(size_t(c) * size_t(height) + size_t(y)) * size_t(width)];
      for (int x = 0; x < width; ++x) row[x] = (resized.At(x, int(y), c) - kMean[c]) / kDeviation[c];
    }
  });
  return planes;
}

}  // namespace

PatchFeatures::PatchFeatures(const std::filesystem::path& file, const Job& job) : session_(file, kHint, 0, job) {
  if (session_.inputs().size() != 1)
    session_.Fail(fmt::format("it has {} inputs, needed is one: the image", session_.inputs().size()));
  input_ = session_.Input(session_.inputs()[0].name, {1, 3, -1, -1});
  for (const models::TensorInfo& output : session_.outputs()) {
    if (output.shape.size() != 3 && output.shape.size() != 4) continue;
    output_ = session_.Output(output.name, std::vector<int64_t>(output.shape.size(), -1)).name;
    return;
  }
  std::string shapes;
  for (const models::TensorInfo& output : session_.outputs())
    shapes += fmt::format("{}\"{}\" {}", shapes.empty() ? "" : ", ", output.name, models::ShapeText(output.shape));
  session_.Fail(
      fmt::format("none of its outputs holds patches, [1, tokens, channels] or [1, channels, rows, cols]: {}", shapes));
}

Tensor PatchFeatures::Encode(const ImageF& rgb, const Job& job) const {
  SANERF_CHECK_EQ(rgb.channels, 3);
  const int64_t height = SizeFor(input_.shape[2], rgb.height), width = SizeFor(input_.shape[3], rgb.width);
  const std::vector<float> planes = PlanesOf(rgb, int(width), int(height));
  std::vector<Tensor> outputs = session_.Run({{input_.name, {1, 3, height, width}, planes.data()}}, {output_}, job);
  Tensor& answer = outputs[0];
  if (answer.shape[0] != 1)
    session_.Fail(fmt::format("its output \"{}\" came as {}", output_, models::ShapeText(answer.shape)));
  if (!std::all_of(answer.data.begin(), answer.data.end(), [](float value) { return std::isfinite(value); }))
    session_.Fail(fmt::format("its output \"{}\" has values that are not finite", output_));
  return answer.shape.size() == 4 ? std::move(answer) : TokensToMap(std::move(answer), height, width);
}

// The patch size follows from the number of tokens: of all squares that tile the image, the one that leaves fewest
// over.
Tensor PatchFeatures::TokensToMap(Tensor tokens, int64_t height, int64_t width) const {
  const int64_t count = tokens.shape[1], channels = tokens.shape[2];
  int64_t extras = kMostExtras + 1, rows = 0, cols = 0;
  for (int64_t patch = 1; patch <= kLargestPatch; ++patch) {
    if (height % patch != 0 || width % patch != 0) continue;
    const int64_t left = count - (height / patch) * (width / patch);
    if (left >= 0 && left < extras) extras = left, rows = height / patch, cols = width / patch;
  }
  if (rows == 0)
    session_.Fail(
        fmt::format("its output \"{}\" came as {}: {} tokens are no grid of square patches over {} x {} pixels",
                    output_, models::ShapeText(tokens.shape), count, width, height));
  Tensor map{tokens.name, {1, channels, rows, cols}, std::vector<float>(size_t(channels * rows * cols))};
  for (int64_t i = 0; i < rows * cols; ++i)
    for (int64_t c = 0; c < channels; ++c)
      map.data[size_t(c * rows * cols + i)] = tokens.data[size_t((extras + i) * channels + c)];
  return map;
}

}  // namespace sanerf::baselines
