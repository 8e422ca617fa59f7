#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

MlpShape MakeShape(const std::vector<int>& widths, float leak) {
  MlpShape shape;
  shape.num_layers = int(widths.size()) - 1;
  for (size_t i = 0; i < widths.size(); ++i) shape.widths[i] = widths[i];
  shape.leak = leak;
  return shape;
}

MlpShape WithBiasAndSkip(MlpShape shape, int skip) {
  shape.bias = true;
  shape.skip = skip;
  return shape;
}

// The networks of the product and the corners of what the kernels allow.
std::vector<MlpShape> TestedShapes() {
  return {MakeShape({32, 64, 16}, 0),
          MakeShape({32, 64, 64, 3}, 0),
          MakeShape({144, 256, 256, 2}, 0.01f),
          MakeShape({16, 1}, 0),
          MakeShape({16, 16, 2}, 0.01f),
          MakeShape({48, 32, 17}, 0),
          MakeShape({256, 16, 64, 16, 5}, 0),
          MakeShape({80, 112, 48, 1}, 0.3f),
          MakeShape({16, 16, 16, 16, 16, 16, 16, 16, 31}, 0),
          WithBiasAndSkip(MakeShape({176, 256, 256, 256, 256, 256}, 0.01f), 2),
          WithBiasAndSkip(MakeShape({32, 16, 5}, 0), 0),
          WithBiasAndSkip(MakeShape({48, 16, 7}, 0.01f), 1),
          WithBiasAndSkip(MakeShape({16, 32, 64, 3}, 0), 2)};
}

std::string NameOf(const MlpShape& shape) {
  std::string name = "widths";
  for (int i = 0; i <= shape.num_layers; ++i) name.append(" ").append(std::to_string(shape.widths[i]));
  return name + (shape.bias ? ", biases" : "") + (shape.skip > 0 ? ", skip to " + std::to_string(shape.skip) : "");
}

// Weights of a size that keeps activations near one.
std::vector<float> RandomWeights(const MlpShape& shape, uint64_t seed) {
  std::vector<float> weights;
  for (int layer = 0; layer < shape.num_layers; ++layer) {
    const float bound = std::sqrt(6.0f / float(shape.InWidth(layer)));
    const auto some = RandomFloats(shape.LayerSize(layer), -bound, bound, seed + uint64_t(layer));
    weights.insert(weights.end(), some.begin(), some.end());
  }
  return weights;
}

TEST(MlpReference, AnswersByHand) {
  // Two inputs, two hidden, one output: h = (1*3 - 2*1, -1*3 + 1*1) = (1, -2) -> (1, -0.2), y = 4*1 + 5*(-0.2) = 3.
  MlpShape shape = MakeShape({2, 2, 1}, 0.1f);
  const double weights[6] = {1, -2, -1, 1, 4, 5}, x[2] = {3, 1}, grad_out[1] = {1};
  const auto values = reference::MlpForward(shape, weights, x);
  EXPECT_NEAR(values[1][1], -0.2, 1e-7);
  EXPECT_NEAR(values[2][0], 3, 1e-7);
  // dy/dx = W1^T diag(1, 0.1) W2^T = (1*4 - 1*0.1*5, -2*4 + 1*0.1*5) = (3.5, -7.5).
  double grad_weights[6] = {};
  const auto grad_x = reference::MlpBackward(shape, weights, values, grad_out, grad_weights);
  EXPECT_NEAR(grad_x[0], 3.5, 1e-7);
  EXPECT_NEAR(grad_x[1], -7.5, 1e-7);
  EXPECT_NEAR(grad_weights[0], 4 * 3, 1e-7);
  EXPECT_NEAR(grad_weights[3], 0.1 * 5 * 1, 1e-7);
  EXPECT_NEAR(grad_weights[5], -0.2, 1e-7);
}

