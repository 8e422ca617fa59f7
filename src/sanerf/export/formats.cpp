#include "sanerf/export/formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/export/background.h"
#include "sanerf/export/coco.h"
#include "sanerf/export/colmap_set.h"
#include "sanerf/export/cutouts.h"
#include "sanerf/export/mask_pictures.h"
#include "sanerf/export/mesh_formats.h"
#include "sanerf/export/nerfstudio_set.h"
#include "sanerf/export/splat_format.h"
#include "sanerf/export/video.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

std::vector<ExportedFile> WritePrompts(const ExportInput& input, const ExportOptions&, const fs::path& folder,
                                       const Job&) {
  const fs::path path = folder / "prompts.json";
  WriteFileAtomic(path, input.prompts);
  return {Exported(path, int64_t(input.names.size()), "objects", kFileFrame, kSceneUnits)};
}

}  // namespace

const std::vector<ExportFormat>& ExportFormats() {
  static const std::vector<ExportFormat> formats = {
      {"masks",
       "Masks of the photos",
       "black and white PNG, one per photo, of its size and name",
       Needs::kObject,
       {},
       {"export.views", "export.longest_side", "export.lying", "export.labels", "export.arrays"},
       WriteMaskPictures},
      {"coco",
       "COCO annotations",
       "a JSON file of all masks as COCO's tools read it (RLE, boxes, areas)",
       Needs::kObject,
       {".json"},
       {"export.views", "export.longest_side", "export.lying"},
       WriteCoco},
      {"nerfstudio",
       "Data set for nerfstudio",
       "transforms.json with the photos and a mask for each",
       Needs::kObject,
       {},
       {"export.views", "export.longest_side", "export.keep", "export.photos", "export.points"},
       WriteNerfstudioSet},
      {"colmap",
       "Data set for COLMAP",
       "a COLMAP model with the photos and a mask for each; splat trainers read it too",
       Needs::kObject,
       {},
       {"export.views", "export.longest_side", "export.keep", "export.photos", "export.points"},
       WriteColmapSet},
      {"cutout",
       "Cut-outs of the photos",
       "the photos' own pixels of the object, the rest transparent (RGBA PNG)",
       Needs::kObject,
       {},
       {"export.views", "export.longest_side", "export.hard_edge"},
       WriteCutouts},
      {"background",
       "Without the object",
       "the scene without the object, transparent where no photo saw what is behind it",
       Needs::kObject,
       {},
       {"export.views", "export.longest_side"},
       WriteBackgrounds},
      {"splat",
       "3D Gaussians",
       "Gaussian splats as SuperSplat, Brush, LichtFeld Studio and Blender open them (PLY), and for the web (.splat)",
       Needs::kNothing,
       {".ply", ".splat"},
       {"export.keep", "splats.count", "splats.steps", "splats.views", "splats.resolution", "splats.color_degree",
        "splats.error", "splats.ssim", "splats.rate", "splats.seed"},
       WriteSplats},
      {"ply",
       "Colored points",
       "points on surfaces with normals, color, object and probability (PLY)",
       Needs::kNothing,
       {".ply"},
       {"cloud.count", "cloud.probability"},
       WritePlyFormat},
      {"glb",
       "Mesh",
       "a closed mesh with the photos' colors for Blender, game engines and browsers (glTF)",
       Needs::kNothing,
       {".glb"},
       {"mesh.resolution", "mesh.faces", "mesh.texture", "mesh.views", "mesh.view_size", "mesh.keep"},
       WriteGlbFormat,
       FileOf::kEach},
      {"obj",
       "Mesh (OBJ)",
       "the same mesh as text, with its material and picture beside it",
       Needs::kNothing,
       {},
       {"mesh.resolution", "mesh.faces", "mesh.texture", "mesh.views", "mesh.view_size", "mesh.keep"},
       WriteObjFormat,
       FileOf::kEach},
      {"stl",
       "Mesh to print",
       "the same mesh as triangles alone, for printers (STL)",
       Needs::kNothing,
       {".stl"},
       {"mesh.resolution", "mesh.faces", "mesh.views", "mesh.view_size", "mesh.keep"},
       WriteStlFormat,
       FileOf::kEach},
      {"html",
       "Page",
       "one file that shows the mesh in any browser, to send to a friend",
       Needs::kNothing,
       {".html"},
       {"mesh.resolution", "mesh.faces", "mesh.texture", "mesh.views", "mesh.view_size", "mesh.keep"},
       WriteHtmlFormat,
       FileOf::kEach},
      {"voxels",
       "Voxels",
       "a grid for NumPy (.npy), and the matrix that says where it is",
       Needs::kNothing,
       {},
       {"voxels.resolution", "voxels.value", "voxels.views"},
       WriteVoxelsFormat,
       FileOf::kEach},
      {"video",
       "Video",
       "all around the object, or a flight through the scene (MP4, WebM, ProRes)",
       Needs::kNothing,
       {".mp4", ".webm", ".mov"},
       {"video.path", "video.show", "video.file", "video.seconds", "video.fps", "video.longest_side", "video.ground",
        "video.quality"},
       WriteVideo},
      {"prompts",
       "Prompts",
       "what was clicked, for sanerf segment --prompts",
       Needs::kObject,
       {".json"},
       {},
       WritePrompts},
  };
  return formats;
}

std::vector<std::string> ExportFormatNames() {
  std::vector<std::string> names;
  for (const ExportFormat& format : ExportFormats()) names.emplace_back(format.name);
  return names;
}

const ExportFormat& FindExportFormat(const std::string& name) {
  const std::vector<ExportFormat>& formats = ExportFormats();
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const auto& one) { return name == one.name; });
  if (found != formats.end()) return *found;
  const std::string nearest = DidYouMean(name, ExportFormatNames());
  throw UsageError("unknown format '" + name + "'", "",
                   nearest.empty() ? fmt::format("choose from {}", fmt::join(ExportFormatNames(), ", ")) : nearest);
}

}  // namespace sanerf::exports
