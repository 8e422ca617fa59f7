#include "sanerf/pipeline/stable_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/mask_decoder/per_view_decoder.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/segmentation/first_views.h"
#include "sanerf/segmentation/until_stable.h"

namespace sanerf::pipeline {

using feature_container::FeatureContainer;
using mask_decoder::DecodedObject;
using mask_decoder::ObjectPrompt;
using segmentation::UntilStable;

namespace {

constexpr size_t kBatch = 4;       // views encoded between two looks at the masks; the first four give a first mask
constexpr size_t kMostViews = 32;  // where that many are not enough, all are taken
// Of so few views hardly any could be left out.
constexpr size_t kTakenAll = size_t(UntilStable::kFewest) + kBatch;

// Whether the ray to one of the points ends there: without the view's depth, which comes with its encoding.
bool SeesAny(const scene::View& view, const std::vector<Vec3>& points, const nerf::NerfModel& nerf,
             const mask_decoder::DepthTolerance& tolerance, const Job& job) {
  return std::any_of(points.begin(), points.end(), [&](const Vec3& point) {
    const auto px = view.camera.Project(point);
    if (!px || !view.camera.Contains(*px)) return false;
    Camera pixel = view.camera;
    pixel.cx -= px->x() - 0.5;
    pixel.cy -= px->y() - 0.5;
    pixel.width = pixel.height = 1;
    const double depth = nerf.Render(pixel, job).depth.data[0];
    return depth > 0 && std::abs(view.camera.ZDepth(point) - depth) <= tolerance.At(depth);
  });
}

// While there are few views it is no news that none of them gives a mask.
class Silent : public EventSink {
  void Take(const Event&) override {}
};

// One object while views are added.
class Growing {
 public:
  Growing(const ObjectPrompt& prompt, const std::set<int>& dropped) : prompt_(prompt), dropped_(dropped) {}

  const std::string& name() const { return prompt_.name; }
  bool has_mask() const { return !masks_.views.empty(); }
  bool is_stable() const { return stability_.IsStable(); }
  int num_masks() const { return stability_.num_views(); }

  // Decodes views[begin, end) and, as long as no view gave a mask, those before.
  void Decode(const mask_decoder::DecodeContext& context, const std::vector<int>& views, size_t begin, size_t end,
              const Job& job) {
    if (has_mask()) return mask_decoder::DecodeFurther(prompt_, context, Wanted(views, begin, end), &masks_, job);
    const std::vector<int> wanted = Wanted(views, 0, end);
    if (wanted.empty()) return;
    Silent silent;
    try {
      masks_ = mask_decoder::DecodeMasks(prompt_, context, wanted, nullptr, job.To(silent));
    } catch (const InterruptedError&) {
      throw;
    } catch (const UsageError&) {
      throw;
    } catch (const Error& error) {  // of these views; further ones may see it better
      job.Detail(fmt::format("{} not enough: {}", Counted(int64_t(end), "view is", "views are"), error.what()));
    }
  }

  // How the masks of the first `end` views agree with those before them.
  void Judge(const FeatureContainer& container, const std::vector<int>& views, size_t end,
             mask_aggregator::LabelVote* vote, const Job& job) {
    if (!has_mask()) return;
    for (; num_judged_ < end; ++num_judged_) {
      if (!IsUsed(views[num_judged_])) continue;
      const bool is_first = num_masks() == 0;
      stability_.Add(is_first ? -1
                              : segmentation::AgreementWithEarlier(masks_, num_judged_, views, container, vote, job));
    }
  }

 private:
  std::vector<int> Wanted(const std::vector<int>& views, size_t begin, size_t end) const {
    std::vector<int> wanted;
    std::copy_if(views.begin() + long(begin), views.begin() + long(end), std::back_inserter(wanted),
                 [&](int view) { return !dropped_.contains(view); });
    return wanted;
  }
  bool IsUsed(int view_idx) const {
    return std::any_of(masks_.views.begin(), masks_.views.end(),
                       [&](const auto& view) { return view.view_idx == view_idx && view.used; });
  }

