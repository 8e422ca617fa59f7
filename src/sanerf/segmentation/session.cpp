#include "sanerf/segmentation/session.h"

#include <algorithm>
#include <set>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/refine/outline.h"
#include "sanerf/segmentation/refine/refinement_rounds.h"
#include "sanerf/segmentation/refine/same_candidate.h"

namespace sanerf {
namespace {

std::vector<Camera> CamerasOf(const FeatureContainer& container, const std::vector<int>& views) {
  std::vector<Camera> cameras;
  for (const int view : views) cameras.push_back(container.WorkingCamera(view));
  return cameras;
}

// The decisions in the order of `views`; those that are missing were not asked.
std::vector<ViewDecision> InOrder(std::vector<ViewDecision> decisions, const std::vector<int>& views,
                                  const Scene& scene) {
  std::vector<ViewDecision> ordered;
  for (const int view_idx : views) {
    const auto found =
        std::find_if(decisions.begin(), decisions.end(), [&](const ViewDecision& d) { return d.view_idx == view_idx; });
    if (found != decisions.end()) {
      ordered.push_back(std::move(*found));
      continue;
    }
    ViewDecision decision;
    decision.view_idx = view_idx;
    decision.view = scene.views[size_t(view_idx)].name;
    decision.outcome = Outcome::kNotAsked;
    decision.reason = "the view was not among those that were segmented";
    ordered.push_back(std::move(decision));
  }
  return ordered;
}

bool IsVisible(const ViewDecision::Projected& point) { return point.state == PointState::kVisible; }

}  // namespace

SegmentSession::SegmentSession(const Scene& scene, const NerfModel& nerf, const FeatureContainer& container, Sam& sam,
                               std::vector<int> views, const SegmentationOptions& options)
    : scene_(scene),
      nerf_(nerf),
      container_(container),
      sam_(sam),
      options_(options),
      views_(std::move(views)),
      asked_(views_) {
  const std::vector<Camera> cameras = CamerasOf(container, views_);
  vote_ = std::make_unique<LabelVote>(nerf, cameras, VoteOptions(), Job().With(InterruptToken()));
  trainer_ = std::make_unique<ObjectTrainer>(nerf, cameras, options.object);
}

void SegmentSession::StartFrom(const Prompts& prompts, std::vector<DecodedObject> objects, const ObjectModel* field) {
  SANERF_CHECK(objects_.empty() && prompts.objects.size() == objects.size());
  prompts_ = prompts;
  objects_ = std::move(objects);
  CheckMaskSizes(objects_, [&](int view_idx) { return container_.WorkingCamera(view_idx); });
  for (const DecodedObject& object : objects_)
    for (const ViewDecision& view : object.views)
      SANERF_CHECK(!view.used || std::find(views_.begin(), views_.end(), view.view_idx) != views_.end());
  for (DecodedObject& object : objects_) object.views = InOrder(std::move(object.views), views_, scene_);
  if (field == nullptr) return;
  trainer_->StartFrom(*field);
  has_field_ = true;
}

size_t SegmentSession::IndexOf(const ObjectPrompt& object) const {
  const auto found = std::find_if(prompts_.objects.begin(), prompts_.objects.end(),
                                  [&](const ObjectPrompt& o) { return o.name == object.name; });
  return size_t(found - prompts_.objects.begin());
}

void SegmentSession::Enter(size_t index, const ObjectPrompt& prompt, DecodedObject decoded) {
  if (index == objects_.size()) {
    prompts_.objects.emplace_back();
    objects_.emplace_back();
  }
  prompts_.objects[index] = prompt;
  objects_[index] = std::move(decoded);
  if (std::find(fresh_.begin(), fresh_.end(), index) == fresh_.end()) fresh_.push_back(index);
  is_counted_ = false;
}

SegmentSession::NewSights SegmentSession::FindNewSights(const ObjectPrompt& object, const DecodedObject& before,
                                                        const std::vector<int>& views) {
  // Of the decisions only the points are needed, which costs no decoding.
  const std::vector<LiftedPoint> points = LiftPrompts(object, scene_, container_);
  const std::vector<ViewDecision> sights = FindPoints(object, points, Context(), views);
  const auto is_new = [&](const LiftedPoint& point) {
    return std::none_of(before.points.begin(), before.points.end(),
                        [&](const LiftedPoint& old) { return old.p_file == point.p_file && old.label == point.label; });
  };
  NewSights found;
  for (const ViewDecision& sight : sights) {
    bool sees_new = false;
    for (size_t p = 0; p < points.size(); ++p) {
      if (!is_new(points[p])) continue;
      sees_new |= IsVisible(sight.points[p]);
      if (points[p].source_view == sight.view_idx) found.clicked.insert(sight.view_idx);
    }
    if (sees_new) found.views.push_back(sight.view_idx);
  }
  return found;
}

void SegmentSession::KeepOtherViews(const DecodedObject& before, const std::vector<int>& seeing_new,
                                    DecodedObject* decoded) const {
  std::set<int> done;
  for (const ViewDecision& view : decoded->views) done.insert(view.view_idx);
  for (const ViewDecision& view : before.views) {
    if (done.count(view.view_idx) != 0) continue;
    decoded->views.push_back(view);
    if (view.used && std::find(seeing_new.begin(), seeing_new.end(), view.view_idx) != seeing_new.end()) {
      decoded->views.back().used = false;
      decoded->views.back().outcome = Outcome::kOutdated;
      decoded->views.back().reason = "its mask is older than a click that it sees";
    }
  }
  decoded->views = InOrder(std::move(decoded->views), views_, scene_);
}

const DecodedObject& SegmentSession::Decode(const ObjectPrompt& object) {
  const size_t index = IndexOf(object);
  const DecodedObject* previous = index < objects_.size() ? &objects_[index] : nullptr;
  DecodedObject decoded = DecodeMasks(object, Context(), asked_, previous);
  if (asked_.size() != views_.size()) {
    const DecodedObject before = previous != nullptr ? *previous : DecodedObject{};
    KeepOtherViews(before, previous != nullptr ? FindNewSights(object, before, views_).views : std::vector<int>(),
                   &decoded);
  }
  Enter(index, object, std::move(decoded));
  return objects_[index];
}

void SegmentSession::Refine(const ObjectPrompt& object, int max_views) {
  const size_t index = IndexOf(object);
  SANERF_CHECK_LT(index, objects_.size());
  const DecodedObject& before = objects_[index];
  const NewSights sights = FindNewSights(object, before, views_);
  std::set<int> chosen(sights.clicked);
  for (const int view : ThinnedViews(sights.views, max_views)) chosen.insert(view);
  DecodedObject decoded = DecodeMasks(object, Context(), {chosen.begin(), chosen.end()}, &before);
  KeepOtherViews(before, sights.views, &decoded);
  Enter(index, object, std::move(decoded));
}

void SegmentSession::Look() {
  if (fresh_.empty()) return;
  RefineRequest request{prompts_, fresh_, views_};
  request.asked = asked_;
  if (options_.segment.looks > 0 && options_.segment.same_candidate)
    ChooseCandidates(request, Context(), vote_.get(), &objects_);
  RefineMasks(request, Context(), options_.segment.looks, vote_.get(), &objects_);
  SharpenMasks();
  is_counted_ = false;
}

void SegmentSession::SharpenMasks() {
  if (options_.segment.sharp_outlines) SharpenOutlines(container_, &objects_);
}

void SegmentSession::CountVotes() {
  if (is_counted_) return;
  SharpenMasks();
  labels_ = LabelsByView(objects_, views_, container_);
  vote_->Count(labels_, int(objects_.size()) + 1);
  is_counted_ = true;
}

ObjectModel SegmentSession::Vote() {
  CountVotes();
  return ObjectModel::OfVote(vote_->Prior(), nerf_);
}

ObjectTrainer::Schedule SegmentSession::FirstFit() const { return {options_.object.iters, 1}; }
ObjectTrainer::Schedule SegmentSession::FurtherFit() const {
  return {options_.segment.further_iters, options_.segment.further_rate};
}

void SegmentSession::Fit(const ObjectTrainer::Schedule& schedule, const Job& job) {
  CountVotes();
  trainer_->SetMasks(labels_, int(objects_.size()) + 1, options_.segment.from_vote ? vote_->Prior() : nullptr);
  trainer_->Train(schedule, job);
  has_field_ = true;
  fresh_.clear();
}

}  // namespace sanerf
