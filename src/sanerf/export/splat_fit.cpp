#include "sanerf/export/splat_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/random.h"

namespace sanerf::exports {
namespace {

// Of the first step, and what is left of them in the last one. Kerbl et al.'s are half of these for colors, scales and
// rotations: they take twenty times as many steps, and do not begin on the surface.
constexpr SplatRates kFirstRates = {
    .position = 0.05f, .scale = 0.01f, .rotation = 0.002f, .opacity = 0.05f, .color = 0.005f, .details = 0.00025f};
constexpr double kLastRate = 0.1;
constexpr double kGrowingPart = 0.6;  // of the steps
constexpr int kNumGrowths = 9;        // in these, about
constexpr float kFaint = 0.01f;       // opacity of a Gaussian that goes
enum SplatStream : uint64_t { kViewOrderStream = 1, kBackdropStream = 2 };

SplatRates SplatRatesAt(double progress, double factor) {
  const float f = float(factor * std::pow(kLastRate, progress));
  const SplatRates& r = kFirstRates;
  return {f * r.position, f * r.scale, f * r.rotation, f * r.opacity, f * r.color, f * r.details};
}

}  // namespace

SplatFit::SplatFit(std::span<const SplatView> views, SplatParameters start, float max_scale,
                   const SplatOptions& options)
    : views_(views),
      options_(options),
      max_scale_(max_scale),
      start_count_(start.size()),
      splats_(std::move(start)),
      gradient_(splats_.size(), splats_.color_degree),
      adam_(splats_),
      loss_(options.error, options.ssim) {
  SANERF_CHECK(!views_.empty() && splats_.size() > 0);
  traces_.Reset(splats_.size());
  // Whole rounds through the views, so that what no view has seen since the last growth is seen by none.
  const int64_t round = int64_t(views_.size());
  const auto growing = int64_t(kGrowingPart * options_.steps);
  grow_every_ = std::max<int64_t>(1, (growing / kNumGrowths + round - 1) / round) * round;
  num_growths_ = growing / grow_every_;
}

void SplatFit::NextView() {
  const int64_t round = int64_t(views_.size());
  if (step_ % round != 0) return;
  order_.resize(views_.size());
  std::iota(order_.begin(), order_.end(), size_t(0));
  Random random(uint64_t(options_.seed), kViewOrderStream, uint64_t(step_ / round));
  order_ = DrawFrom(std::move(order_), int(round), &random);
}

double SplatFit::Step() {
  NextView();
  const SplatView& view = views_[order_[size_t(step_ % int64_t(views_.size()))]];
  Random random(uint64_t(options_.seed), kBackdropStream, uint64_t(step_));
  const std::array<float, 3> background = {random.NextFloat(), random.NextFloat(), random.NextFloat()};
  const PlanarImage& picture = raster_.Draw(splats_, view.camera, background);
  const double loss = loss_.Of(picture, view.Over(background), &image_gradient_);
  if (!std::isfinite(loss))
    throw Error("the fit of the splats failed", "its numbers ran away after " + std::to_string(step_) + " steps",
                "try a lower splats.rate");
  raster_.Backward(splats_, image_gradient_, &gradient_, &traces_);
  adam_.Step(SplatRatesAt(double(step_) / options_.steps, options_.rate), &splats_, &gradient_);
  ++step_;
  if (step_ % grow_every_ == 0 && growths_ < num_growths_) Grow();
  return loss;
}

void SplatFit::Grow() {
  ++growths_;
  SplatGrowth growth;
  growth.count = start_count_ + (options_.count - start_count_) * growths_ / num_growths_;
  growth.min_opacity = kFaint;
  growth.max_scale = max_scale_;
  Grown grown = GrowSplats(splats_, traces_, growth);
  if (grown.splats.size() == 0)
    throw Error("the fit of the splats failed", "no Gaussian is left after " + std::to_string(step_) + " steps",
                "try a lower splats.rate, or more of splats.count");
  splats_ = std::move(grown.splats);
  adam_.Take(grown.from, grown.is_new);
  gradient_ = SplatParameters(splats_.size(), splats_.color_degree);
  traces_.Reset(splats_.size());
}

void SplatFit::DropInvisible() {
  SplatGrowth growth;
  growth.min_opacity = kernels::kSplatMinAlpha;
  growth.drop_unseen = false;
  splats_ = GrowSplats(splats_, traces_, growth).splats;
  if (splats_.size() == 0 || !splats_.IsFinite())
    throw Error("the fit of the splats failed", "nothing that can be seen is left", "try a lower splats.rate");
}

double PsnrOfSplats(const SplatParameters& splats, std::span<const SplatView> views, const Job& job) {
  SplatRaster raster;
  double sum = 0;
  int64_t count = 0;
  for (const SplatView& view : views)
    for (const float gray : {0.0f, 1.0f}) {
      job.ThrowIfStopped("export of splats");
      const std::array<float, 3> background = {gray, gray, gray};
      const PlanarImage target = view.Over(background);
      const PlanarImage& picture = raster.Draw(splats, view.camera, background);
      for (size_t i = 0; i < target.rgb.size(); ++i) {
        const double error = double(std::clamp(picture.rgb[i], 0.0f, 1.0f)) - double(target.rgb[i]);
        sum += error * error;
      }
      count += int64_t(target.rgb.size());
    }
  return -10 * std::log10(std::max(1e-12, sum / double(std::max<int64_t>(1, count))));
}

}  // namespace sanerf::exports
