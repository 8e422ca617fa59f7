#include "sanerf/export/splat_parameters.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/parallel.h"
#include "sanerf/kernels/isa.h"

namespace sanerf::exports {
namespace {

constexpr int64_t kSplatsPerChunk = 1024;
constexpr float kBeta2 = 0.999f;  // as Kerbl et al. have it

}  // namespace

SplatParameters::SplatParameters(int64_t count, int degree) : color_degree(degree) {
  const std::array<int, kColumns> per_splat = PerSplat();
  size_t column = 0;
  for (std::vector<float>* values : Columns()) values->assign(size_t(count * per_splat[column++]), 0.0f);
}

std::array<std::vector<float>*, SplatParameters::kColumns> SplatParameters::Columns() {
  return {&positions, &log_scales, &rotations, &logits, &colors, &details};
}

std::array<const std::vector<float>*, SplatParameters::kColumns> SplatParameters::Columns() const {
  return {&positions, &log_scales, &rotations, &logits, &colors, &details};
}

std::array<int, SplatParameters::kColumns> SplatParameters::PerSplat() const {
  return {3, 3, 4, 1, 3, 3 * num_details()};
}

SplatShape<float> SplatParameters::Shape(int64_t i) const {
  SplatShape<float> shape;
  std::copy_n(&positions[size_t(3 * i)], 3, shape.position);
  std::copy_n(&log_scales[size_t(3 * i)], 3, shape.log_scale);
  std::copy_n(&rotations[size_t(4 * i)], 4, shape.rotation);
  shape.logit = logits[size_t(i)];
  return shape;
}

SplatParameters::Coefficients SplatParameters::ColorOf(int64_t i) const {
  Coefficients coefficients{};
  std::copy_n(colors.begin() + 3 * i, 3, coefficients.begin());
  const int64_t width = 3 * num_details();
  std::copy_n(details.begin() + width * i, width, coefficients.begin() + 3);
  return coefficients;
}

float SplatParameters::LargestScale(int64_t i) const {
  const float* of_splat = &log_scales[size_t(3 * i)];
  return std::exp(std::max({of_splat[0], of_splat[1], of_splat[2]}));
}

bool SplatParameters::IsFinite() const {
  for (const std::vector<float>* values : Columns())
    if (!std::all_of(values->begin(), values->end(), [](float x) { return std::isfinite(x); })) return false;
  return true;
}

SplatParameters SplatParameters::Taken(std::span<const int32_t> numbers) const {
  SplatParameters taken(int64_t(numbers.size()), color_degree);
  const std::array<int, kColumns> per_splat = PerSplat();
  const auto from = Columns();
  const auto to = taken.Columns();
  for (size_t column = 0; column < kColumns; ++column) {
    const int64_t width = per_splat[column];
    for (size_t i = 0; i < numbers.size(); ++i)
      std::copy_n(from[column]->begin() + numbers[i] * width, width, to[column]->begin() + int64_t(i) * width);
  }
  return taken;
}

void SplatAdam::Step(const SplatRates& rates, SplatParameters* splats, SplatParameters* gradient) {
  ++step_;
  const std::array<int, SplatParameters::kColumns> per_splat = splats->PerSplat();
  const std::array<float, SplatParameters::kColumns> rate_of = {rates.position, rates.scale, rates.rotation,
                                                                rates.opacity,  rates.color, rates.details};
  const auto params = splats->Columns(), grads = gradient->Columns(), m = m_.Columns(), v = v_.Columns();
  ParallelForChunks(splats->size(), kSplatsPerChunk, [&](int64_t begin, int64_t end) {
    std::vector<float> moves(size_t(3 * (end - begin)), 0.0f);  // of the positions, for a Gaussian of size 1
    for (size_t column = 0; column < SplatParameters::kColumns; ++column) {
      const kernels::AdamStep options{.lr = rate_of[column], .beta2 = kBeta2, .step = step_};
      const int64_t first = per_splat[column] * begin, values = per_splat[column] * (end - begin);
      float* moved = column == 0 ? moves.data() : params[column]->data() + first;
      kernels::Kernels().adam(options, values, moved, grads[column]->data() + first, m[column]->data() + first,
                              v[column]->data() + first);
    }
    for (int64_t i = begin; i < end; ++i) {
      const float size = splats->LargestScale(i);
      for (int64_t a = 0; a < 3; ++a) splats->positions[size_t(3 * i + a)] += size * moves[size_t(3 * (i - begin) + a)];
    }
  });
}

void SplatAdam::Take(std::span<const int32_t> numbers, const std::vector<bool>& is_new) {
  for (SplatParameters* moments : {&m_, &v_}) {
    *moments = moments->Taken(numbers);
    const std::array<int, SplatParameters::kColumns> per_splat = moments->PerSplat();
    const auto columns = moments->Columns();
    for (size_t column = 0; column < SplatParameters::kColumns; ++column)
      for (size_t i = 0; i < numbers.size(); ++i)
        if (is_new[i]) std::fill_n(columns[column]->begin() + int64_t(i) * per_splat[column], per_splat[column], 0.0f);
  }
}

}  // namespace sanerf::exports