TEST(MlpReference, BiasAndSkipByHand) {
  // One input x = 3, one hidden, one output that sees x again: h = 2*3 - 1 = 5, y = 4*5 + 10*3 + 7 = 57.
  MlpShape shape = WithBiasAndSkip(MakeShape({1, 1, 1}, 0.1f), 1);
  ASSERT_EQ(shape.NumWeights(), 5);
  const double weights[5] = {2, -1, 4, 10, 7}, x[1] = {3}, grad_out[1] = {1};
  const auto values = reference::MlpForward(shape, weights, x);
  EXPECT_NEAR(values[2][0], 57, 1e-9);
  double grad_weights[5] = {};
  const auto grad_x = reference::MlpBackward(shape, weights, values, grad_out, grad_weights);
  EXPECT_NEAR(grad_x[0], 4 * 2 + 10, 1e-9);
  const double expected[5] = {4 * 3, 4, 5, 3, 1};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(grad_weights[i], expected[i], 1e-9) << i;
}

// Loss = grad_out . y; also says which hidden units were active, so that a difference across a kink is recognized.
struct Probe {
  double loss = 0;
  std::vector<bool> active;
};

Probe ProbeAt(const MlpShape& shape, const std::vector<double>& weights, const std::vector<double>& x,
              const std::vector<double>& grad_out) {
  const auto values = reference::MlpForward(shape, weights.data(), x.data());
  Probe probe;
  for (size_t o = 0; o < grad_out.size(); ++o) probe.loss += grad_out[o] * values.back()[o];
  for (int layer = 1; layer < shape.num_layers; ++layer)
    for (const double h : values[size_t(layer)]) probe.active.push_back(h > 0);
  return probe;
}

TEST(MlpReference, BackwardIsTheDerivative) {
  for (const MlpShape& shape :
       {MakeShape({16, 32, 16, 3}, 0), MakeShape({32, 16, 2}, 0.01f), MakeShape({16, 5}, 0),
        WithBiasAndSkip(MakeShape({16, 16, 16, 16, 4}, 0.01f), 2), WithBiasAndSkip(MakeShape({16, 16, 2}, 0), 1)}) {
    const auto floats = RandomWeights(shape, 20);
    std::vector<double> weights(floats.begin(), floats.end());
    const auto inputs = RandomFloats(shape.widths[0], -1, 1, 21),
               grads = RandomFloats(shape.widths[shape.num_layers], -1, 1, 22);
    std::vector<double> x(inputs.begin(), inputs.end());
    const std::vector<double> grad_out(grads.begin(), grads.end());
    std::vector<double> grad_weights(weights.size(), 0.0);
    const auto values = reference::MlpForward(shape, weights.data(), x.data());
    const auto grad_x = reference::MlpBackward(shape, weights.data(), values, grad_out.data(), grad_weights.data());

    const double step = 1e-5;
    int kinks = 0;
    const auto expect_derivative = [&](double* at, double gradient, const char* what, size_t i) {
      const double saved = *at;
      *at = saved + step;
      const Probe above = ProbeAt(shape, weights, x, grad_out);
      *at = saved - step;
      const Probe below = ProbeAt(shape, weights, x, grad_out);
      *at = saved;
      if (above.active != below.active) {
        ++kinks;
        return;
      }
      EXPECT_NEAR(gradient, (above.loss - below.loss) / (2 * step), 1e-9) << NameOf(shape) << ", " << what << " " << i;
    };
    for (size_t i = 0; i < x.size(); ++i) expect_derivative(&x[i], grad_x[i], "input", i);
    for (size_t i = 0; i < weights.size(); ++i) expect_derivative(&weights[i], grad_weights[i], "weight", i);
    EXPECT_LE(kinks, int(weights.size() / 50)) << NameOf(shape);
  }
}

class MlpTest : public BuildTest {};
SANERF_TEST_ALL_BUILDS(MlpTest);

constexpr int64_t kTiles = 3, kSamples = kTiles * kTile;

