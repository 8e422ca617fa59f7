#include "sanerf/viewer/workspace_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/edit_request.h"

namespace sanerf::viewer {

using segmentation::ObjectId;

namespace {

constexpr int kCloudPoints = 300'000;
constexpr int kLargestPicture = 4096;

int CheckedSize(int size) {
  if (size < 1 || size > kLargestPicture)
    throw UsageError(fmt::format("size {}", size), fmt::format("expected 1 to {}", kLargestPicture));
  return size;
}

std::string MaskPicture(const ImageU8& mask, const scene::View& view, int size) {
  const Camera camera = view.camera.ResizedToLongest(size);
  return EncodePng(ResizeNearest(mask, camera.width, camera.height));
}

}  // namespace

WorkspacePictures::WorkspacePictures(Workbench& bench)
    : bench_(bench), cloud_(bench.scene(), kCloudPoints), photos_(bench.scene()) {}

Job WorkspacePictures::JobFor(StopToken stop) const { return Job().With(std::move(stop)).With(bench_.closing()); }

std::string WorkspacePictures::Photo(int view, int size, StopToken stop) {
  ViewAt(bench_.scene(), view);
  return photos_.Jpeg(view, CheckedSize(size), std::move(stop));
}

std::string WorkspacePictures::Mask(int64_t object, int view, int size) const {
  CheckedSize(size);
  const segmentation::EditedObject known = bench_.desk().Object(ObjectId(object));
  if (known.masks) {
    for (const mask_decoder::ViewDecision& decision : known.masks->views) {
      if (decision.view_idx != view || decision.mask.empty()) continue;
      return MaskPicture(decision.mask, bench_.scene().views[size_t(view)], size);
    }
  }
  throw NotFound(fmt::format("{} has no mask in view {}", known.about.name, view));
}

std::string WorkspacePictures::Truth(int64_t object, int view, int size) {
  CheckedSize(size);
  const scene::View& of_view = ViewAt(bench_.scene(), view);
  const std::optional<int> instance = instances_.Of(bench_.desk().Object(ObjectId(object)), bench_.scene());
  const std::optional<ImageU8> mask = instance ? eval::TruthMask(of_view, *instance) : std::nullopt;
  if (!mask) throw NotFound("there is no ground truth for this object in " + of_view.name);
  return MaskPicture(*mask, of_view, size);
}

std::string WorkspacePictures::Cloud(StopToken stop) {
  const std::shared_ptr<const nerf::NerfModel> model = bench_.field().model();
  if (!model) throw NotNow("there are no points yet", "the scene is not trained", "start the training");
  return cloud_.Bytes(model, JobFor(std::move(stop)));
}

std::string WorkspacePictures::CloudLabels(int64_t cloud, StopToken stop) {
  const std::shared_ptr<const Answer> answer = bench_.desk().answer();
  const mask_aggregator::ObjectModel* objects = answer->snapshot.model ? &*answer->snapshot.model : nullptr;
  return cloud_.Labels(cloud, answer->revision, objects, JobFor(std::move(stop)));
}

FrameRequest WorkspacePictures::ReadFrame(const Json& request, const Answer& answer) const {
  const JsonCursor json(request, "frame");
  FrameRequest frame;
  frame.layer = ParseFrameLayer(json.StringOr("layer", "rgb"));
  if (json.Has("view")) {
    const scene::View& view = ViewAt(bench_.scene(), json["view"].Integer());
    frame.camera = view.camera.ResizedToLongest(CheckedSize(int(json.IntegerOr("size", 800))));
  } else {
    frame.camera = CameraFromJson(json["camera"]);
    CheckedSize(std::max(frame.camera.width, frame.camera.height));
  }
  if (json.IntegerOr("object", 0) != 0) {
    const ObjectId id = ObjectId(json["object"].Integer());
    bench_.desk().Object(id);
    frame.label = answer.LabelOf(id);
    const bool is_of_one =
        frame.layer == FrameLayer::kMask || frame.layer == FrameLayer::kCutout || frame.layer == FrameLayer::kWithout;
    if (frame.label < 0 && is_of_one) throw NotNow("this object has no answer yet", "", "wait for it");
  }
  if (ShowsObject(frame.layer) && !answer.snapshot.model)
    throw NotNow("this layer shows an object, and there is none yet", "", "click a thing first");
  return frame;
}

void WorkspacePictures::Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record,
                              StopToken stop) {
  const std::shared_ptr<const Answer> answer = bench_.desk().answer();
  const FrameRequest frame = AsUsage([&] { return ReadFrame(request, *answer); });
  FrameScene shown;
  shown.nerf = bench_.field().model();
  if (!shown.nerf) throw NotNow("there is no picture yet", "the scene is not trained", "start the training");
  if (answer->snapshot.model)
    shown.objects = std::shared_ptr<const mask_aggregator::ObjectModel>(answer, &*answer->snapshot.model);
  shown.color_of_label = bench_.desk().ColorOfLabel(*answer);
  const Workbench::Drawing drawing(bench_);
  const Job job = JobFor(std::move(stop));
  const bool is_training = bench_.field().phase() == LiveField::Phase::kTraining;
  RenderFrame(shown, frame, on_record, is_training ? BesideTraining(job) : job);
}

}  // namespace sanerf::viewer
