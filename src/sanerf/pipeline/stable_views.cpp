#include "sanerf/pipeline/stable_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/segmentation/first_views.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/until_stable.h"

namespace sanerf::pipeline {

using feature_container::FeatureContainer;
using segmentation::GrowingMasks;
using segmentation::UntilStable;

namespace {

constexpr size_t kBatch = 4;       // views encoded between two looks at the masks; the first four give a first mask
constexpr size_t kMostViews = 32;  // where that many are not enough, all are taken
// Of so few views hardly any could be left out.
constexpr size_t kTakenAll = size_t(UntilStable::kFewest) + kBatch;

// Those that the user wants for at least one of the objects.
std::vector<int> WantedByAny(const ViewsToTry& request) {
  const auto is_wanted = [&](int view) {
    return std::any_of(request.prompts.objects.begin(), request.prompts.objects.end(), [&](const auto& object) {
      const auto dropped = request.dropped.find(object.name);
      return dropped == request.dropped.end() || !dropped->second.contains(view);
    });
  };
  std::vector<int> wanted;
  std::copy_if(request.views.begin(), request.views.end(), std::back_inserter(wanted), is_wanted);
  return wanted;
}

// None where the prompted views alone do not say what is meant.
segmentation::OrderedViews OrderOf(const mask_decoder::Prompts& prompts, const mask_decoder::DecodeContext& context,
                                   const std::vector<int>& wanted, const nerf::NerfModel& nerf, const Job& job) try {
  return segmentation::OrderToDecode(prompts, context, wanted, nerf, job);
} catch (const mask_decoder::NoMaskError& error) {
  job.Detail(fmt::format("all views are taken: {}", error.what()));
  return {};
}

// And what is encoded of those to choose from.
std::vector<int> WithEncoded(const ViewsToTry& request, const FeatureContainer& container,
                             const std::vector<int>& views) {
  std::set<int> chosen(views.begin(), views.end());
  for (const int view : request.views)
    if (container.Has(view)) chosen.insert(view);
  return {chosen.begin(), chosen.end()};
}

}  // namespace

StableViews EncodeUntilStable(const ViewsToTry& request, const Settings& settings, run::OpenRun* run, const Job& job) {
  segmentation::SegmentationInput input{run->shared_scene(), run->nerf(job), nullptr,
                                        run->sam(settings.encode.model, job)};
  input.features = run->Features(mask_decoder::PromptedViews(request.prompts, *input.scene), settings.encode, job);
  const auto is_encoded = [&](int view) { return input.features->Has(view); };
  if (std::all_of(request.views.begin(), request.views.end(), is_encoded)) return {request.views};
  if (request.prompts.objects.empty()) return {WithEncoded(request, *input.features, {})};
  const std::vector<int> wanted = WantedByAny(request);
  if (wanted.size() <= kTakenAll) return {WithEncoded(request, *input.features, wanted)};

  // 1. The order.
  auto [ordered, num_free] = OrderOf(request.prompts, input.ForDecoding(settings.masks), wanted, input.nerf, job);
  if (ordered.size() <= size_t(UntilStable::kFewest)) return {WithEncoded(request, *input.features, wanted)};
  ordered.resize(std::min(ordered.size(), std::max(kMostViews, num_free)));

  // 2. Views are added until all objects are stable.
  input.views = ordered;
  mask_aggregator::LabelVote vote(input.nerf, input.WorkingCameras(), mask_aggregator::VoteOptions(), job);
  std::vector<GrowingMasks> objects;
  for (const mask_decoder::ObjectPrompt& object : request.prompts.objects) {
    const auto dropped = request.dropped.find(object.name);
    objects.emplace_back(object, dropped == request.dropped.end() ? std::set<int>() : dropped->second);
  }
  const auto all = [&](bool (GrowingMasks::*is)() const) {
    return std::all_of(objects.begin(), objects.end(), [&](const GrowingMasks& object) { return (object.*is)(); });
  };
  job.Info(fmt::format("views  encoded a few at a time, at most {} of {}, until what comes next agrees with them",
                       ordered.size(), request.views.size()));
  StableViews result;
  for (size_t begin = 0; begin < ordered.size();) {
    const size_t end = std::min(ordered.size(), begin == 0 ? std::max(kBatch, num_free) : begin + kBatch);
    input.features = run->Features({ordered.begin() + long(begin), ordered.begin() + long(end)}, settings.encode, job);
    for (GrowingMasks& object : objects) object.Decode(input.ForDecoding(settings.masks), ordered, begin, end, job);
    if (result.first_mask_seconds < 0 && all(&GrowingMasks::has_mask)) {
      result.first_mask_seconds = request.since_begin.seconds();
      job.Info(fmt::format("first  masks in {} after {}", Counted(int64_t(end), "view"),
                           FormatDuration(result.first_mask_seconds)));
    }
    for (GrowingMasks& object : objects) object.Judge(*input.features, ordered, end, &vote, job);
    begin = end;
    if (!all(&GrowingMasks::is_stable)) continue;
    result.views = WithEncoded(request, *input.features, {ordered.begin(), ordered.begin() + long(end)});
    job.Info(fmt::format("views  {} of {} are enough: each next one agrees with what they say", result.views.size(),
                         request.views.size()));
    return result;
  }
  job.Detail("all views are taken: those that help most do not predict each other's masks");
  result.views = WithEncoded(request, *input.features, wanted);
  return result;
}

}  // namespace sanerf::pipeline