TEST_P(MlpTest, ForwardMatchesTwin) {
  for (const MlpShape& shape : TestedShapes()) {
    const int ins = shape.widths[0], outs = shape.widths[shape.num_layers], hiddens = shape.HiddenWidth();
    const auto weights = RandomWeights(shape, 30), x = RandomFloats(kSamples * ins, -1, 1, 31);
    const std::vector<double> weights_double(weights.begin(), weights.end());
    std::vector<float> hidden(size_t(kSamples * hiddens), NAN), out(size_t(kSamples * outs), NAN);
    GetParam()->mlp_forward(shape, weights.data(), x.data(), kTiles, hidden.data(), out.data());
    for (int64_t s = 0; s < kSamples; ++s) {
      const auto expected = reference::MlpForward(shape, weights_double.data(), SampleOf(x, ins, s).data());
      for (int o = 0; o < outs; ++o)
        ASSERT_NEAR(out[TiledIndex(outs, s, o)], expected.back()[size_t(o)], 2e-5)
            << NameOf(shape) << ", sample " << s << ", output " << o;
      for (int layer = 1, h = 0; layer < shape.num_layers; ++layer) {
        const std::vector<double> input = reference::LayerInput(shape, layer, expected);
        for (int i = 0; i < shape.InWidth(layer); ++i, ++h)
          ASSERT_NEAR(hidden[TiledIndex(hiddens, s, h)], input[size_t(i)], 2e-5)
              << NameOf(shape) << ", sample " << s << ", hidden " << h;
      }
    }
  }
}

// Both sides start from the hidden values of the kernel's own forward: an activation within rounding of its kink must
// not decide the test.
TEST_P(MlpTest, BackwardMatchesTwin) {
  for (const MlpShape& shape : TestedShapes()) {
    const int ins = shape.widths[0], outs = shape.widths[shape.num_layers], hiddens = shape.HiddenWidth();
    const auto weights = RandomWeights(shape, 40), x = RandomFloats(kSamples * ins, -1, 1, 41),
               grad_out = RandomFloats(kSamples * outs, -1, 1, 42), start = RandomFloats(shape.NumWeights(), -1, 1, 43);
    std::vector<float> hidden(size_t(kSamples * hiddens)), out(size_t(kSamples * outs)), grad_x(x.size(), NAN),
        grad_weights = start, scratch(size_t(MlpScratchSize(shape)), NAN);
    GetParam()->mlp_forward(shape, weights.data(), x.data(), kTiles, hidden.data(), out.data());
    GetParam()->mlp_backward(shape, weights.data(), x.data(), hidden.data(), grad_out.data(), kTiles, grad_x.data(),
                             grad_weights.data(), scratch.data());

    const std::vector<double> weights_double(weights.begin(), weights.end());
    std::vector<double> expected_weights(start.begin(), start.end());
    for (int64_t s = 0; s < kSamples; ++s) {
      std::vector<std::vector<double>> values = {SampleOf(x, ins, s)};
      const std::vector<double> all_hidden = SampleOf(hidden, hiddens, s);
      auto at = all_hidden.begin();
      for (int layer = 1; layer < shape.num_layers; at += shape.InWidth(layer++))
        values.emplace_back(at, at + shape.widths[layer]);
      const auto expected = reference::MlpBackward(shape, weights_double.data(), values,
                                                   SampleOf(grad_out, outs, s).data(), expected_weights.data());
      for (int i = 0; i < ins; ++i)
        ASSERT_NEAR(grad_x[TiledIndex(ins, s, i)], expected[size_t(i)], 5e-5)
            << NameOf(shape) << ", sample " << s << ", input " << i;
    }
    for (size_t i = 0; i < expected_weights.size(); ++i)
      ASSERT_NEAR(grad_weights[i], expected_weights[i], 2e-4 + 1e-5 * std::fabs(expected_weights[i]))
          << NameOf(shape) << ", weight " << i;
  }
}

