#include "sanerf/pipeline/segment_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/fit_and_store.h"
#include "sanerf/pipeline/stable_views.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_places.h"
#include "sanerf/segmentation/segment_memory.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/segmentation/until_stable.h"
#include "sanerf/segmentation/views_to_segment.h"

namespace sanerf::pipeline {

using mask_decoder::ObjectPrompt;
using mask_decoder::Prompts;
using run::OpenRun;

void CheckSegmentable(const Prompts& prompts, const scene::Scene& scene) {
  if (prompts.objects.empty())
    throw UsageError("nothing to segment", "",
                     "give --click VIEW:X,Y, --point X,Y,Z, --box VIEW:X0,Y0,X1,Y1 or --prompts FILE");
  segmentation::CheckObjectCount(prompts.objects.size());
  run::CheckObjects(prompts);
  for (const ObjectPrompt& object : prompts.objects) segmentation::CheckPromptPlaces(object, scene);
}

void CheckChoices(const std::vector<ViewChoice>& choices, const scene::Scene& scene) {
  std::set<int> chosen;
  for (const ViewChoice& choice : choices) {
    const int view_idx = scene.FindView(choice.view);
    const std::string& name = scene.views[size_t(view_idx)].name;
    if (scene.views[size_t(view_idx)].is_test)
      throw UsageError(name + " is held out", "nothing is segmented from it: there is nothing to drop or to keep",
                       "leave it out");
    if (!chosen.insert(view_idx).second)
      throw UsageError(name + " is dropped or kept twice", "", "name it once, with --drop or with --keep");
  }
}

namespace {

// Of a field that the second prompts are added to.
size_t CountObjects(const Prompts& before, const Prompts& more) {
  std::set<std::string> names;
  for (const Prompts* prompts : {&before, &more})
    for (const ObjectPrompt& object : prompts->objects) names.insert(object.name);
  return names.size();
}

// The prompted views first: a click on nothing is an error before minutes of encoding.
std::shared_ptr<const feature_container::FeatureContainer> EncodeFor(const Prompts& prompts,
                                                                     const std::vector<int>& views,
                                                                     const feature_container::EncodeOptions& options,
                                                                     OpenRun* run, const Job& job) {
  const std::vector<int> prompted = mask_decoder::PromptedViews(prompts, run->scene());
  auto container = run->Features(prompted, options, job);
  for (const ObjectPrompt& object : prompts.objects) mask_decoder::LiftPrompts(object, run->scene(), *container, job);
  std::vector<int> others;
  const auto is_prompted = [&](int view) {
    return std::find(prompted.begin(), prompted.end(), view) != prompted.end();
  };
  std::copy_if(views.begin(), views.end(), std::back_inserter(others), std::not_fn(is_prompted));
  const bool has_all = others.empty() || options.container == feature_container::FeatureStore::kField;
  return has_all ? container : run->Features(others, options, job);
}

// Anything about the object beside its name.
bool IsDescribed(const ObjectPrompt& object) {
  return !object.points.empty() || !object.clicks.empty() || !object.boxes.empty() || object.instance >= 0 ||
         object.min_visible > 0;
}

// A known name gets further prompts, a new one becomes another object. Choices come first: masks that they leave as
// they are can then be corrected.
void AddTo(segmentation::Session* session, const Prompts& more, const std::vector<ViewChoice>& choices) {
  const std::vector<segmentation::EditedObject> known = session->objects();
  for (const ObjectPrompt& object : more.objects) {
    const auto before =
        std::find_if(known.begin(), known.end(), [&](const auto& o) { return o.about.name == object.name; });
    const bool is_known = before != known.end();
    const segmentation::ObjectId id = is_known ? before->id : session->AddObject(object);
    for (const ViewChoice& choice : choices) session->UseView(id, choice.view, choice.use);
    if (is_known && IsDescribed(object)) session->AddPrompts(id, object);
  }
}

int64_t ReportOverlaps(const std::vector<segmentation::EditedObject>& objects,
                       const feature_container::FeatureContainer& container, const Job& job) {
  std::vector<std::shared_ptr<const mask_decoder::DecodedObject>> masks;
  for (const segmentation::EditedObject& object : objects) masks.push_back(object.masks);
  const segmentation::LabeledViews labeled = segmentation::PaintLabelViews(masks, container);
  if (labeled.overlap_pixels > 0) {
    job.Info(fmt::format("masks  {} in {}, claimed by several objects, go to the mask of higher confidence",
                         Counted(labeled.overlap_pixels, "pixel"), Counted(labeled.overlap_views, "view")));
  }
  return labeled.overlap_pixels;
}

// Training views in which SAM was prompted for one of the objects, besides `views`.
std::vector<int> WithViewsOf(const std::vector<mask_decoder::DecodedObject>& objects, const std::vector<int>& views) {
  std::set<int> all(views.begin(), views.end());
  for (const mask_decoder::DecodedObject& object : objects)
    for (const mask_decoder::ViewDecision& view : object.views)
      if (view.outcome != mask_decoder::Outcome::kNotSelected) all.insert(view.view_idx);
  return all.size() == views.size() ? views : std::vector<int>(all.begin(), all.end());
}

// What a session starts from, and what is new in it.
struct SessionPlan {
  std::optional<run::StoredField> before = {};  // objects that are there
  Prompts added = {};                           // prompts that the session is given
  Prompts decoded = {};                         // the objects that get them, with all their prompts
  run::StoreOptions store = {};
  std::function<void()> on_encoded = {};
  std::vector<ViewChoice> choices = {};  // for the objects in `added`
  Stopwatch since_begin = {};
};

// What was chosen before, and what is chosen now.
std::map<std::string, std::set<int>> DroppedViews(const SessionPlan& plan, const scene::Scene& scene) {
  std::map<std::string, std::set<int>> dropped;
  if (plan.before)
    for (const mask_decoder::DecodedObject& object : plan.before->objects)
      for (const mask_decoder::ViewDecision& view : object.views)
        if (view.use == mask_decoder::ViewUse::kNever) dropped[object.name].insert(view.view_idx);
  for (const ObjectPrompt& object : plan.added.objects) {
    for (const ViewChoice& choice : plan.choices) {
      const int view_idx = scene.FindView(choice.view);
      if (choice.use == mask_decoder::ViewUse::kNever) {
        dropped[object.name].insert(view_idx);
      } else {
        dropped[object.name].erase(view_idx);
      }
    }
  }
  return dropped;
}

struct ChosenViews {
  std::vector<int> views;  // that SAM may be prompted in
  double first_mask_seconds = -1, seconds = 0;
};

ChosenViews ChooseViews(const SessionPlan& plan, std::vector<int> possible, const Settings& settings, OpenRun* run,
                        const Job& job) {
  const scene::Scene& scene = run->scene();
  ChosenViews chosen{std::move(possible)};
  if (settings.segment.until_stable && settings.encode.container == feature_container::FeatureStore::kCache) {
    run->nerf(job);  // loading does not count as encoding
    run->sam(settings.encode.model, job);
    const Stopwatch watch;
    StableViews stable = EncodeUntilStable({plan.decoded, chosen.views, DroppedViews(plan, scene), plan.since_begin},
                                           settings, run, job);
    chosen = {std::move(stable.views), stable.first_mask_seconds, watch.seconds()};
  }
  // What is chosen for a view is kept with the object, dropped ones included.
  std::set<int> all(chosen.views.begin(), chosen.views.end());
  for (const ViewChoice& choice : plan.choices) all.insert(scene.FindView(choice.view));
  if (all.size() != chosen.views.size()) chosen.views = {all.begin(), all.end()};
  return chosen;
}

SessionPlan PlanFrom(run::StoredField before, OpenRun* run, const feature_container::EncodeOptions& options) {
  if (options.container == feature_container::FeatureStore::kCache)  // a distilled field has a size of its own
    segmentation::CheckMaskSizes(before.objects, [&](int view_idx) {
      return feature_container::WorkingCamera(run->scene().views[size_t(view_idx)], options.size);
    });
  SessionPlan plan;
  plan.before = std::move(before);
  plan.store.goes_on = true;
  return plan;
}

SegmentResult RunSession(SessionPlan plan, const Settings& settings, OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(settings.segment, "segment");
  const scene::Scene& scene = run->scene();
  const size_t num_objects = CountObjects(plan.before ? plan.before->prompts : Prompts(), plan.decoded);
  const auto check_memory = [&](const std::vector<int>& views) {
    segmentation::CheckSegmentMemory(segmentation::LoadOf(int64_t(num_objects), scene, views, settings.encode.size),
                                     settings.object, segmentation::RayLoadOf(run->nerf(job), scene, views, job), job);
  };
  std::vector<int> possible = segmentation::ViewsToSegment(plan.decoded, scene, settings.segment.max_views);
  // Before any is encoded, the fewest that it may come to; then those that it came to.
  check_memory(scene::ThinnedViews(possible, segmentation::UntilStable::kFewest));
  const ChosenViews chosen = ChooseViews(plan, std::move(possible), settings, run, job);
  const std::vector<int> views = plan.before ? WithViewsOf(plan.before->objects, chosen.views) : chosen.views;
  check_memory(views);
  const std::shared_ptr<const sam::Sam> sam = run->sam(settings.encode.model, job);
  SegmentResult result;
  result.first_mask_seconds = chosen.first_mask_seconds;

  const Stopwatch encode_watch;
  const std::shared_ptr<const feature_container::FeatureContainer> container =
      EncodeFor(plan.decoded, views, settings.encode, run, job);
  result.encode_seconds = chosen.seconds + encode_watch.seconds();
  if (settings.encode.container == feature_container::FeatureStore::kCache)
    RecordEncoding(run->folder(), settings, views.size(), result.encode_seconds, job);
  if (plan.on_encoded) plan.on_encoded();

  const Stopwatch mask_watch;
  segmentation::Session session({run->shared_scene(), run->nerf(job), container, sam, views}, settings, chosen.views);
  if (plan.before)
    session.StartFrom(plan.before->prompts, std::move(plan.before->objects), std::move(plan.before->field));
  session.Prepare(job);
  AddTo(&session, plan.added, plan.choices);
  session.Update(job);
  result.overlap_pixels = ReportOverlaps(session.objects(), *container, job);
  result.mask_seconds = mask_watch.seconds();

  FittedAndStored fitted = FitAndStore(&session, {result.mask_seconds, std::move(plan.store)}, settings, run, job);
  result.objects = std::move(fitted.stored.objects);
  result.set_aside = std::move(fitted.stored.set_aside);
  result.field_seconds = fitted.seconds;
  return result;
}

}  // namespace

SegmentResult Segment(const SegmentRequest& request, const Settings& settings, OpenRun* run, const Job& job) {
  CheckSegmentable(request.prompts, run->scene());
  CheckChoices(request.choices, run->scene());
  SessionPlan plan;
  plan.added = plan.decoded = request.prompts;
  plan.choices = request.choices;
  plan.store.reports = request.reports;
  plan.on_encoded = request.on_encoded;
  return RunSession(std::move(plan), settings, run, job);
}

SegmentResult AddToObjects(const SegmentRequest& request, const Settings& settings, OpenRun* run, const Job& job) {
  CheckChoices(request.choices, run->scene());
  SessionPlan plan =
      PlanFrom(run::OpenField(run->folder(), run->nerf(job), run->scene(), request.prompts, job), run, settings.encode);
  plan.added = request.prompts;
  plan.choices = request.choices;
  Prompts more = request.prompts;
  const bool has_choices = !request.choices.empty();
  if (has_choices) {  // alone, they change nothing about what the masks of an object are to show
    const std::vector<ObjectPrompt>& known = plan.before->prompts.objects;
    std::erase_if(more.objects, [&](const ObjectPrompt& object) {
      return !IsDescribed(object) &&
             std::any_of(known.begin(), known.end(), [&](const auto& other) { return other.name == object.name; });
    });
  }
  plan.decoded = run::Extended(plan.before->prompts, more);
  plan.store.reports = request.reports;
  plan.on_encoded = request.on_encoded;
  if (!plan.decoded.objects.empty() || !has_choices) CheckSegmentable(plan.decoded, run->scene());
  segmentation::CheckObjectCount(CountObjects(plan.before->prompts, plan.decoded));
  return RunSession(std::move(plan), settings, run, job);
}

SegmentResult RefitField(const std::string& object, const Settings& settings, OpenRun* run, const Job& job) {
  Prompts named;
  if (!object.empty()) {
    run::CheckObjectName(object);  // what was set aside is not fitted again
    named.objects.emplace_back().name = run::FindObject(run->folder(), object, run->nerf(job)).name;
  }
  SessionPlan plan =
      PlanFrom(run::OpenField(run->folder(), run->nerf(job), run->scene(), named, job), run, settings.encode);
  plan.before->field.reset();
  return RunSession(std::move(plan), settings, run, job);
}

}  // namespace sanerf::pipeline
