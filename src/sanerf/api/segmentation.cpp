#include "sanerf/api/segmentation.h"

#include <fmt/format.h>

#include "sanerf/api/camera_access.h"
#include "sanerf/api/library_access.h"
#include "sanerf/core/camera.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"
#include "sanerf/segmentation/label_views.h"

namespace sanerf::api {
namespace {

void CheckLabels(const ImageU8& labels, const std::string& view, size_t num_objects) {
  using mask_aggregator::kIgnoreLabel;
  if (labels.channels != 1)
    throw UsageError(fmt::format("the labels of {} have {} channels", view, labels.channels),
                     "they are one value for each pixel");
  for (const uint8_t label : labels.data)
    if (label > num_objects && label != kIgnoreLabel)
      throw UsageError(fmt::format("label {} in the labels of {}", label, view),
                       fmt::format("the objects have 1 to {}", num_objects),
                       fmt::format("0 is none of them, {} is not known", kIgnoreLabel));
}

// The camera of a label image of the view, which may be smaller than the photo.
sanerf::Camera CameraOf(const scene::View& view, const ImageU8& labels) {
  return view.camera.Resized(labels.width, labels.height);
}

}  // namespace

EncodedViews::EncodedViews(std::shared_ptr<const feature_container::FeatureContainer> features,
                           std::shared_ptr<const sam::Sam> sam)
    : features_(std::move(features)), sam_(std::move(sam)) {}

EncodedViews EncodedViews::Encode(const Scene& scene, const RadianceField& field, const std::filesystem::path& folder,
                                  const Options& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const feature_container::EncodeOptions& encode = LibraryAccess::SettingsOf(options).encode;
  const scene::Scene& photos = *LibraryAccess::SceneOf(scene);
  std::shared_ptr<const sam::Sam> sam = sam::LoadSam(encode.model, job);
  std::shared_ptr<const feature_container::FeatureContainer> features = feature_container::OpenFeatures(
      folder, {photos, LibraryAccess::ModelOf(field), *sam, encode}, scene.train_views(), job);
  return EncodedViews(std::move(features), std::move(sam));
}

Objects::Objects(std::shared_ptr<const mask_aggregator::ObjectModel> model, std::vector<std::string> names)
    : model_(std::move(model)), names_(std::move(names)) {}

const std::string& Objects::name(int object) const {
  if (object < 0 || object >= size())
    throw UsageError(fmt::format("there is no object {}", object), fmt::format("there are {}, from 0 on", size()));
  return names_[size_t(object)];
}

ImageU8 Objects::Mask(const Camera& camera, int object, const Job& job) const {
  name(object);  // throws when there is none
  return MaskOfLabel(Labels(camera, job), object + 1);
}

ImageU8 Objects::Labels(const Camera& camera, const Job& job) const {
  return model_->Render(ToCamera(camera), job).labels;
}

ImageF Objects::Probability(const Camera& camera, int object, const Job& job) const {
  name(object);
  return model_->Render(ToCamera(camera), object + 1, job).probability;
}

void Objects::Save(const std::filesystem::path& checkpoint) const {
  if (model_->is_vote())
    throw UsageError(checkpoint.string() + ": there is no object field to save", "these objects are the masks' vote",
                     "fit one: Session::Step");
  model_->Save(checkpoint);
}

Objects Objects::Load(const std::filesystem::path& checkpoint, const RadianceField& field,
                      std::vector<std::string> names) {
  auto model = std::make_shared<const mask_aggregator::ObjectModel>(
      mask_aggregator::ObjectModel::Load(checkpoint, LibraryAccess::ModelOf(field)));
  if (model->num_labels() != int(names.size()) + 1)
    throw UsageError(checkpoint.string() + " holds " + std::to_string(model->num_labels() - 1) + " objects",
                     std::to_string(names.size()) + " names were given");
  return Objects(std::move(model), std::move(names));
}

Objects FitMasks(const Scene& scene, const RadianceField& field, MaskSource& source, const Options& options,
                 const Job& job) {
  const ThreadLimit limit(job.num_threads());
  std::vector<std::string> names = source.names();
  segmentation::CheckObjectCount(names.size());
  const nerf::NerfModel& nerf = LibraryAccess::ModelOf(field);
  const pipeline::Settings& settings = LibraryAccess::SettingsOf(options);
  std::vector<mask_aggregator::LabelView> views;
  std::vector<sanerf::Camera> cameras;
  std::vector<ImageU8> labels;
  for (const int view : scene.train_views()) {
    job.ThrowIfStopped("fitting masks");
    ImageU8 image = source.Labels(view, scene.Photo(view));
    if (image.empty()) continue;
    CheckLabels(image, scene.name(view), names.size());
    cameras.push_back(CameraOf(LibraryAccess::SceneOf(scene)->views[size_t(view)], image));
    views.push_back({cameras.back(), image});
    labels.push_back(std::move(image));
  }
  if (views.empty()) throw Error("no view has a mask");
  const int num_labels = int(names.size()) + 1;
  std::shared_ptr<const mask_aggregator::LabelPrior> prior;
  if (settings.segment.from_vote) {
    mask_aggregator::LabelVote vote(nerf, cameras, mask_aggregator::VoteOptions(), job);
    vote.Count(labels, num_labels);
    prior = vote.Prior();
  }
  return LibraryAccess::Make<Objects>(
      std::make_shared<const mask_aggregator::ObjectModel>(
          mask_aggregator::TrainObjectModel(nerf, views, num_labels, settings.object, prior, job)),
      std::move(names));
}

}  // namespace sanerf::api
