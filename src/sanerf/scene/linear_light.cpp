#include "sanerf/scene/linear_light.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/quantiles.h"

namespace sanerf::scene {
namespace {

constexpr size_t kMeasured = 5;                   // photos
constexpr double kBright = 0.9;                   // quantile of the luminance that decides
constexpr double kDarkest = 0.1, kBrightest = 3;  // what it may be at an exposure of 1
constexpr double kWanted = 0.7;                   // what it becomes otherwise
constexpr int64_t kValuesPerPhoto = 20'000;

void AddLuminances(const ImageF& linear, std::vector<double>* luminances) {
  const int64_t step = std::max<int64_t>(1, linear.num_pixels() / kValuesPerPhoto);
  for (int64_t p = 0; p < linear.num_pixels(); p += step) {
    const float* c = &linear.data[size_t(p * linear.channels)];
    if (linear.channels == 4 && c[3] < 0.5f) continue;
    luminances->push_back(0.2126 * double(c[0]) + 0.7152 * double(c[1]) + 0.0722 * double(c[2]));
  }
}

}  // namespace

void DecideExposure(SceneListing& listing, const Job& job) {
  std::vector<View*> linear;
  for (ListedView& listed : listing.views)
    if (listed.image.is_linear) linear.push_back(&listed.view);
  if (linear.empty()) return;
  std::vector<double> luminances;
  const size_t count = std::min(kMeasured, linear.size());
  for (size_t i = 0; i < count; ++i) {
    job.ThrowIfStopped("reading the photos");
    AddLuminances(ReadLinear(linear[i * linear.size() / count]->image_path), &luminances);
  }
  const double bright = luminances.empty() ? 1 : Quantile(std::move(luminances), kBright);
  const bool is_usual = !(bright > 0) || (bright >= kDarkest && bright <= kBrightest);
  const double exposure = is_usual ? 1 : kWanted / bright;
  for (View* view : linear) view->exposure = float(exposure);
  listing.notes.push_back(
      fmt::format("{} linear light (OpenEXR), and {} shown by one curve: sRGB, highlights rolled off{}",
                  Counted(int64_t(linear.size()), "photo is in", "photos are in"), IsAre(int64_t(linear.size())),
                  is_usual ? ""
                           : fmt::format(", multiplied by {:.3g}, as they would be {} otherwise", exposure,
                                         bright > 1 ? "white" : "black")));
}

}  // namespace sanerf::scene