TEST_P(MlpTest, InputGradientIsOptional) {
  const MlpShape shape = MakeShape({32, 64, 16}, 0);
  const auto weights = RandomWeights(shape, 50), x = RandomFloats(kSamples * 32, -1, 1, 51),
             grad_out = RandomFloats(kSamples * 16, -1, 1, 52);
  std::vector<float> hidden(kSamples * 64), out(kSamples * 16), grad_x(x.size()),
      scratch(size_t(MlpScratchSize(shape)));
  std::vector<float> with(weights.size(), 0.0f), without = with;
  GetParam()->mlp_forward(shape, weights.data(), x.data(), kTiles, hidden.data(), out.data());
  const auto backward = [&](float* input_gradient, std::vector<float>* grads) {
    GetParam()->mlp_backward(shape, weights.data(), x.data(), hidden.data(), grad_out.data(), kTiles, input_gradient,
                             grads->data(), scratch.data());
  };
  backward(grad_x.data(), &with);
  backward(nullptr, &without);
  EXPECT_GT(MaxAbs(with), 1.0);
  EXPECT_EQ(with, without);
}

TEST_P(MlpTest, ZeroGradientOfPaddingChangesNothing) {
  const MlpShape shape = MakeShape({16, 16, 2}, 0.01f);
  const auto weights = RandomWeights(shape, 60), x = RandomFloats(2 * 16 * kTile, -1, 1, 61);
  std::vector<float> grad_out = RandomFloats(2 * 2 * kTile, -1, 1, 62);
  std::fill(grad_out.begin() + 2 * kTile, grad_out.end(), 0.0f);
  std::vector<float> hidden(2 * 16 * kTile), out(2 * 2 * kTile), grad_x(x.size()),
      scratch(size_t(MlpScratchSize(shape)));
  std::vector<float> one(weights.size(), 0.0f), both = one;
  GetParam()->mlp_forward(shape, weights.data(), x.data(), 2, hidden.data(), out.data());
  GetParam()->mlp_backward(shape, weights.data(), x.data(), hidden.data(), grad_out.data(), 1, grad_x.data(),
                           one.data(), scratch.data());
  GetParam()->mlp_backward(shape, weights.data(), x.data(), hidden.data(), grad_out.data(), 2, grad_x.data(),
                           both.data(), scratch.data());
  EXPECT_EQ(one, both);
}

TEST_P(MlpTest, RepeatsItselfAndNeedsNoAlignment) {
  const MlpShape shape = MakeShape({32, 64, 64, 3}, 0);
  const auto weights = RandomWeights(shape, 70), x = RandomFloats(kSamples * 32, -1, 1, 71),
             grad_out = RandomFloats(kSamples * 3, -1, 1, 72);
  // The second run reads and writes one float further on, so that no register load is aligned.
  const auto run = [&](size_t shift) {
    const auto moved = [&](const std::vector<float>& v) {
      std::vector<float> copy(v.size() + shift);
      std::copy(v.begin(), v.end(), copy.begin() + std::ptrdiff_t(shift));
      return copy;
    };
    const auto w = moved(weights), in = moved(x), g = moved(grad_out);
    std::vector<float> hidden(kSamples * 128 + shift), out(kSamples * 3 + shift), grad_x(x.size() + shift);
    std::vector<float> grads(weights.size() + shift, 0.0f), scratch(size_t(MlpScratchSize(shape)) + shift);
    GetParam()->mlp_forward(shape, w.data() + shift, in.data() + shift, kTiles, hidden.data() + shift,
                            out.data() + shift);
    GetParam()->mlp_backward(shape, w.data() + shift, in.data() + shift, hidden.data() + shift, g.data() + shift,
                             kTiles, grad_x.data() + shift, grads.data() + shift, scratch.data() + shift);
    std::vector<float> all;
    for (const auto* part : {&hidden, &out, &grad_x, &grads})
      all.insert(all.end(), part->begin() + std::ptrdiff_t(shift), part->end());
    return all;
  };
  EXPECT_EQ(run(0), run(0));
  EXPECT_EQ(run(0), run(1));
}

}  // namespace
}  // namespace sanerf::kernels
