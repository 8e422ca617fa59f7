#include "sanerf/export/mesh_formats.h"

#include <string>
#include <utility>

#include "sanerf/export/far_coordinates.h"
#include "sanerf/export/glb_writer.h"
#include "sanerf/export/html_writer.h"
#include "sanerf/export/mesh.h"
#include "sanerf/export/mesh_writers.h"
#include "sanerf/export/points.h"
#include "sanerf/export/voxels.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

// An object in its own field, as `render` shows it; the scene without one.
struct MeshSubject {
  std::string name;
  OwnField own;
  int label() const { return own.field != nullptr ? own.label : -1; }
};

std::vector<MeshSubject> SubjectsOf(const ExportInput& input) {
  std::vector<MeshSubject> subjects;
  for (size_t i = 0; i < input.names.size(); ++i) subjects.push_back({input.names[i], input.own[i]});
  if (subjects.empty()) subjects.push_back({"scene", {}});
  return subjects;
}

enum class Coordinates : uint8_t { kWhole, kWithoutOffset };

ExportedFile RowOf(const fs::path& path, int64_t count, const std::string& what, const Box& box,
                   Coordinates coordinates) {
  const Vec3 offset = coordinates == Coordinates::kWithoutOffset ? OffsetOf(box) : Vec3::Zero();
  ExportedFile row = Exported(path, count, what, FileFrameFrom(offset), kSceneUnits);
  row.box = Box{box.min - offset, box.max - offset};
  return row;
}

// write(mesh, path of the subject's name without an ending) returns the files, that with the faces first.
template <class F>
std::vector<ExportedFile> WriteMeshes(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                      Coordinates coordinates, const Job& job, const F& write) {
  std::vector<ExportedFile> rows;
  for (const MeshSubject& subject : SubjectsOf(input)) {
    Mesh mesh = ExtractMesh(input.nerf, subject.own.field, subject.label(), input.scene, options.mesh, job);
    mesh.name = subject.name;
    const std::vector<fs::path> files = write(mesh, folder / subject.name);
    const Box box = BoundsOf(mesh.positions);
    rows.push_back(RowOf(files.at(0), int64_t(mesh.faces.size()), "faces", box, coordinates));
    for (size_t i = 1; i < files.size(); ++i)
      rows.push_back(Exported(files[i], 1, "parts of it", kFileFrame, kSceneUnits));
  }
  return rows;
}

fs::path WithEnding(const fs::path& name, const char* ending) { return name.string() + ending; }

}  // namespace

std::vector<ExportedFile> WritePlyFormat(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                         const Job& job) {
  PointSet set = MakePoints(input.nerf, input.objects, input.labels, input.scene, options.cloud, job);
  set.names = NamedLabelsOf(input);
  const std::string name =
      input.names.size() == 1 ? input.names[0] : std::string(input.names.empty() ? "scene" : "objects");
  const fs::path path = WithEnding(folder / name, ".ply");
  WritePointSetPly(path, set);
  return {RowOf(path, int64_t(set.points.size()), "points", BoundsOf(set.points), Coordinates::kWhole)};
}

std::vector<ExportedFile> WriteGlbFormat(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                         const Job& job) {
  return WriteMeshes(input, options, folder, Coordinates::kWithoutOffset, job,
                     [](const Mesh& mesh, const fs::path& name) {
                       WriteGlb(WithEnding(name, ".glb"), mesh);
                       return std::vector<fs::path>{WithEnding(name, ".glb")};
                     });
}

std::vector<ExportedFile> WriteObjFormat(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                         const Job& job) {
  return WriteMeshes(input, options, folder, Coordinates::kWhole, job, [](const Mesh& mesh, const fs::path& name) {
    std::vector<fs::path> files = WriteObj(WithEnding(name, ".obj"), mesh);
    std::swap(files.front(), files.back());
    return files;
  });
}

std::vector<ExportedFile> WriteStlFormat(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                         const Job& job) {
  ExportOptions without_texture = options;  // triangles alone
  without_texture.mesh.texture = 0;
  return WriteMeshes(input, without_texture, folder, Coordinates::kWithoutOffset, job,
                     [](const Mesh& mesh, const fs::path& name) {
                       WriteStl(WithEnding(name, ".stl"), mesh);
                       return std::vector<fs::path>{WithEnding(name, ".stl")};
                     });
}

std::vector<ExportedFile> WriteHtmlFormat(const ExportInput& input, const ExportOptions& options,
                                          const fs::path& folder, const Job& job) {
  return WriteMeshes(input, options, folder, Coordinates::kWithoutOffset, job,
                     [](const Mesh& mesh, const fs::path& name) {
                       WriteHtml(WithEnding(name, ".html"), mesh);
                       return std::vector<fs::path>{WithEnding(name, ".html")};
                     });
}

std::vector<ExportedFile> WriteVoxelsFormat(const ExportInput& input, const ExportOptions& options,
                                            const fs::path& folder, const Job& job) {
  std::vector<ExportedFile> rows;
  for (const MeshSubject& subject : SubjectsOf(input)) {
    const VoxelGrid grid = MakeVoxels(input.nerf, subject.own.field, subject.label(), input.scene, options.voxels, job);
    const std::vector<fs::path> files = WriteVoxels(WithEnding(folder / subject.name, ".npy"), grid);
    const std::array<int, 3>& size = grid.place.size;
    const Box box{grid.place.origin, grid.place.At(size[0] - 1, size[1] - 1, size[2] - 1)};
    rows.push_back(RowOf(files[0], grid.place.num_corners(), "voxels", box, Coordinates::kWhole));
    rows.push_back(Exported(files[1], 1, "matrices", kFileFrame, kSceneUnits));
  }
  return rows;
}

}  // namespace sanerf::exports