  const ObjectPrompt& prompt_;
  const std::set<int>& dropped_;
  DecodedObject masks_;
  UntilStable stability_;
  size_t num_judged_ = 0;
};

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

// The views in the order in which they are added: prompted ones, then those that are encoded and cost nothing, then
// what helps most. num_free: so many of them cost nothing. None where the prompted views alone do not say what is
// meant.
std::vector<int> OrderOf(const ViewsToTry& request, const std::vector<int>& wanted,
                         const mask_decoder::DecodeContext& context, const nerf::NerfModel& nerf, size_t* num_free,
                         const Job& job) try {
  segmentation::ViewsToOrder order{
      context.scene, {}, mask_decoder::PromptedViews(request.prompts, context.scene), wanted, 0};
  for (const ObjectPrompt& object : request.prompts.objects)
    for (const mask_decoder::LiftedPoint& point : mask_decoder::PointsOnObject(object, context, job))
      if (point.label == 1) order.points.push_back(point.p_file);
  const mask_decoder::DepthTolerance tolerance = mask_decoder::ToleranceOf(context.options, context.model_from_file);
  std::vector<int> ordered = segmentation::BestAndMostDifferent(order, [&](int view) {
    job.ThrowIfStopped("choosing views");
    return SeesAny(context.scene.views[size_t(view)], order.points, nerf, tolerance, job);
  });
  const auto costly =
      std::stable_partition(ordered.begin(), ordered.end(), [&](int view) { return context.container.Has(view); });
  *num_free = size_t(costly - ordered.begin());
  return ordered;
} catch (const InterruptedError&) {
  throw;
} catch (const UsageError&) {
  throw;
} catch (const Error& error) {
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
  const scene::Scene& scene = run->scene();
  const nerf::NerfModel& nerf = run->nerf(job);
  const std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, job);
  std::shared_ptr<const FeatureContainer> container =
      run->Features(mask_decoder::PromptedViews(request.prompts, scene), settings.encode, job);
  const auto is_encoded = [&](int view) { return container->Has(view); };
  if (std::all_of(request.views.begin(), request.views.end(), is_encoded)) return {request.views};
  if (request.prompts.objects.empty()) return {WithEncoded(request, *container, {})};
  const std::vector<int> wanted = WantedByAny(request);
  if (wanted.size() <= kTakenAll) return {WithEncoded(request, *container, wanted)};
  const auto context = [&]() -> mask_decoder::DecodeContext {
    return {scene, *container, *sam, nerf.model_from_file(), settings.masks};
  };

  // 1. The order.
  size_t num_free = 0;
  std::vector<int> ordered = OrderOf(request, wanted, context(), nerf, &num_free, job);
  if (ordered.size() <= size_t(UntilStable::kFewest)) return {WithEncoded(request, *container, wanted)};
  ordered.resize(std::min(ordered.size(), std::max(kMostViews, num_free)));

  // 2. Views are added until all objects are stable.
  std::vector<Camera> cameras;
  for (const int view : ordered) cameras.push_back(container->WorkingCamera(view));
  mask_aggregator::LabelVote vote(nerf, cameras, mask_aggregator::VoteOptions(), job);
  const std::set<int> none;
  std::vector<Growing> objects;
  for (const ObjectPrompt& object : request.prompts.objects) {
    const auto dropped = request.dropped.find(object.name);
    objects.emplace_back(object, dropped == request.dropped.end() ? none : dropped->second);
  }
  const auto all = [&](bool (Growing::*is)() const) {
    return std::all_of(objects.begin(), objects.end(), [&](const Growing& object) { return (object.*is)(); });
  };
  StableViews result;
  for (size_t begin = 0; begin < ordered.size();) {
    const size_t end = std::min(ordered.size(), begin == 0 ? std::max(kBatch, num_free) : begin + kBatch);
    container = run->Features({ordered.begin() + long(begin), ordered.begin() + long(end)}, settings.encode, job);
    for (Growing& object : objects) object.Decode(context(), ordered, begin, end, job);
    if (result.first_mask_seconds < 0 && all(&Growing::has_mask)) {
      result.first_mask_seconds = request.since_begin.seconds();
      job.Info(fmt::format("first  masks in {} after {}", Counted(int64_t(end), "view"),
                           FormatDuration(result.first_mask_seconds)));
    }
    for (Growing& object : objects) object.Judge(*container, ordered, end, &vote, job);
    begin = end;
    if (!all(&Growing::is_stable)) continue;
    result.views = WithEncoded(request, *container, {ordered.begin(), ordered.begin() + long(end)});
    job.Info(fmt::format("views  {} of {} are enough: each next one agrees with what they say", result.views.size(),
                         request.views.size()));
    return result;
  }
  job.Detail("all views are taken: those that help most do not foretell each other's masks");
  result.views = WithEncoded(request, *container, wanted);
  return result;
}

}  // namespace sanerf::pipeline
