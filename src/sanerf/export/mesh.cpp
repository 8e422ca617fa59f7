#include "sanerf/export/mesh.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/fuse_views.h"
#include "sanerf/export/isosurface.h"
#include "sanerf/export/mesh_normals.h"
#include "sanerf/export/mesh_parts.h"
#include "sanerf/export/simplify_mesh.h"
#include "sanerf/export/texture_bake.h"

namespace sanerf::exports {
namespace {

constexpr size_t kVerticesAtOnce = 1 << 16;

// Between the surface and the depth of a view that sees it: what the grid and the views' disagreement make.
double SeenTolerance(const GridPlace& place) { return 2 * kBand * place.spacing; }

[[noreturn]] void FailWithoutSurface(int label) {
  if (label < 0)
    throw Error("there is no surface to make a mesh of", "no photo shows anything in the middle of the scene",
                "look at what the field shows: sanerf render RUN --layers rgb,depth");
  throw Error("there is no surface to make a mesh of", fmt::format("no photo shows object {}", label),
              "look at its masks: sanerf render RUN --layers mask");
}

std::vector<float> ProbabilitiesOf(const mask_aggregator::ObjectModel& objects, int label,
                                   const std::vector<Vec3>& points, const Job& job) {
  const size_t num_labels = size_t(objects.num_labels());
  std::vector<float> probabilities;
  probabilities.reserve(points.size());
  for (size_t begin = 0; begin < points.size(); begin += kVerticesAtOnce) {
    const size_t count = std::min(kVerticesAtOnce, points.size() - begin);
    const std::vector<float> all = objects.ProbabilitiesAt(std::span(points).subspan(begin, count), job);
    for (size_t i = 0; i < count; ++i) probabilities.push_back(all[i * num_labels + size_t(label)]);
  }
  return probabilities;
}

GridPlace PlaceFor(const std::vector<SurfaceView>& views, const MeshOptions& options) {
  return PlaceGrid(BoxOfSubject(views), options.resolution);
}

Mesh SurfaceOfViews(const std::vector<SurfaceView>& views, const GridPlace& place, const MeshOptions& options,
                    const Job& job) {
  // The grid; of its surface some vertices and faces per corner that it passes, with what finds them again.
  CheckMemory(fmt::format("a grid of {}x{}x{} corners", place.size[0], place.size[1], place.size[2]),
              1.5 * sizeof(float) * double(place.num_corners()), "make it coarser: --set mesh.resolution=192", job);
  const ThreadLimit threads(job.num_threads());
  Surface surface = Isosurface(FuseViews(views, place, job), Cells::kAll);
  job.ThrowIfStopped("the mesh");
  surface = KeepSeenParts(surface, views, SeenTolerance(place), options.keep);
  if (surface.faces.empty()) return {};
  surface = Simplified(surface, options.faces, job);
  Mesh mesh;
  mesh.positions = std::move(surface.positions);
  mesh.faces = std::move(surface.faces);
  return mesh;
}

}  // namespace

Mesh MeshOfViews(const std::vector<SurfaceView>& views, const MeshOptions& options, const Job& job) {
  return SurfaceOfViews(views, PlaceFor(views, options), options, job);
}

Mesh ExtractMesh(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, int label,
                 const scene::Scene& scene, const MeshOptions& options, const Job& job) {
  CheckOptions(options, "mesh");
  SANERF_CHECK(label < 0 || (objects != nullptr && label < objects->num_labels()));
  const std::vector<SurfaceView> views = RenderSurfaceViews(
      nerf, objects, label, scene, {.num_views = options.views, .longest_side = options.view_size}, job);
  if (views.empty()) FailWithoutSurface(label);
  const GridPlace place = PlaceFor(views, options);
  Mesh mesh = SurfaceOfViews(views, place, options, job);
  if (mesh.faces.empty()) FailWithoutSurface(label);

  mesh.label = label;
  mesh.upright_from_file = nerf.model_from_file().rotation;
  mesh.normals = BlendedNormals(DensityNormals(nerf, mesh.positions, place.spacing, job),
                                VertexNormals(mesh.positions, mesh.faces));
  mesh.probabilities = label >= 0 ? ProbabilitiesOf(*objects, label, mesh.positions, job)
                                  : std::vector<float>(mesh.positions.size(), 1.0f);
  ColorMesh(views, scene, SeenTolerance(place), options.texture, &mesh, job);
  return mesh;
}

}  // namespace sanerf::exports
