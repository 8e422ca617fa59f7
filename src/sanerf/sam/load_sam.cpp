#include "sanerf/sam/load_sam.h"

#include <fmt/format.h>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/models/model_catalogue.h"
#include "sanerf/models/model_hash.h"
#include "sanerf/sam/onnx_sam.h"

namespace fs = std::filesystem;

namespace sanerf::sam {

using models::ModelFile;

namespace {

// For who has named none of them.
std::string WhatThereIs(const models::Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const models::ModelEntry& entry : catalogue.models)
    if (entry.kind == models::ModelKind::kSam) names.push_back(entry.name);
  return fmt::format("known models: {}; a model of your own is ENCODER.onnx,DECODER.onnx or a folder with both",
                     fmt::join(names, ", "));
}

OnnxSamFiles FromCatalogue(const std::string& name) {
  const models::Catalogue catalogue = models::LoadCatalogue();
  const models::ModelEntry& entry = models::FindModel(catalogue, name, WhatThereIs(catalogue));
  if (entry.kind != models::ModelKind::kSam)
    throw UsageError("the model " + name + " cannot segment", std::string("it is a ") + NameOf(entry.kind) + " model",
                     "choose one of kind \"sam\": sanerf models list");
  const ModelFile& encoder = entry.File(models::FileRole::kEncoder);
  const ModelFile& decoder = entry.File(models::FileRole::kDecoder);
  const std::string fetch = "sanerf models fetch " + name;
  std::vector<const ModelFile*> files = {&encoder, &decoder};
  for (const ModelFile& file : entry.files)  // weights that are files of their own
    if (&file != &encoder && &file != &decoder) files.push_back(&file);
  std::string hashes;
  for (const ModelFile* file : files) {
    hashes += file->sha256;
    const fs::path path = models::ModelFolder() / file->name;
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    if (failed)
      throw Error("the model file " + path.string() + " cannot be read", failed.message(), "fetch it with: " + fetch);
    if (int64_t(size) != file->bytes)
      throw Error("the model file " + path.string() + " is damaged",
                  std::to_string(size) + " bytes instead of " + std::to_string(file->bytes),
                  "fetch it again with: " + fetch);
    if (KnownHashes().Of(path) != file->sha256)
      throw Error("the model file " + path.string() + " is damaged",
                  "its contents are not those that the catalogue names", "fetch it again with: " + fetch);
  }
  return {name,
          models::ModelFolder() / encoder.name,
          models::ModelFolder() / decoder.name,
          models::FingerprintOf(hashes),
          entry.single_mask_is_best ? MaskRule::kSingleMask : MaskRule::kHighestPredictedIou,
          "fetch it again with: " + fetch};
}

// The one model file of a folder whose name contains `word`.
fs::path FindInFolder(const fs::path& folder, const std::string& word) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if ((extension == ".onnx" || extension == ".ort") &&
        entry.path().filename().string().find(word) != std::string::npos)
      found.push_back(entry.path());
  }
  if (found.size() != 1)
    throw Error("the folder " + folder.string() + " does not hold one model",
                std::to_string(found.size()) + " .onnx or .ort files have \"" + word + "\" in their name",
                "name both files: ENCODER.onnx,DECODER.onnx");
  return found[0];
}

OnnxSamFiles FromPaths(const std::string& name, const fs::path& encoder, const fs::path& decoder) {
  const std::string hint =
      "needed are an image encoder and a mask decoder as SAM or SAM 2 are usually exported to ONNX; for "
      "HQ-SAM see docs/models.md";
  for (const fs::path& path : {encoder, decoder})
    if (!ExistsAsFile(path))
      throw Error("the model file " + path.string() + " cannot be read", "there is no such file", hint);
  return {name,
          encoder,
          decoder,
          models::FingerprintOf(models::HashesOfModel(encoder) + models::HashesOfModel(decoder)),
          MaskRule::kHighestPredictedIou,
          hint};
}

OnnxSamFiles FilesOf(const std::string& name) {
  if (const size_t comma = name.find(','); comma != std::string::npos)
    return FromPaths(name, name.substr(0, comma), name.substr(comma + 1));
  if (std::error_code ignored; fs::is_directory(name, ignored))
    return FromPaths(name, FindInFolder(name, "encoder"), FindInFolder(name, "decoder"));
  return FromCatalogue(name);
}

}  // namespace

std::unique_ptr<Sam> LoadSam(const std::string& name, const Job& job) {
  const ThreadLimit limit(job.num_threads());  // of the encoder as well, for as long as it is there
  Task task(job, "open the model");
  std::unique_ptr<Sam> sam = LoadOnnxSam(FilesOf(name), job);
  task.Finish(name);
  return sam;
}

}  // namespace sanerf::sam
