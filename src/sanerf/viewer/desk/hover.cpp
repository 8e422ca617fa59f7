#include "sanerf/viewer/desk/hover.h"

#include <algorithm>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/segmentation/prompt_places.h"

namespace sanerf::viewer {

using mask_decoder::PointState;
using segmentation::MaskState;

namespace {

// What SAM would be shown beside a further click: the mask as it is.
ImageF LogitsOf(const ImageU8& mask) {
  ImageF logits(mask.width, mask.height, 1);
  std::transform(mask.data.begin(), mask.data.end(), logits.data.begin(),
                 [](uint8_t v) { return v != 0 ? mask_decoder::kCertainLogit : -mask_decoder::kCertainLogit; });
  return logits;
}

const mask_decoder::ViewDecision* DecisionIn(const segmentation::EditedObject& object, int view_idx) {
  if (!object.masks || object.state == MaskState::kWithdrawn) return nullptr;
  for (const mask_decoder::ViewDecision& view : object.masks->views)
    if (view.view_idx == view_idx) return &view;
  return nullptr;
}

std::string MaskPng(const ImageF& logits) {
  ImageU8 mask(logits.width, logits.height, 1);
  std::transform(logits.data.begin(), logits.data.end(), mask.data.begin(),
                 [](float v) { return v > 0 ? uint8_t{255} : uint8_t{0}; });
  return EncodePng(mask);
}

}  // namespace

HoverRequest ReadHover(const Json& request, const scene::Scene& scene) {
  const JsonCursor json(request, "hover");
  HoverRequest hover;
  hover.view = int(json["view"].IntegerIn(0, int64_t(scene.views.size()) - 1));
  hover.xy = {json["xy"][size_t{0}].Number(), json["xy"][1].Number()};
  hover.label = int(json.IntegerOr("label", 1));
  hover.size = int(json.Has("size") ? json["size"].IntegerIn(16, 4096) : 512);
  hover.object = segmentation::ObjectId(json.IntegerOr("object", 0));
  const mask_decoder::ClickPrompt click{scene.views[size_t(hover.view)].name, hover.xy, hover.label};
  segmentation::CheckPromptPlaces(segmentation::AsObject(click), scene);
  return hover;
}

Hover::Hover(const segmentation::SegmentationInput& input, const mask_decoder::MaskDecoderOptions& options)
    : input_(input), options_(options), sam_(input_.sam->Share()) {}

sam::SamPrompt Hover::PromptFor(const HoverRequest& request, const segmentation::EditedObject* object,
                                const Job& job) const {
  const scene::View& view = input_.scene->views[size_t(request.view)];
  const Camera working = input_.features->WorkingCamera(request.view);
  const auto place = [&](const Vec2& xy, int label) {
    const Vec2 px = mask_decoder::WorkingPixel(mask_decoder::PhotoPixel(xy), view.camera, working);
    return sam::SamPrompt::Point{float(px.x()), float(px.y()), label};
  };
  sam::SamPrompt prompt;
  if (object != nullptr) {
    const mask_decoder::ObjectPrompt said = object->AsPrompt();
    for (const mask_decoder::ClickPrompt& click : said.clicks)
      if (input_.scene->FindView(click.view) == request.view) prompt.points.push_back(place(click.xy, click.label));
    for (const mask_decoder::BoxPrompt& box : said.boxes)
      if (input_.scene->FindView(box.view) == request.view)
        prompt.box = mask_decoder::WorkingBox(box, view.camera, working);
    // Points in 3D and the clicks of other views, where this one sees them.
    if (const auto* decision = DecisionIn(*object, request.view)) {
      for (size_t p = 0; p < std::min(decision->points.size(), object->masks->points.size()); ++p) {
        const auto& point = decision->points[p];
        if (point.state != PointState::kVisible || object->masks->points[p].source_view == request.view) continue;
        prompt.points.push_back({float(point.x), float(point.y), point.label});
      }
      if (decision->used && object->state == MaskState::kRefined)
        prompt.mask_logits = sam_->FromImageFrame(LogitsOf(decision->mask));
    }
  }
  job.ThrowIfStopped("looking");
  prompt.points.push_back(place(request.xy, request.label));
  return prompt;
}

Json Hover::Ask(const HoverRequest& request, const segmentation::EditedObject* object, const Job& job) {
  const Stopwatch watch;
  const scene::View& view = input_.scene->views[size_t(request.view)];
  mask_decoder::CheckInside(mask_decoder::ClickPrompt{view.name, request.xy, request.label}, view);
  const std::lock_guard lock(mutex_);
  job.ThrowIfStopped("looking");
  if (view_ != request.view) {
    view_ = -1;
    sam_->SetFeatures(input_.features->Features(request.view, job));
    view_ = request.view;
  }
  const std::vector<sam::SamMask> candidates = sam_->Predict(PromptFor(request, object, job), true, job);
  const Camera shown = view.camera.ResizedToLongest(request.size);
  Json rows = Json::array();
  for (const sam::SamMask& mask : candidates)
    rows.push_back({{"candidate", mask.candidate},
                    {"score", mask.predicted_iou},
                    {"png", Base64(MaskPng(sam_->ToImageFrame(mask, shown.width, shown.height)))}});
  const sam::MaskRule rule = options_.rule == mask_decoder::RuleChoice::kHighestIou
                                 ? sam::MaskRule::kHighestPredictedIou
                             : options_.rule == mask_decoder::RuleChoice::kSingle ? sam::MaskRule::kSingleMask
                                                                                  : sam_->default_rule();
  const sam::SamMask& best = sam::ChooseMask(candidates, rule);
  return {{"seconds", watch.seconds()}, {"candidates", rows}, {"best", &best - candidates.data()}};
}

}  // namespace sanerf::viewer
