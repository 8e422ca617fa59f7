#include "sanerf/export/splat_export.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/export/splat_writers.h"
#include "sanerf/export/splats.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

SplatSubject SubjectOf(const ExportInput& input, SplatsShow show) {
  if (show == SplatsShow::kScene || (show == SplatsShow::kAlone && input.objects == nullptr)) return {};
  if (input.objects == nullptr)
    throw UsageError("the scene without its objects", "no object is named", "name it: --object NAME, or --object all");
  return {show == SplatsShow::kAlone ? SplatSubject::What::kObjects : SplatSubject::What::kSceneWithoutObjects,
          input.labels};
}

std::string NameOfSplats(const ExportInput& input, const SplatSubject& subject) {
  const std::string who = input.names.size() == 1 ? input.names[0] : "objects";
  if (subject.what == SplatSubject::What::kObjects) return who;
  return subject.what == SplatSubject::What::kScene ? "scene" : "without_" + who;
}

}  // namespace

std::vector<ExportedFile> WriteSplats(const ExportInput& input, const ExportOptions& options, const fs::path& folder,
                                      const Job& job) {
  const SplatSubject subject = SubjectOf(input, options.splats.show);
  const Splats splats = FitSplats(input.nerf, input.objects, subject, input.scene, options.splats, job);
  std::vector<NamedLabel> names;
  for (size_t i = 0; i < input.names.size(); ++i) names.push_back({input.labels[i], input.names[i]});
  const bool is_ply = options.splats.file == SplatsFile::kPly;
  const fs::path path = folder / (NameOfSplats(input, subject) + (is_ply ? ".ply" : ".splat"));
  const SplatFile written = is_ply ? WriteSplatPly(splats, names, path) : WriteAntimatterSplat(splats, path);
  job.Info(fmt::format("{:.1f} dB against the field in {}", splats.psnr,
                       splats.held_out_views > 0 ? "views that the splats were not fitted to"
                                                 : "the views that the splats were fitted to"));
  const std::string frame = written.origin == Vec3::Zero()
                                ? std::string(kFileFrame)
                                : fmt::format("{}, from the origin {} {} {}", kFileFrame, written.origin.x(),
                                              written.origin.y(), written.origin.z());
  std::vector<ExportedFile> files = {Exported(written.files[0], splats.size(), "splats", frame, kSceneUnits)};
  files[0].box = splats.Bounds();
  if (written.files.size() > 1) files.push_back(Exported(written.files[1], 1, "origin", kFileFrame, kSceneUnits));
  return files;
}

}  // namespace sanerf::exports
