#include "sanerf/experiments/eval/object_figures.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/quantiles.h"
#include "sanerf/experiments/crop.h"
#include "sanerf/experiments/eval/prompt_marks.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/export/layers.h"
#include "sanerf/export/matting.h"
#include "sanerf/mask_decoder/mask_check.h"
#include "sanerf/scene/choose_views.h"

namespace sanerf::experiments {
namespace {

constexpr size_t kMostPromptedViews = 3;
constexpr int kFrames = 12, kMostFrameSize = 180;  // together they cost what two or three views do
constexpr int kLookSize = 48, kLookViews = 8;      // of those in which the object is looked for, on all its sides
constexpr float kDim = 0.2f;                       // what is not the object, around it
constexpr double kFill = 0.42;                     // the object's radius as a share of the frame
constexpr double kOutermost = 0.9;                 // of its pixels are within the radius

// Where the object is, from the depth of its pixels.
struct Place {
  Vec3 center = Vec3::Zero();
  double radius = 0;
};
std::optional<Place> PlaceOf(const FiguredObject& object, const Job& job) {
  std::vector<int> views(object.scene.views.size());
  std::iota(views.begin(), views.end(), 0);
  std::vector<Vec3> points;
  for (const int view_idx : scene::ThinnedViews(views, kLookViews)) {
    const Camera camera = object.scene.views[size_t(view_idx)].camera.ResizedToLongest(kLookSize);
    const ObjectView seen = RenderObject(object, camera, job);
    for (int y = 0; y < camera.height; ++y)
      for (int x = 0; x < camera.width; ++x)
        if (const float depth = seen.radiance.depth.At(x, y); seen.mask.At(x, y) != 0 && depth > 0)
          points.push_back(camera.Lift({x + 0.5, y + 0.5}, double(depth)));
  }
  if (points.empty()) return std::nullopt;
  Place place;
  std::vector<double> values(points.size());
  for (long axis = 0; axis < 3; ++axis) {
    std::transform(points.begin(), points.end(), values.begin(), [&](const Vec3& p) { return p[axis]; });
    place.center[axis] = Quantile(values, 0.5);
  }
  std::transform(points.begin(), points.end(), values.begin(),
                 [&](const Vec3& p) { return (p - place.center).norm(); });
  place.radius = Quantile(values, kOutermost);
  return place;
}

// The camera turned to the place, which fills its picture.
Camera Aimed(Camera camera, const Place& place) {
  const Vec3 to_place = place.center - camera.center();
  const Vec3 forward = -camera.world_from_cam.rotation.col(2);
  camera.world_from_cam.rotation =
      Eigen::Quaterniond::FromTwoVectors(forward, to_place).toRotationMatrix() * camera.world_from_cam.rotation;
  const int size = std::min(kMostFrameSize, std::max(camera.width, camera.height));  // fields know what the photos show
  camera.lens = Lens();
  camera.width = camera.height = size;
  camera.cx = camera.cy = 0.5 * size;
  const double distance = to_place.norm();
  camera.fx = camera.fy = kFill * size * distance / std::max(place.radius, 0.02 * distance);
  return camera;
}

}  // namespace

ObjectView RenderObject(const FiguredObject& object, const Camera& camera, const Job& job) {
  ObjectView seen;
  seen.camera = camera;
  seen.labels = object.field.Render(camera, -1, &seen.radiance, job).labels;
  seen.mask = MaskOfLabel(seen.labels, object.label);
  return seen;
}

const ObjectView* LargestOf(const std::vector<ObjectView>& views) {
  const auto size = [](const ObjectView& view) { return mask_decoder::CountNonZero(view.mask); };
  const auto largest = std::max_element(views.begin(), views.end(),
                                        [&](const auto& one, const auto& other) { return size(one) < size(other); });
  return largest == views.end() || size(*largest) == 0 ? nullptr : &*largest;
}

std::vector<ReportFigure> FiguresOf(const FiguredObject& object, const std::vector<ObjectView>& views, int size,
                                    const Job& job) {
  std::vector<ReportFigure> figures;
  for (const int view_idx : ViewsOfPrompts(object.prompt, object.scene, kMostPromptedViews)) {
    const scene::View& view = object.scene.views[size_t(view_idx)];
    const Camera camera = PictureCamera(view, size);
    ImageU8 photo =
        ToU8(CompositeOver(scene::LoadViewImage(view, camera.width, camera.height), object.nerf.background()));
    DrawPrompts(object.prompt, object.scene, view_idx, &photo);
    figures.push_back({"prompts in " + view.name, {std::move(photo)}});
  }
  if (const ObjectView* largest = LargestOf(views)) {
    const exports::Matte matte = exports::MatteOf(
        largest->radiance.rgb, object.field.Coverage(largest->camera, largest->labels, object.label, job), job);
    const ImageU8 cutout = Cut(exports::Cutout(matte.foreground, matte.alpha), CropAround(largest->mask));
    figures.push_back({"cut out", {cutout, /*is_photo=*/false}});
  }
  return figures;
}

Camera PictureCamera(const scene::View& view, int size) {
  return view.camera.ResizedToLongest(std::min(size, std::max(view.camera.width, view.camera.height)));
}

std::vector<ReportPicture> TurntableOf(const FiguredObject& object, const Job& job) {
  const std::optional<Place> place = PlaceOf(object, job);
  if (!place) return {};
  std::vector<ReportPicture> frames;
  for (const exports::NamedCamera& orbit : exports::OrbitCameras(object.scene, kFrames)) {
    job.ThrowIfStopped("the report");
    const Camera camera = Aimed(orbit.camera, *place);
    ObjectView seen = RenderObject(object, camera, job);
    ImageF& rgb = seen.radiance.rgb;
    for (size_t i = 0; i < seen.mask.data.size(); ++i)
      for (size_t c = 0; c < 3 && seen.mask.data[i] == 0; ++c) rgb.data[3 * i + c] *= kDim;
    frames.push_back({ToU8(rgb)});
  }
  return frames;
}

}  // namespace sanerf::experiments
