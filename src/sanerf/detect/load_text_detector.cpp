#include "sanerf/detect/load_text_detector.h"

#include <fmt/format.h>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/units.h"
#include "sanerf/detect/class_detector.h"
#include "sanerf/detect/grounding_dino.h"
#include "sanerf/models/model_catalogue.h"
#include "sanerf/models/model_hash.h"
#include "sanerf/models/model_kind.h"

namespace fs = std::filesystem;

namespace sanerf::detect {
namespace {

constexpr char kNeeded[] = "needed is Grounding DINO or a YOLO as they are usually exported to ONNX (docs/models.md)";

bool LooksLikeAPath(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".onnx") || name.ends_with(".ort");
}

DetectorFiles FromPath(const std::string& name, const fs::path& model) {
  if (!ExistsAsFile(model))
    throw Error("the detector " + model.string() + " cannot be read", "there is no such file", kNeeded);
  std::string hashes = models::HashesOfModel(model);
  const fs::path vocabulary = model.parent_path() / "vocab.txt";
  if (ExistsAsFile(vocabulary)) hashes += KnownHashes().Of(vocabulary);
  return {name, "", model, models::FingerprintOf(hashes), kNeeded};
}

fs::path OnlyModelIn(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".onnx" || extension == ".ort") found.push_back(entry.path());
  }
  if (found.size() != 1)
    throw Error("the folder " + folder.string() + " does not hold one detector",
                fmt::format("it has {} .onnx or .ort files", found.size()), "name the file itself");
  return found[0];
}

DetectorFiles FromCatalogue(const std::string& name) {
  const models::Catalogue catalogue = models::LoadCatalogue();
  CheckUsable(catalogue, name);
  std::vector<std::string> detectors;
  const models::ModelEntry* chosen = nullptr;
  for (const models::ModelEntry& entry : catalogue.models) {
    if (entry.name == name) chosen = &entry;
    if (entry.kind == models::ModelKind::kDetector) detectors.push_back(entry.name);
  }
  const std::string others =
      fmt::format("detectors by name: {}; or give the path of an .onnx file", fmt::join(detectors, ", "));
  if (!chosen) throw UsageError("there is no detector \"" + name + "\"", DidYouMean(name, detectors), others);
  if (chosen->kind != models::ModelKind::kDetector)
    throw UsageError("the model " + name + " detects nothing", fmt::format("it is a {} model", NameOf(chosen->kind)),
                     others);
  const models::ModelFile& file = chosen->File(models::FileRole::kDetector);
  const std::string fetch =
      fmt::format("sanerf models fetch {} ({}, license: {})", name, FormatBytes(double(file.bytes)), chosen->license);
  switch (models::CheckModel(*chosen, /*hash_contents=*/true)) {
    case models::ModelState::kPresent:
      break;
    case models::ModelState::kCorrupt:
      throw Error("the detector " + name + " is damaged", "a file of it is not the one that the catalogue names",
                  "fetch it again with: " + fetch);
    case models::ModelState::kMissing:
      throw Error("the detector " + name + " is not installed", "", "fetch it with: " + fetch);
  }
  std::string hashes;
  for (const models::ModelFile& part : chosen->files) hashes += part.sha256;
  return {name, chosen->license, models::ModelFolder() / file.name, models::FingerprintOf(hashes),
          "fetch it again with: " + fetch};
}

DetectorFiles FilesOf(const std::string& name) {
  if (std::error_code ignored; fs::is_directory(name, ignored)) return FromPath(name, OnlyModelIn(name));
  if (std::error_code ignored; LooksLikeAPath(name) || fs::exists(name, ignored)) return FromPath(name, name);
  return FromCatalogue(name);
}

}  // namespace

std::unique_ptr<TextDetector> LoadTextDetector(const std::string& name, const TextDetectorOptions& options,
                                               const Job& job) {
  CheckOptions(options, "text");
  const ThreadLimit limit(job.num_threads());  // of the detector as well, for as long as it is there
  Task task(job, "open the detector");
  const DetectorFiles files = FilesOf(name);
  auto session = std::make_unique<models::OnnxSession>(files.model, files.hint, 0, job);
  task.Finish(name);
  if (models::ReadsText(*session)) return MakeGroundingDino(files, std::move(session), options);
  if (models::DetectsClasses(*session)) return MakeClassDetector(files, std::move(session), options);
  throw Error("the model " + files.model.string() + " is no detector", "it is " + models::DescribeModel(*session),
              kNeeded);
}

}  // namespace sanerf::detect
