#include "sanerf/models/model_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/system_info.h"
#include "sanerf/models/catalogue_json.h"

namespace fs = std::filesystem;

namespace sanerf::models {
namespace {

FileRole ParseRole(const std::string& name) {
  for (const FileRole role : {FileRole::kEncoder, FileRole::kDecoder, FileRole::kDetector})
    if (name == NameOf(role)) return role;
  return FileRole::kWeights;
}

ModelFile ParseFile(const JsonCursor& json) {
  ModelFile file;
  file.role = ParseRole(json["role"].String());
  file.name = json["name"].String();
  const bool is_folder = file.name.empty() || file.name == "." || file.name == "..";
  if (is_folder || fs::path(file.name).filename() != file.name || file.name.find('\0') != std::string::npos)
    json["name"].Fail("a file name without folders is needed");
  file.sha256 = json["sha256"].String();
  if (file.sha256.size() != 64 || file.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
    json["sha256"].Fail("64 lower-case hexadecimal digits are needed");
  file.bytes = json["bytes"].IntegerIn(0, int64_t{1} << 48);
  file.npm_package = json.StringOr("npm_package", "");
  if (file.npm_package.rfind('-', 0) == 0)
    json["npm_package"].Fail("the name of a package is needed, not an option of npm");
  file.npm_path = json.StringOr("npm_path", "");
  return file;
}

ModelKind ParseKind(const JsonCursor& json) {
  const std::string name = json.String();
  for (const ModelKind kind : {ModelKind::kSam, ModelKind::kDetector})
    if (name == NameOf(kind)) return kind;
  json.Fail("unknown kind \"" + name + "\"; \"sam\" or \"detector\" is needed");
}

ModelEntry ParseEntry(const JsonCursor& json) {
  ModelEntry entry;
  entry.name = json["name"].String();
  entry.kind = ParseKind(json["kind"]);
  entry.license = json[json.Has("licence") ? "licence" : "license"].String();  // the former spelling of 0.1
  entry.source = json["source"].String();
  entry.description = json.StringOr("description", "");
  const std::string mask_rule = json.StringOr("mask_rule", "highest_iou");
  if (mask_rule != "highest_iou" && mask_rule != "single")
    json["mask_rule"].Fail("\"highest_iou\" or \"single\" is needed");
  entry.single_mask_is_best = mask_rule == "single";
  const JsonCursor files = json["files"];
  for (size_t i = 0; i < files.size(); ++i) entry.files.push_back(ParseFile(files[i]));
  return entry;
}

// Where an entry of that name is, or where a new one goes.
template <class Entry>
auto PlaceOf(std::vector<Entry>& entries, const std::string& name) {
  return std::find_if(entries.begin(), entries.end(), [&](const Entry& known) { return known.name == name; });
}

// Entries of the same name replace earlier ones: an unusable one too, or another model would run under its name.
void AddEntries(const JsonCursor& json, Catalogue* catalogue) {
  const JsonCursor models = json["models"];
  for (size_t i = 0; i < models.size(); ++i) {
    const JsonCursor one = models[i];
    try {
      ModelEntry entry = ParseEntry(one);
      if (const auto bad = PlaceOf(catalogue->unusable, entry.name); bad != catalogue->unusable.end())
        catalogue->unusable.erase(bad);
      const auto same = PlaceOf(catalogue->models, entry.name);
      if (same == catalogue->models.end())
        catalogue->models.push_back(std::move(entry));
      else
        *same = std::move(entry);
    } catch (const Error& error) {
      const bool has_name = one.Has("name") && one["name"].json().is_string();
      const std::string name = has_name ? one["name"].String() : fmt::format("models[{}]", i);
      if (const auto same = PlaceOf(catalogue->models, name); same != catalogue->models.end())
        catalogue->models.erase(same);
      catalogue->unusable.push_back({name, error.what()});
    }
  }
}

ModelState CheckFile(const fs::path& path, const ModelFile& file, bool hash_contents) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (failed) return fs::exists(path, failed) ? ModelState::kCorrupt : ModelState::kMissing;  // a pipe, say
  if (int64_t(size) != file.bytes) return ModelState::kCorrupt;
  return hash_contents && KnownHashes().Of(path) != file.sha256 ? ModelState::kCorrupt : ModelState::kPresent;
}

}  // namespace

const char* NameOf(FileRole role) {
  switch (role) {
    case FileRole::kEncoder:
      return "encoder";
    case FileRole::kDecoder:
      return "decoder";
    case FileRole::kDetector:
      return "detector";
    case FileRole::kWeights:
      break;
  }
  return "weights";
}

const ModelFile& ModelEntry::File(FileRole role) const {
  const auto file = std::find_if(files.begin(), files.end(), [&](const ModelFile& one) { return one.role == role; });
  if (file == files.end())
    throw Error("the model " + name + " is incomplete",
                fmt::format("its catalogue entry has no file with the role \"{}\"", NameOf(role)));
  return *file;
}

const char* NameOf(ModelKind kind) { return kind == ModelKind::kSam ? "sam" : "detector"; }

Catalogue LoadCatalogue() {
  Catalogue catalogue;
  AddEntries(JsonCursor(Json::parse(kCatalogueJson), "models/catalogue.json"), &catalogue);
  const fs::path own = ModelFolder() / "catalogue.json";
  if (std::error_code ignored; fs::exists(own, ignored))
    AddEntries(JsonCursor(ReadJsonFile(own), own.string()), &catalogue);
  return catalogue;
}

void CheckUsable(const Catalogue& catalogue, const std::string& name) {
  for (const UnusableEntry& entry : catalogue.unusable)
    if (entry.name == name)
      throw Error("the model " + name + " cannot be used", entry.why, "mend its entry in that file, or update sanerf");
}

const ModelEntry& FindModel(const Catalogue& catalogue, const std::string& name, const std::string& hint) {
  CheckUsable(catalogue, name);
  std::vector<std::string> names;
  for (const ModelEntry& entry : catalogue.models) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::vector<std::string> nearest = NearestNames(name, names);
  throw UsageError("there is no model \"" + name + "\"",
                   nearest.empty() ? "" : fmt::format("did you mean {}?", fmt::join(nearest, ", ")), hint);
}

fs::path ModelFolder() {
  // Absolute: what fetches models works in another folder.
  if (const char* chosen = std::getenv("SANERF_MODELS"); chosen && *chosen) return fs::absolute(chosen);
  const fs::path beside = FolderBesideProgram("share/sanerf/models");
  if (!beside.empty()) return beside;
  const char* home = std::getenv("HOME");
  if (!home || !*home)
    throw Error("there is no folder for models", "neither SANERF_MODELS nor HOME is set",
                "set SANERF_MODELS to the folder that holds them");
  return fs::path(home) / ".local/share/sanerf/models";
}

ModelState CheckModel(const ModelEntry& entry, bool hash_contents) {
  bool missing = false;
  for (const ModelFile& file : entry.files) {
    const ModelState state = CheckFile(ModelFolder() / file.name, file, hash_contents);
    if (state == ModelState::kCorrupt) return state;
    missing |= state == ModelState::kMissing;
  }
  return missing ? ModelState::kMissing : ModelState::kPresent;
}

}  // namespace sanerf::models
