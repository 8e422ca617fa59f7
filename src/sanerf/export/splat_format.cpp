#include "sanerf/export/splat_format.h"

#include <fmt/format.h>

#include <string>

#include "sanerf/core/phrases.h"
#include "sanerf/export/splat_writers.h"
#include "sanerf/export/splats.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

SplatSubject SubjectOf(const ExportInput& input, Keep keep) {
  if (input.objects == nullptr) return {};
  return {keep == Keep::kObject ? SplatSubject::What::kObjects : SplatSubject::What::kSceneWithoutObjects,
          input.labels};
}

std::string NameOfSplats(const ExportInput& input, Keep keep) {
  const std::string objects = input.names.size() == 1 ? input.names[0] : "objects";
  return input.objects == nullptr ? "scene" : keep == Keep::kObject ? objects : "without " + objects;
}

// Rows for the Gaussians; what lies beside them comes with its own size.
void AddRows(const SplatFile& written, const Splats& splats, std::vector<ExportedFile>* files) {
  const std::string frame = FileFrameFrom(written.offset);
  for (size_t i = 0; i < written.files.size(); ++i) {
    files->push_back(
        Exported(written.files[i], i == 0 ? splats.size() : 1, i == 0 ? "Gaussians" : "notes", frame, kSceneUnits));
    if (i > 0) continue;
    const Box box = splats.Bounds();
    files->back().box = Box{box.min - written.offset, box.max - written.offset};
  }
}

}  // namespace

std::vector<ExportedFile> WriteSplats(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                      const Job& job) {
  const Keep keep = options.photos.keep;
  const Splats splats = FitSplats(input.nerf, input.objects, SubjectOf(input, keep), input.scene, options.splats, job);
  job.Info(fmt::format("fit    {:.1f} dB against the radiance field in {}", splats.psnr,
                       splats.held_out_views > 0 ? Counted(splats.held_out_views, "view that it was not fitted to",
                                                           "views that it was not fitted to")
                                                 : "the views that it was fitted to"));
  const std::string name = NameOfSplats(input, keep);
  std::vector<ExportedFile> files;
  if (input.ending != ".splat")
    AddRows(WriteSplatPly(splats, NamedLabelsOf(input), folder / (name + ".ply")), splats, &files);
  if (input.ending != ".ply") AddRows(WriteAntimatterSplat(splats, folder / (name + ".splat")), splats, &files);
  return files;
}

}  // namespace sanerf::exports
