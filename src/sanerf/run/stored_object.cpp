#include "sanerf/run/stored_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/units.h"
#include "sanerf/core/unseen_characters.h"
#include "sanerf/run/object_names.h"
#include "sanerf/run/object_set.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr int64_t kMostLabels = 255, kMostViews = 1'000'000'000;

StoredObject ReadObject(const fs::path& folder) {
  const Json json = ReadJsonFile(folder / "object.json");
  const JsonCursor root(json, (folder / "object.json").string());
  StoredObject object;
  object.folder = folder;
  object.name = folder.filename().string();
  object.label = int(root["label"].IntegerIn(0, kMostLabels));
  for (size_t i = 0; i < root["labels"].size(); ++i) object.labels.push_back(root["labels"][i].String());
  object.field_id = root["field_id"].String();
  object.nerf_fingerprint = root["nerf_fingerprint"].String();
  object.views_used = root.Has("views_used") ? int(root["views_used"].IntegerIn(0, kMostViews)) : 0;
  object.views_total = root.Has("views_total") ? int(root["views_total"].IntegerIn(0, kMostViews)) : 0;
  const mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(folder / "prompts.json");
  if (prompts.objects.size() != 1) throw Error((folder / "prompts.json").string(), "expected one object");
  object.prompt = prompts.objects[0];
  object.prompt.name = object.name;
  return object;
}

// The folders of all objects of the valid set, by name, those set aside as well.
std::vector<fs::path> FoldersOfObjects(const fs::path& set) {
  std::vector<fs::path> folders;
  if (!fs::is_directory(set)) return folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(set))
    if (entry.path().filename().native()[0] != '.' && fs::exists(entry.path() / "object.json"))
      folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<StoredObject> List(const RunFolder& run, bool set_aside) {
  std::vector<StoredObject> objects;
  ReadWholeSet(run.path(), [&](const fs::path& set) {
    objects.clear();
    for (const fs::path& folder : FoldersOfObjects(set))
      if (IsSetAside(folder.filename().string()) == set_aside) objects.push_back(ReadObject(folder));
  });
  return objects;
}

// For the command that makes an object that is not there: `name`, where that is allowed.
std::string NameToGive(std::string name) {
  while (IsSetAside(name)) name.pop_back();
  return mask_decoder::WhyBadName(name) ? "OBJECT" : ShellQuoted(name);
}

}  // namespace

Json ToJson(const StoredObject& object) {
  return {{"format", 1},
          {"name", object.name},
          {"field", "object.ckpt"},
          {"label", object.label},
          {"labels", object.labels},
          {"field_id", object.field_id},
          {"nerf_fingerprint", object.nerf_fingerprint},
          {"views_used", object.views_used},
          {"views_total", object.views_total}};
}

std::vector<StoredObject> ListObjects(const RunFolder& run) { return List(run, /*set_aside=*/false); }
std::vector<StoredObject> ListSetAside(const RunFolder& run) { return List(run, /*set_aside=*/true); }

Error LeftOut(const fs::path& folder, const Error& error) {
  return Error(
      fmt::format("the object '{}' is left out", WithUnseenNamed(folder.filename().string())), error.what(),
      error.hint().empty() ? "put that file back from a copy of the run, or segment the object again" : error.hint());
}

ReadableObjects ListReadableObjects(const RunFolder& run) {
  ReadableObjects read;
  ReadWholeSet(run.path(), [&](const fs::path& set) {
    read = {};
    for (const fs::path& folder : FoldersOfObjects(set)) {
      if (IsSetAside(folder.filename().string())) continue;
      try {
        CheckObjectName(folder.filename().string());  // somebody may have renamed it
        read.objects.push_back(ReadObject(folder));
      } catch (const Error& error) {
        read.problems.push_back(LeftOut(folder, error));
      }
    }
  });
  return read;
}

std::vector<std::string> FoldersOfNoObject(const RunFolder& run) {
  std::vector<std::string> names;
  ReadWholeSet(run.path(), [&](const fs::path& objects) {
    names.clear();
    if (!fs::is_directory(objects)) return;
    for (const fs::directory_entry& entry : fs::directory_iterator(objects)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_directory() && name[0] != '.' && !IsSetAside(name) && !fs::exists(entry.path() / "object.json"))
        names.push_back(name);
    }
  });
  std::sort(names.begin(), names.end());
  return names;
}

void CheckIsOf(const nerf::NerfModel& nerf, const StoredObject& object, const RunFolder& run) {
  if (object.nerf_fingerprint == HexFingerprint(nerf.Fingerprint())) return;
  throw Error(fmt::format("object '{}' is stale", object.name), "the radiance field was trained again since",
              fmt::format("sanerf segment {} --prompts {}", ShellQuoted(run.path().string()),
                          ShellQuoted((object.folder / "prompts.json").string())));
}

StoredObject FindObject(const RunFolder& run, const std::string& name, const nerf::NerfModel& nerf) {
  std::optional<StoredObject> found;
  std::vector<std::string> names;
  ReadWholeSet(run.path(), [&](const fs::path& set) {
    found.reset();
    names.clear();
    for (const fs::path& folder : FoldersOfObjects(set)) {
      if (folder.filename() == name) found = ReadObject(folder);
      if (!IsSetAside(folder.filename().string())) names.push_back(folder.filename().string());
    }
  });
  if (found) {
    CheckIsOf(nerf, *found, run);
    return *found;
  }
  const std::vector<std::string> lost = FoldersOfNoObject(run);
  if (std::find(lost.begin(), lost.end(), name) != lost.end())
    throw Error((run.objects() / name / "object.json").string(), "it is missing",
                "put it back from a copy of the run, or segment the object again");
  std::string hint = DidYouMean(name, names);
  if (hint.empty())
    hint = names.empty() ? fmt::format("segment one first: sanerf segment {} --name {} --click VIEW:X,Y",
                                       ShellQuoted(run.path().string()), NameToGive(name))
                         : fmt::format("there are: {}", fmt::join(names, ", "));
  throw UsageError(fmt::format("no object '{}' in {}", name, run.path().string()), "", hint);
}

LoadedObject LoadObject(const RunFolder& run, const std::string& name, const nerf::NerfModel& nerf) {
  std::optional<LoadedObject> loaded;
  ReadWholeSet(run.path(), [&](const fs::path&) {
    StoredObject object = FindObject(run, name, nerf);
    mask_aggregator::ObjectModel field = mask_aggregator::ObjectModel::Load(object.checkpoint(), nerf);
    if (object.label >= field.num_labels())
      throw Error((object.folder / "object.json").string() + ": label",
                  fmt::format("{}, but the field in object.ckpt ends at {}", object.label, field.num_labels() - 1),
                  "put both files back from one copy of the run, or segment the object again");
    loaded.emplace(LoadedObject{std::move(object), std::move(field)});
  });
  return *std::move(loaded);
}

}  // namespace sanerf::run
