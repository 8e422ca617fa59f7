#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/kernels/kernels_test_support.h"
#include "sanerf/kernels/reference.h"

namespace sanerf::kernels {
namespace {

class AdamTest : public BuildTest {};
SANERF_TEST_ALL_BUILDS(AdamTest);

struct State {
  std::vector<float> params, grads, m, v;
};

State RandomState(int64_t n, uint64_t seed) {
  return {RandomFloats(n, -1, 1, seed), RandomFloats(n, -1, 1, seed + 1), RandomFloats(n, -0.1f, 0.1f, seed + 2),
          RandomFloats(n, 0, 0.1f, seed + 3)};
}

void Step(const KernelTable& kernels, const AdamStep& step, State* state) {
  kernels.adam(step, int64_t(state->params.size()), state->params.data(), state->grads.data(), state->m.data(),
               state->v.data());
}

// From zero moments the first step has m_hat = g and v_hat = g^2: it moves by lr against the sign of g, however large
// g. With g2 = -g: m2 = b1 (1 - b1) g - (1 - b1) g = -(1 - b1)^2 g, so m_hat = -(1 - b1) / (1 + b1) g and v_hat = g^2:
// the second step goes back by lr (1 - b1) / (1 + b1).
TEST_P(AdamTest, FirstStepsByHand) {
  for (const int n : {1, 3, 16, 37}) {
    State state{std::vector<float>(size_t(n), 1.0f),
                {},
                std::vector<float>(size_t(n), 0.0f),
                std::vector<float>(size_t(n), 0.0f)};
    const float sizes[4] = {1e-6f, -0.3f, 2.0f, -1e4f};
    for (int i = 0; i < n; ++i) state.grads.push_back(sizes[i % 4]);
    AdamStep step;
    step.lr = 0.01f;
    step.step = 1;
    Step(*GetParam(), step, &state);
    for (int i = 0; i < n; ++i) {
      const float sign = sizes[i % 4] > 0 ? 1.0f : -1.0f;
      EXPECT_NEAR(state.params[size_t(i)], 1 - 0.01 * sign, 3e-7) << i << " of " << n;
      EXPECT_EQ(state.grads[size_t(i)], 0.0f) << i;
      state.grads[size_t(i)] = -sizes[i % 4];
    }
    step.step = 2;
    Step(*GetParam(), step, &state);
    for (int i = 0; i < n; ++i) {
      const float sign = sizes[i % 4] > 0 ? 1.0f : -1.0f;
      EXPECT_NEAR(state.params[size_t(i)], 1 - sign * (0.01 - 0.01 * 0.1 / 1.9), 5e-7) << i << " of " << n;
    }
  }
}

TEST_P(AdamTest, MatchesTwin) {
  for (const int n : {1, 7, 64, 1003})
    for (const bool skip_zero : {false, true})
      for (const int64_t number : {1, 2, 50, 20000}) {
        State state = RandomState(n, 90);
        for (size_t i = 0; i < state.grads.size(); ++i)
          if (i % 3 == 0 || (i >= 32 && i < 64)) state.grads[i] = 0;
        State expected_floats = state;
        AdamStep step;
        step.lr = 0.02f;
        step.beta1 = 0.8f;
        step.epsilon = 1e-8f;
        step.step = number;
        step.skip_zero = skip_zero;
        Step(*GetParam(), step, &state);
        for (size_t i = 0; i < state.params.size(); ++i) {
          double param = expected_floats.params[i], grad = expected_floats.grads[i], m = expected_floats.m[i],
                 v = expected_floats.v[i];
          reference::Adam(step, &param, &grad, &m, &v);
          const std::string where =
              "entry " + std::to_string(i) + " of " + std::to_string(n) + ", step " + std::to_string(number);
          const double moved = std::fabs(param - double(expected_floats.params[i]));
          ASSERT_NEAR(state.params[i], param, 1e-7 + 1e-5 * moved) << where;
          ASSERT_NEAR(state.m[i], m, 1e-7) << where;
          ASSERT_NEAR(state.v[i], v, 1e-7) << where;
          ASSERT_EQ(state.grads[i], 0.0f) << where;
        }
      }
}

TEST_P(AdamTest, SkipZeroLeavesUnvisitedRowsAlone) {
  const State before = RandomState(103, 100);
  State state = before;
  for (size_t i = 0; i < state.grads.size(); ++i)
    if (i % 2 == 0 || i / 16 == 2) state.grads[i] = 0;
  const std::vector<float> grads = state.grads;
  AdamStep step;
  step.skip_zero = true;
  Step(*GetParam(), step, &state);
  for (size_t i = 0; i < grads.size(); ++i) {
    const bool visited = grads[i] != 0;
    EXPECT_EQ(state.params[i] != before.params[i], visited) << i;
    EXPECT_EQ(state.m[i] != before.m[i], visited) << i;
    EXPECT_EQ(state.v[i] != before.v[i], visited) << i;
  }
  // Without the option the moments of a parameter with zero gradient decay and it drifts on.
  state = before;
  state.grads = grads;
  step.skip_zero = false;
  Step(*GetParam(), step, &state);
  EXPECT_NE(state.params[0], before.params[0]);
  EXPECT_NEAR(state.m[0], 0.9 * before.m[0], 1e-7);
}

// One gradient among zeros, at each place of a register in turn, of either sign and however small.
TEST_P(AdamTest, SkipZeroMissesNoGradient) {
  AdamStep step;
  step.skip_zero = true;
  for (size_t i = 0; i < 50; ++i) {
    State state{std::vector<float>(50, 1.0f), std::vector<float>(50, -0.0f), std::vector<float>(50, 0.0f),
                std::vector<float>(50, 0.0f)};
    state.grads[i] = i % 2 ? 1e-12f : -1e-12f;
    Step(*GetParam(), step, &state);
    for (size_t j = 0; j < 50; ++j) ASSERT_EQ(state.params[j] != 1.0f, i == j) << i << " of " << j;
  }
}

TEST_P(AdamTest, LeavesNeighborsAloneAndNeedsNoAlignment) {
  const State before = RandomState(100, 110);
  State whole = before, part = before;
  AdamStep step;
  // Entries 1 to 71 only: an unaligned start and a ragged end.
  GetParam()->adam(step, 70, part.params.data() + 1, part.grads.data() + 1, part.m.data() + 1, part.v.data() + 1);
  Step(*GetParam(), step, &whole);
  for (size_t i = 0; i < 100; ++i) {
    const bool inside = i >= 1 && i < 71;
    EXPECT_NEAR(part.params[i], inside ? whole.params[i] : before.params[i], 1e-7) << i;
    EXPECT_EQ(part.grads[i], inside ? 0.0f : before.grads[i]) << i;
  }
}

TEST_P(AdamTest, FindsTheMinimum) {
  // sum (x_i - i)^2 / 2 from zero.
  State state{std::vector<float>(9, 0.0f), std::vector<float>(9), std::vector<float>(9, 0.0f),
              std::vector<float>(9, 0.0f)};
  AdamStep step;
  for (step.step = 1; step.step <= 3000; ++step.step) {
    step.lr = step.step < 2000 ? 0.05f : 0.001f;
    for (size_t i = 0; i < 9; ++i) state.grads[i] = state.params[i] - float(i);
    Step(*GetParam(), step, &state);
  }
  for (size_t i = 0; i < 9; ++i) EXPECT_NEAR(state.params[i], double(i), 1e-2);
}

}  // namespace
}  // namespace sanerf::kernels
