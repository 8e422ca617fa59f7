#include "sanerf/pipeline/photo_masks_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/temporary.h"
#include "sanerf/core/units.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/mask_files.h"
#include "sanerf/segmentation/refine/photo_mask.h"

namespace fs = std::filesystem;

namespace sanerf::pipeline {
namespace {

using mask_decoder::ViewDecision;

std::string MaskFile(const std::string& view) { return scene::FlatName(view) + ".png"; }

// An object on its way: what is known of it, and the folder that is being filled.
struct ObjectInPhotos {
  run::StoredObject stored;
  std::shared_ptr<const mask_aggregator::ObjectModel> field;
  std::map<int, ViewDecision> decisions;  // used ones, by view, without their masks
  std::unique_ptr<TemporaryFolder> folder;
  int num_empty = 0;
};

std::vector<run::StoredObject> ChosenObjects(const std::vector<std::string>& names, run::OpenRun* run, const Job& job) {
  std::vector<run::StoredObject> objects;
  for (const std::string& name : names) objects.push_back(run::FindObject(run->folder(), name, run->nerf(job)));
  if (names.empty()) objects = run::ListObjects(run->folder());
  if (objects.empty())
    throw UsageError("there is no object yet", "",
                     fmt::format("segment one first: sanerf segment {} --name OBJECT --click VIEW:X,Y",
                                 ShellQuoted(run->folder().path().string())));
  for (const run::StoredObject& object : objects) run::CheckIsOf(run->nerf(job), object, run->folder());
  return objects;
}

std::vector<ObjectInPhotos> OpenObjects(const std::vector<run::StoredObject>& stored, run::OpenRun* run,
                                        const Job& job) {
  std::map<std::string, std::shared_ptr<const mask_aggregator::ObjectModel>> fields;  // shared ones once
  std::vector<ObjectInPhotos> objects;
  for (const run::StoredObject& of_store : stored) {
    ObjectInPhotos object;
    object.stored = of_store;
    std::shared_ptr<const mask_aggregator::ObjectModel>& field = fields[of_store.field_id];
    if (!field)
      field = std::make_shared<const mask_aggregator::ObjectModel>(
          mask_aggregator::ObjectModel::Load(of_store.checkpoint(), run->nerf(job)));
    object.field = field;
    mask_decoder::DecodedObject decoded = mask_decoder::ReadDecoded(of_store.folder / "views.json", run->scene());
    for (ViewDecision& view : decoded.views)
      if (view.used) object.decisions[view.view_idx] = std::move(view);
    object.folder = std::make_unique<TemporaryFolder>(of_store.folder / kPhotoMasks);
    objects.push_back(std::move(object));
  }
  return objects;
}

segmentation::PhotoMaskEvidence EvidenceOf(const ObjectInPhotos& object, int view_idx, const Camera& camera,
                                           double weight_of_decoded, const Job& job) {
  segmentation::PhotoMaskEvidence evidence;
  const int label = object.stored.label;
  evidence.field = segmentation::FieldEvidence(object.field->Render(camera, label, job), label);
  const auto decision = object.decisions.find(view_idx);
  if (decision == object.decisions.end() || weight_of_decoded == 0) return evidence;
  const fs::path path = object.stored.folder / "masks" / MaskFile(decision->second.view);
  evidence.decoded = ReadImage(path);
  if (evidence.decoded.channels != 1)
    throw Error(path.string(), fmt::format("a mask is gray, this picture has {} channels", evidence.decoded.channels),
                "save it as a gray picture, or --set segment.decoded_in_photos=0");
  evidence.trust =
      weight_of_decoded * segmentation::TrustInDecoded(decision->second.agreement, evidence.field, evidence.decoded);
  return evidence;
}

// The photo is read with its transparency, laid on white, and cut into tiles.
void CheckPhotoMemory(const scene::Scene& scene, const Job& job) {
  constexpr double kPhoto = 3 + (4 + 4 + 3) * sizeof(float);  // bytes per pixel, as read and as it is laid on white
  double most = 0;
  int width = 0, height = 0;
  for (const scene::View& view : scene.views) {
    const double bytes = kPhoto * view.camera.width * view.camera.height +
                         segmentation::PhotoMaskBytes(view.camera.width, view.camera.height, NumThreads());
    if (bytes <= most) continue;
    most = bytes;
    width = view.camera.width;
    height = view.camera.height;
  }
  CheckMemory(fmt::format("the masks of a photo of {}x{} pixels", width, height), most,
              "take fewer threads: --threads 1", job);
}

}  // namespace

PhotoMasksResult WritePhotoMasks(const std::vector<std::string>& names, const Settings& settings, run::OpenRun* run,
                                 const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(settings.segment, "segment");
  CheckOptions(settings.encode, "encode");
  const Stopwatch watch;
  const scene::Scene& scene = run->scene();
  CheckPhotoMemory(scene, job);
  std::vector<ObjectInPhotos> objects = OpenObjects(ChosenObjects(names, run, job), run, job);
  PhotoMasksResult result;
  Task task(job, "masks of the photos", int64_t(scene.views.size()), "photos");
  for (size_t v = 0; v < scene.views.size(); ++v) {
    job.ThrowIfStopped("the masks of the photos");
    const scene::View& view = scene.views[v];
    const float white[3] = {1, 1, 1};
    const ImageF photo = CompositeOver(scene::LoadViewImage(view), white);
    const Camera camera = feature_container::WorkingCamera(view, settings.encode.size);
    for (ObjectInPhotos& object : objects) {
      const ImageU8 mask = segmentation::PhotoMask(
          photo, EvidenceOf(object, int(v), camera, double(settings.segment.decoded_in_photos), job), job);
      object.num_empty += std::none_of(mask.data.begin(), mask.data.end(), [](uint8_t value) { return value != 0; });
      WritePng(object.folder->path() / MaskFile(view.name), mask);
    }
    task.Update(++result.num_photos);
  }
  for (ObjectInPhotos& object : objects) {
    object.folder->MoveIntoPlace();
    result.objects.push_back({object.stored.name, object.stored.folder / kPhotoMasks, object.num_empty});
    job.Saved(result.objects.back().folder.string());
  }
  result.seconds = watch.seconds();
  task.Finish(FormatDuration(result.seconds / std::max(1, result.num_photos)) + " per photo");
  return result;
}

}  // namespace sanerf::pipeline
