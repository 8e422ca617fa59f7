#include "sanerf/scene/alpha_meaning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace {

constexpr size_t kLookedAtForAlpha = 5;                              // photos
constexpr uint8_t kNearlyOpaque = 250, kNearlyNone = 5;              // of 255
constexpr double kNearlyAll = 0.999, kSome = 0.01, kLittle = 0.001;  // shares of a photo's pixels
constexpr double kCrisp = 0.6;  // cut-outs have soft edges, hair and glass, and still are mostly one or the other

enum class Alpha { kOpaque, kCutOut, kNothing, kOther };

struct SeenAlpha {
  Alpha kind = Alpha::kOther;
  double between = 0;  // share of pixels that are neither opaque nor transparent
};

SeenAlpha LookAtAlpha(const View& view) {
  const ImageU8 image = ReadImage(view.image_path);
  int64_t opaque = 0, none = 0;
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    const uint8_t alpha = image.data[size_t((p + 1) * image.channels - 1)];
    opaque += alpha >= kNearlyOpaque;
    none += alpha <= kNearlyNone;
  }
  const double all = double(std::max<int64_t>(1, image.num_pixels()));
  const double opaque_share = double(opaque) / all, none_share = double(none) / all;
  const double between = 1 - opaque_share - none_share;
  if (opaque_share >= kNearlyAll) return {Alpha::kOpaque, between};
  if (none_share >= kNearlyAll) return {Alpha::kNothing, between};
  const bool is_cut_out = 1 - between >= kCrisp && none_share >= kSome && opaque_share >= kLittle;
  return {is_cut_out ? Alpha::kCutOut : Alpha::kOther, between};
}

std::vector<SeenAlpha> LookAtSome(const std::vector<const View*>& views, const Job& job) {
  std::vector<SeenAlpha> seen(std::min(kLookedAtForAlpha, views.size()));
  ParallelFor(int64_t(seen.size()), [&](int64_t i) {
    job.ThrowIfStopped("reading the photos");
    seen[size_t(i)] = LookAtAlpha(*views[size_t(i) * views.size() / seen.size()]);
  });
  return seen;
}

void IgnoreAlpha(SceneListing& listing, const std::string& why) {
  int64_t count = 0;
  for (ListedView& listed : listing.views) {
    if (!HasAlpha(listed.image.channels)) continue;
    listed.view.ignores_alpha = true;
    ++count;
  }
  listing.notes.push_back(fmt::format("the alpha channel of {} is not used: {}", Counted(count, "photo"), why));
}

}  // namespace

bool DecideAlpha(SceneListing& listing, const Job& job) {
  std::vector<const View*> with;
  std::vector<std::string> without;
  for (const ListedView& listed : listing.views) {
    if (HasAlpha(listed.image.channels))
      with.push_back(&listed.view);
    else
      without.push_back(listed.view.name);
  }
  if (with.empty()) return false;
  const std::vector<SeenAlpha> seen = LookAtSome(with, job);
  const auto num_of = [&](Alpha kind) {
    return std::count_if(seen.begin(), seen.end(), [&](const SeenAlpha& alpha) { return alpha.kind == kind; });
  };
  const int64_t num_opaque = num_of(Alpha::kOpaque), num_cut_out = num_of(Alpha::kCutOut),
                num_nothing = num_of(Alpha::kNothing);
  if (num_opaque == int64_t(seen.size())) return false;  // says nothing, and does no harm
  if (2 * num_cut_out < int64_t(seen.size()) - num_opaque || num_cut_out == 0) {
    double most = 0;
    for (const SeenAlpha& alpha : seen) most = std::max(most, alpha.between);
    IgnoreAlpha(listing, num_nothing > 0 && most < kSome
                             ? "nothing would be left of them"
                             : fmt::format("it cuts nothing out, as up to {:.0f} % of their pixels are neither opaque "
                                           "nor transparent",
                                           100 * most));
    return false;
  }
  if (without.empty()) return true;
  if (without.size() >= with.size()) {
    IgnoreAlpha(listing, fmt::format("{} cut out, {} not", Counted(int64_t(with.size()), "photo is", "photos are"),
                                     IsAre(int64_t(without.size()), "one is", "the others are")));
    return false;
  }
  std::erase_if(listing.views, [](const ListedView& listed) { return !HasAlpha(listed.image.channels); });
  listing.warnings.push_back(
      fmt::format("{} no alpha channel, though the others are cut out by theirs, and {} left out: {}",
                  Counted(int64_t(without.size()), "photo has", "photos have"), IsAre(int64_t(without.size())),
                  ListOfNames(without)));
  return true;
}

}  // namespace sanerf::scene
