#include "sanerf/export/coco.h"

#include <fmt/format.h>

#include "sanerf/core/json.h"
#include "sanerf/core/orientation.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/coco_rle.h"
#include "sanerf/export/object_masks.h"
#include "sanerf/export/photo_files.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// image, object: numbers from 1 on.
Json AnnotationOf(const ImageU8& mask, int64_t id, int64_t image, int64_t object) {
  const std::vector<uint32_t> runs = RunsOf(mask);
  int64_t area = 0;
  for (size_t i = 1; i < runs.size(); i += 2) area += runs[i];
  const CocoBox box = CocoBoxOf(mask);
  return {{"id", id},
          {"image_id", image},
          {"category_id", object},
          {"segmentation", {{"size", {mask.height, mask.width}}, {"counts", TextOfRuns(runs)}}},
          {"area", area},
          {"bbox", {box.x, box.y, box.width, box.height}},
          {"iscrowd", 0}};
}

}  // namespace

std::vector<ExportedFile> WriteCoco(const ExportInput& input, const ExportOptions& all, const fs::path& folder,
                                    const Job& job) {
  const PhotoOptions& options = all.photos;
  const std::vector<int> views = ViewsFor(options, input.scene);
  Json images = Json::array(), annotations = Json::array(), categories = Json::array();
  for (size_t object = 0; object < input.names.size(); ++object)
    categories.push_back({{"id", object + 1}, {"name", input.names[object]}, {"supercategory", "object"}});
  ObjectMasks masks(input, views, options.longest_side, job);
  Task task(job, "masks", int64_t(views.size()), "photos");
  for (size_t i = 0; i < views.size(); ++i) {
    job.ThrowIfStopped("writing masks");
    const scene::View& view = input.scene.views[size_t(views[i])];
    const MasksOfView shown = masks.Of(view, /*with_probabilities=*/false, job);
    const bool lies = options.lying == Lying::kStored && LiesOnItsSide(view.orientation);
    images.push_back({{"id", i + 1},
                      {"file_name", view.name},
                      {"width", lies ? view.camera.height : view.camera.width},
                      {"height", lies ? view.camera.width : view.camera.height}});
    for (size_t object = 0; object < input.names.size(); ++object) {
      int orientation = 1;
      const ImageU8 mask = LaidAs(options.lying, shown.masks[object], view, &orientation);
      Json annotation = AnnotationOf(mask, int64_t(annotations.size()) + 1, int64_t(i) + 1, int64_t(object) + 1);
      if (annotation.at("area") != 0) annotations.push_back(std::move(annotation));
    }
    task.Update(int64_t(i) + 1);
  }
  masks.CheckNotEmpty(job);
  task.Finish();
  const int64_t count = int64_t(annotations.size());
  const Json info = {{"description", fmt::format("objects in the photos of {}", input.scene.root.string())},
                     {"version", VersionString()},
                     {"contributor", "sanerf"}};
  const fs::path path = folder / "annotations.json";
  WriteJsonFile(path, {{"info", info},
                       {"licenses", Json::array()},
                       {"images", std::move(images)},
                       {"annotations", std::move(annotations)},
                       {"categories", std::move(categories)}});
  return {Exported(path, count, "masks", kPhotoPixels, kPixelUnits)};
}

}  // namespace sanerf::exports
