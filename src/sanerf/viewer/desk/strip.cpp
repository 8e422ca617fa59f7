#include "sanerf/viewer/desk/strip.h"

#include <vector>

#include "sanerf/feature_container/feature_container.h"

namespace sanerf::viewer {

using mask_decoder::PointState;
using mask_decoder::ViewDecision;
using mask_decoder::ViewUse;

namespace {

// What a user can do something about: for which reason a point is not seen does not matter here.
const char* StateName(PointState state) {
  switch (state) {
    case PointState::kVisible:
      return "visible";
    case PointState::kOccluded:
    case PointState::kFloating:
      return "hidden";
    case PointState::kOutside:
      return "outside";
    case PointState::kBehind:
      break;
  }
  return "behind";
}

Json Or(bool is_known, double value) { return is_known ? Json(value) : Json(nullptr); }

double AgreementIn(const ViewDecision& view, const AgreementOfView& agreement) {
  const auto found = agreement.find(view.view_idx);
  return view.agreement >= 0 || !view.used || found == agreement.end() ? view.agreement : found->second;
}

Json Row(const ViewDecision& view, ViewUse choice, const Camera& photo, const Camera& working, double agreement) {
  Json points = Json::array();
  for (const ViewDecision::Projected& point : view.points)
    points.push_back(
        {{"xy", {point.x * photo.width / working.width - 0.5, point.y * photo.height / working.height - 0.5}},
         {"label", point.label},
         {"state", StateName(point.state)}});
  const bool has_mask = view.candidate >= 0;
  return {{"idx", view.view_idx},
          {"used", view.used},
          {"outcome", mask_decoder::NameOf(view.outcome)},
          {"reason", view.reason},
          {"score", Or(has_mask, view.predicted_iou)},
          {"agreement", Or(agreement >= 0, agreement)},
          {"candidate", view.candidate},
          {"choice", mask_decoder::NameOf(choice)},
          {"points", points}};
}

// Where the object's clicks met something, as it was when they were decoded.
struct LiftedClick {
  int view_idx;
  Vec2 xy;  // as a click's
  Vec3 p;
};

std::vector<LiftedClick> LiftedClicks(const segmentation::EditedObject& object, const scene::Scene& scene) {
  std::vector<LiftedClick> clicks;
  if (!object.masks) return clicks;
  for (const mask_decoder::LiftedPoint& point : object.masks->points) {
    if (point.source_view < 0 || point.is_seed) continue;
    const auto px = scene.views[size_t(point.source_view)].camera.Project(point.p_file);
    if (px) clicks.push_back({point.source_view, *px - Vec2(0.5, 0.5), point.p_file});
  }
  return clicks;
}

Json PromptRow(const segmentation::PlacedPrompt& placed, const std::vector<LiftedClick>& lifted,
               const scene::Scene& scene) {
  Json row = {{"id", int64_t(placed.id)}};
  if (const auto* point = std::get_if<mask_decoder::PointPrompt>(&placed.prompt)) {
    row["kind"] = "point";
    row["p"] = {point->p.x(), point->p.y(), point->p.z()};
    row["label"] = point->label;
  } else if (const auto* click = std::get_if<mask_decoder::ClickPrompt>(&placed.prompt)) {
    row["kind"] = "click";
    row["view"] = scene.FindView(click->view);
    row["xy"] = {click->xy.x(), click->xy.y()};
    row["label"] = click->label;
    if (click->candidate >= 0) row["candidate"] = click->candidate;
    row["p"] = nullptr;
    // The same place in the same view is the same click.
    const int view_idx = row["view"];
    double nearest = 1;  // photo pixel, of rounding
    for (const LiftedClick& known : lifted) {
      if (known.view_idx != view_idx || (known.xy - click->xy).norm() >= nearest) continue;
      nearest = (known.xy - click->xy).norm();
      row["p"] = {known.p.x(), known.p.y(), known.p.z()};
    }
  } else if (const auto* box = std::get_if<mask_decoder::BoxPrompt>(&placed.prompt)) {
    row["kind"] = "box";
    row["view"] = scene.FindView(box->view);
    row["xyxy"] = {box->x0, box->y0, box->x1, box->y1};
  }
  return row;
}

}  // namespace

Json StripOf(const segmentation::EditedObject& object, const scene::Scene& scene, int size,
             const AgreementOfView& agreement) {
  Json rows = Json::array();
  for (const int view_idx : scene.TrainViews()) {
    ViewDecision decision;
    decision.view_idx = view_idx;
    decision.reason = "not decided yet";
    if (object.masks)
      for (const ViewDecision& view : object.masks->views)
        if (view.view_idx == view_idx) decision = view;
    const scene::View& view = scene.views[size_t(view_idx)];
    rows.push_back(Row(decision, object.UseOf(view.name), view.camera, feature_container::WorkingCamera(view, size),
                       AgreementIn(decision, agreement)));
  }
  return rows;
}

Json DescribeObject(const segmentation::EditedObject& object, const scene::Scene& scene, int num_views,
                    const AgreementOfView& agreement) {
  Json prompts = Json::array(), dropped = Json::array(), kept = Json::array();
  const std::vector<LiftedClick> lifted = LiftedClicks(object, scene);
  for (const segmentation::PlacedPrompt& placed : object.prompts) prompts.push_back(PromptRow(placed, lifted, scene));
  for (const auto& [view, use] : object.uses) {
    Json& views = use == ViewUse::kNever ? dropped : kept;
    views.push_back(scene.FindView(view));
  }
  int num_used = 0, num_compared = 0;
  double sum = 0;
  if (object.masks) {
    for (const ViewDecision& view : object.masks->views) {
      num_used += view.used;
      const double in_view = AgreementIn(view, agreement);
      if (!view.used || in_view < 0) continue;
      ++num_compared;
      sum += in_view;
    }
  }
  return {{"id", int64_t(object.id)},
          {"name", object.about.name},
          {"instance", object.about.instance},
          {"prompts", prompts},
          {"views_used", num_used},
          {"views_total", num_views},
          {"agreement", Or(num_compared > 0, num_compared > 0 ? sum / num_compared : 0)},
          {"dropped", dropped},
          {"kept", kept}};
}

}  // namespace sanerf::viewer
