#include "sanerf/mask_decoder/lift.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/mask_decoder/visibility.h"

namespace sanerf::mask_decoder {
namespace {

LiftedPoint LiftClick(const ClickPrompt& click, const scene::Scene& scene,
                      const feature_container::FeatureContainer& container, const Job& job) {
  const int view_idx = scene.FindView(click.view);
  const scene::View& view = scene.views[view_idx];
  CheckInside(click, view);

  const Camera camera = container.WorkingCamera(view_idx);
  LiftedPoint lifted;
  lifted.label = click.label;
  lifted.source_view = view_idx;
  lifted.source_name = view.name;
  lifted.source_px = WorkingPixel(PhotoPixel(click.xy), view.camera, camera);
  const auto depth = SurfaceDepth(container.Depth(view_idx, job), lifted.source_px);
  if (!depth) {
    const ImageF opacity = container.Opacity(view_idx, job);
    throw Error(fmt::format("{} hits no surface (opacity {:.2f})", Describe(click, view),
                            opacity.At(static_cast<int>(lifted.source_px.x()), static_cast<int>(lifted.source_px.y()))),
                "the radiance field is empty there, as at an outline or in a far background",
                click.label == 1 ? fmt::format("click away from the outline; what the field has there: sanerf render "
                                               "RUN --views {} --layers depth",
                                               ShellQuoted(view.name))
                                 : "leave this negative click out: empty space is never part of an object");
  }
  lifted.p_file = camera.Lift(lifted.source_px, *depth);
  return lifted;
}

// Two prompts that name one place: the same photo pixel, or the same point in space.
bool SamePlace(const LiftedPoint& a, const LiftedPoint& b, const scene::Scene& scene,
               const feature_container::FeatureContainer& container) {
  if (a.source_view >= 0 && a.source_view == b.source_view) {
    const double photo_per_working =
        static_cast<double>(scene.views[a.source_view].camera.width) / container.WorkingCamera(a.source_view).width;
    return (a.source_px - b.source_px).norm() * photo_per_working < 1;
  }
  return (a.p_file - b.p_file).norm() <= 1e-9 * (1 + a.p_file.norm());
}

}  // namespace

std::vector<LiftedPoint> LiftPrompts(const ObjectPrompt& object, const scene::Scene& scene,
                                     const feature_container::FeatureContainer& container, const Job& job) {
  std::vector<LiftedPoint> points;
  for (const PointPrompt& point : object.points) {
    LiftedPoint lifted;
    lifted.p_file = point.p;
    lifted.label = point.label;
    points.push_back(lifted);
  }
  for (const ClickPrompt& click : object.clicks) points.push_back(LiftClick(click, scene, container, job));

  for (size_t i = 0; i < points.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (points[i].label == points[j].label || !SamePlace(points[i], points[j], scene, container)) continue;
      const Vec3& p = points[i].p_file;
      throw Error(fmt::format("object '{}': one place is both positive and negative", object.name),
                  fmt::format("prompts {} and {} are at ({:.4g}, {:.4g}, {:.4g})", j + 1, i + 1, p.x(), p.y(), p.z()),
                  "remove one of the two");
    }
  }
  return points;
}

}  // namespace sanerf::mask_decoder
