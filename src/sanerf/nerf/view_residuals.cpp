#include "sanerf/nerf/view_residuals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/quantiles.h"
#include "sanerf/core/units.h"
#include "sanerf/nerf/depth_agreement.h"

namespace sanerf::nerf {
namespace {

constexpr double kUnitOfMad = 1.4826;  // standard deviations of a normal distribution in a median absolute one
constexpr double kLeastSpread = 0.1;   // of log errors, 0.4 dB: photos that are all alike do not make others bad
constexpr double kLeastError = 1e-10;  // 100 dB
constexpr int kLargestCompared = 64, kSmallestCompared = 24;
constexpr double kPhotosAtLargest = 100;
constexpr size_t kNamedBadViews = 8;

double LogError(double psnr) { return -psnr * std::log(10.0) / 10; }

bool CountsAt(const ComparedPhoto& photo, int64_t p) {
  return photo.ignored.empty() || photo.ignored.data[size_t(p)] == 0;
}

// What the picture is multiplied with in a channel to come nearest to the photo, least squares.
double GainOf(const ComparedPhoto& photo, const ImageF& shown, int channel) {
  double product = 0, square = 0;
  for (int64_t p = 0; p < shown.num_pixels(); ++p) {
    if (!CountsAt(photo, p)) continue;
    const double value = shown.data[size_t(3 * p + channel)];
    product += value * double(photo.picture.data[size_t(3 * p + channel)]);
    square += value * value;
  }
  return square > 0 ? product / square : 1;
}

double PsnrOf(const ComparedPhoto& photo, const ImageF& shown, bool fit_gains) {
  double sum = 0;
  int64_t count = 0;
  for (int c = 0; c < 3; ++c) {
    const double gain = fit_gains ? GainOf(photo, shown, c) : 1;
    for (int64_t p = 0; p < shown.num_pixels(); ++p) {
      if (!CountsAt(photo, p)) continue;
      const double error = gain * double(shown.data[size_t(3 * p + c)]) - double(photo.picture.data[size_t(3 * p + c)]);
      sum += error * error;
      ++count;
    }
  }
  return count > 0 ? -10 * std::log10(std::max(kLeastError, sum / double(count))) : 100;
}

}  // namespace

int ComparedSize(size_t num_photos) {
  const double size = kLargestCompared * std::sqrt(kPhotosAtLargest / double(std::max<size_t>(1, num_photos)));
  return std::clamp(int(size), kSmallestCompared, kLargestCompared);
}

std::vector<ViewResidual> MeasureViews(const std::vector<ComparedPhoto>& photos, const NerfModel& model, bool fit_gains,
                                       const Job& job) {
  std::vector<ViewResidual> residuals;
  std::vector<DepthView> depths;
  for (const ComparedPhoto& photo : photos) {
    RenderedView view = model.Render(photo.camera, job);
    ViewResidual residual;
    residual.view_idx = photo.view_idx;
    residual.is_held_out = photo.is_held_out;
    residual.psnr = PsnrOf(photo, view.rgb, fit_gains);
    residuals.push_back(residual);
    for (int64_t p = 0; p < view.depth.num_pixels(); ++p)  // neither is there where nobody looks
      if (!CountsAt(photo, p)) view.depth.data[size_t(p)] = 0;
    depths.push_back({photo.camera, std::move(view.depth)});
  }
  for (size_t i = 0; i < photos.size(); ++i) residuals[i].agreement = MeanAgreement(DepthAgreement(depths, i, {}));
  Judge(&residuals);
  return residuals;
}

void Judge(std::vector<ViewResidual>* residuals) {
  std::vector<double> errors, distances;
  for (const ViewResidual& residual : *residuals)
    if (!residual.is_held_out) errors.push_back(LogError(residual.psnr));
  if (errors.empty()) return;
  const double median = Median(errors);
  for (const double error : errors) distances.push_back(std::abs(error - median));
  const double spread = std::max(kLeastSpread, kUnitOfMad * Median(distances));
  for (ViewResidual& residual : *residuals) {
    residual.deviation = (LogError(residual.psnr) - median) / spread;
    residual.is_bad = !residual.is_held_out && residual.deviation > kBadDeviation;
  }
}

float WeightFor(const ViewResidual& residual, BadViews rule) {
  switch (rule) {
    case BadViews::kKeep:
      break;
    case BadViews::kWeigh:
      return float(std::min(1.0, 0.5 * kBadDeviation / std::max(residual.deviation, 1e-9)));
    case BadViews::kDrop:
      return residual.is_bad ? 0.0f : 1.0f;
  }
  return 1;
}

std::string BadViewsText(const std::vector<ViewResidual>& residuals, const scene::Scene& scene) {
  std::vector<double> all;
  std::vector<const ViewResidual*> bad;
  for (const ViewResidual& residual : residuals) {
    if (!residual.is_held_out) all.push_back(residual.psnr);
    if (residual.is_bad) bad.push_back(&residual);
  }
  if (bad.empty()) return "";
  std::stable_sort(bad.begin(), bad.end(), [](const auto* a, const auto* b) { return a->psnr < b->psnr; });
  std::vector<std::string> names;
  for (const ViewResidual* residual : bad)
    names.push_back(fmt::format("{} {:.1f} dB{}", scene.views[size_t(residual->view_idx)].name, residual->psnr,
                                residual->weight == 0 ? " (dropped)" : ""));
  return fmt::format("{} that the field cannot explain, where half of the photos have {:.1f} dB or more: {}",
                     Counted(int64_t(bad.size()), "training photo"), Median(all), FirstFew(names, kNamedBadViews));
}

void WriteViewResiduals(const std::filesystem::path& file, const std::vector<ViewResidual>& residuals,
                        const scene::Scene& scene, uint64_t fingerprint) {
  Json views = Json::array();
  for (const ViewResidual& residual : residuals) {
    Json view = {{"view", scene.views[size_t(residual.view_idx)].name},
                 {"held_out", residual.is_held_out},
                 {"psnr", residual.psnr},
                 {"deviation", residual.deviation}};
    if (residual.agreement >= 0) view["agreement"] = residual.agreement;
    if (!residual.is_held_out) {
      view["bad"] = residual.is_bad;
      view["weight"] = residual.weight;
    }
    views.push_back(view);
  }
  WriteJsonFile(file, {{"format", 1},
                       {"fingerprint", HexFingerprint(fingerprint)},
                       {"bad_deviation", kBadDeviation},
                       {"views", views}});
}

std::optional<std::vector<StoredResidual>> ReadViewResiduals(const std::filesystem::path& file,
                                                             const std::string& fingerprint) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return std::nullopt;
  const Json json = ReadJsonFile(file);
  const JsonCursor cursor(json, file.string());
  if (cursor["fingerprint"].String() != fingerprint) return std::nullopt;
  std::vector<StoredResidual> residuals;
  const JsonCursor views = cursor["views"];
  for (size_t i = 0; i < views.size(); ++i) {
    const JsonCursor view = views[i];
    StoredResidual residual;
    residual.view = view["view"].String();
    residual.is_held_out = view["held_out"].Bool();
    residual.is_bad = view.Has("bad") && view["bad"].Bool();
    residual.psnr = view["psnr"].Number();
    residual.deviation = view["deviation"].Number();
    residual.weight = view.NumberOr("weight", 1);
    residual.agreement = view.NumberOr("agreement", -1);
    residuals.push_back(residual);
  }
  return residuals;
}

}  // namespace sanerf::nerf
