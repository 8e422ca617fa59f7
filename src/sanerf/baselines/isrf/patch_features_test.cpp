#include "sanerf/baselines/isrf/patch_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/models/onnx_test_support.h"

namespace sanerf::baselines {
namespace {

using onnx_test::Attribute;
using onnx_test::Graph;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Patches of 8 x 8 pixels whose features are their mean colors: [1, 3, H / 8, W / 8].
Graph Averages(int64_t height, int64_t width) {
  Graph graph;
  graph.Input("pixels", {1, 3, height, width})
      .Node("AveragePool", {"pixels"}, "map",
            {Attribute("kernel_shape", std::vector<int64_t>{8, 8}), Attribute("strides", std::vector<int64_t>{8, 8})});
  return graph;
}

// The same as tokens, after `extras` tokens of zeros.
Graph Tokens(int64_t height, int64_t width, int64_t extras) {
  Graph graph = Averages(height, width);
  graph.Ints("shape", {3}, {1, 3, -1})
      .Node("Reshape", {"map", "shape"}, "flat")
      .Node("Transpose", {"flat"}, "patches", {Attribute("perm", std::vector<int64_t>{0, 2, 1})})
      .Floats("extras", {1, extras, 3}, std::vector<float>(size_t(3 * extras), 0))
      .Node("Concat", {"extras", "patches"}, "tokens", {Attribute("axis", 1)})
      .Output("tokens", {1, -1, 3});
  return graph;
}

// Red rises to the right, green downwards.
ImageF Ramp(int width, int height) {
  ImageF rgb(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      rgb.At(x, y, 0) = (float(x) + 0.5f) / float(width);
      rgb.At(x, y, 1) = (float(y) + 0.5f) / float(height);
    }
  }
  return rgb;
}

class PatchFeaturesTest : public ::testing::Test {
 protected:
  std::filesystem::path Write(const Graph& graph) const {
    WriteFileAtomic(folder_ / "dino.onnx", graph.Model());
    return folder_ / "dino.onnx";
  }
  std::string ErrorOf(const Graph& graph) const {
    return ErrorTextOf<Error>([&] { PatchFeatures(Write(graph), Job()).Encode(Ramp(32, 32), Job()); });
  }
  const TestFolder folder_;
};

// The features of the ramp, in the middle of each patch, normalized with ImageNet's numbers.
void ExpectRamp(const models::Tensor& map, int64_t rows, int64_t cols) {
  ASSERT_THAT(map.shape, ElementsAre(1, 3, rows, cols));
  for (int64_t y = 0; y < rows; ++y) {
    for (int64_t x = 0; x < cols; ++x) {
      EXPECT_NEAR(map.data[size_t(y * cols + x)], ((float(x) + 0.5f) / float(cols) - 0.485f) / 0.229f, 0.02);
      EXPECT_NEAR(map.data[size_t(rows * cols + y * cols + x)], ((float(y) + 0.5f) / float(rows) - 0.456f) / 0.224f,
                  0.02);
    }
  }
}

TEST_F(PatchFeaturesTest, ReadsAMap) {
  const PatchFeatures model(Write(Averages(64, 96).Output("map", {1, 3, 8, 12})), Job());
  EXPECT_EQ(model.name(), "dino.onnx");
  ExpectRamp(model.Encode(Ramp(96, 64), Job()), 8, 12);
}

TEST_F(PatchFeaturesTest, ReadsTokensWithAndWithoutAClassToken) {
  for (const int64_t extras : {1, 5})
    ExpectRamp(PatchFeatures(Write(Tokens(64, 96, extras)), Job()).Encode(Ramp(96, 64), Job()), 8, 12);
}

// 300 x 200 pixels become 336 x 224: 42 x 28 patches.
TEST_F(PatchFeaturesTest, AFreeSizeFollowsTheImage) {
  ExpectRamp(PatchFeatures(Write(Tokens(-1, -1, 1)), Job()).Encode(Ramp(300, 200), Job()), 28, 42);
}

TEST_F(PatchFeaturesTest, ErrorsNameFileAndTensor) {
  EXPECT_THAT(ErrorTextOf<Error>([&] { PatchFeatures(folder_ / "none.onnx", Job()); }),
              HasSubstr("none.onnx: there is no such file"));
  EXPECT_THAT(ErrorOf(Graph().Input("tokens", {1, 5}).Output("y", {1, 5}).Node("Identity", {"tokens"}, "y")),
              HasSubstr("dino.onnx does not fit: its input \"tokens\" is [1, 5], needed is [1, 3, any, any]"));
  EXPECT_THAT(ErrorOf(Graph()
                          .Input("a", {1, 3, 8, 8})
                          .Input("b", {1, 3, 8, 8})
                          .Output("y", {1, 3, 8, 8})
                          .Node("Add", {"a", "b"}, "y")),
              HasSubstr("it has 2 inputs, needed is one"));
  EXPECT_THAT(
      ErrorOf(Averages(64, 64).Node("Flatten", {"map"}, "flat").Output("flat", {1, 192})),
      HasSubstr(
          "none of its outputs holds patches, [1, tokens, channels] or [1, channels, rows, cols]: \"flat\" [1, 192]"));
  // 64 patches and 20 more are 84 tokens: no patch size explains them.
  EXPECT_THAT(
      ErrorOf(Tokens(64, 64, 20)),
      HasSubstr(
          "its output \"tokens\" came as [1, 84, 3]: 84 tokens are no grid of square patches over 64 x 64 pixels"));
}

TEST_F(PatchFeaturesTest, ValuesThatAreNotFiniteAreErrors) {
  EXPECT_THAT(
      ErrorOf(Averages(64, 64).Floats("zero", {1}, {0}).Node("Div", {"map", "zero"}, "y").Output("y", {1, 3, 8, 8})),
      HasSubstr("its output \"y\" has values that are not finite"));
}

}  // namespace
}  // namespace sanerf::baselines
