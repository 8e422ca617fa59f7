#include "sanerf/run/object_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/units.h"
#include "sanerf/core/unseen_characters.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/run/object_set.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr char kAsideMark = '~';
constexpr int64_t kMostLabels = 255, kMostViews = 1'000'000'000;

std::string AsideName(const std::string& name) { return name + kAsideMark; }  // fox -> fox~

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

void WriteMasks(const fs::path& folder, const mask_decoder::DecodedObject& decoded) {
  fs::create_directories(folder);
  for (const mask_decoder::ViewDecision& view : decoded.views) {
    if (view.used) WritePng(folder / (scene::FlatName(view.view) + ".png"), view.mask);
  }
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

// Complete folders of all objects in `staging`.
std::vector<StoredObject> WriteFolders(const fs::path& staging, const ObjectsToStore& objects) {
  std::vector<std::string> labels;
  for (const mask_decoder::ObjectPrompt& prompt : objects.prompts.objects) labels.push_back(prompt.name);
  std::vector<StoredObject> stored;
  fs::path shared_checkpoint;
  for (size_t i = 0; i < labels.size(); ++i) {
    const mask_decoder::DecodedObject& decoded = objects.decoded[i];
    const fs::path folder = staging / labels[i];
    fs::create_directories(folder);
    if (shared_checkpoint.empty()) {
      shared_checkpoint = folder / "object.ckpt";
      objects.field.Save(shared_checkpoint);
    } else {
      LinkOrCopy(shared_checkpoint, folder / "object.ckpt");
    }
    StoredObject object;
    object.name = labels[i];
    object.prompt = objects.prompts.objects[i];
    object.label = int(i) + 1;
    object.labels = labels;
    object.field_id = i == 0 ? Sha256OfFile(shared_checkpoint).substr(0, 16) : stored[0].field_id;
    object.nerf_fingerprint = HexFingerprint(objects.nerf_fingerprint);
    object.views_total = int(decoded.views.size());
    object.views_used =
        int(std::count_if(decoded.views.begin(), decoded.views.end(), [](const auto& view) { return view.used; }));
    WriteJsonFile(folder / "prompts.json", sanerf::mask_decoder::ToJson(mask_decoder::Prompts{{object.prompt}}));
    WriteJsonFile(folder / "views.json", sanerf::mask_decoder::ToJson(decoded));
    WriteMasks(folder / "masks", decoded);
    if (fs::exists(objects.log)) WriteFileAtomic(folder / "log.jsonl", ReadFile(objects.log));
    if (const auto report = objects.options.reports.find(object.name); report != objects.options.reports.end())
      WriteJsonFile(folder / "text.json", report->second);
    WriteJsonFile(folder / "object.json", ToJson(object));
    stored.push_back(object);
  }
  return stored;
}

// The same prompt led to the same field again.
bool IsSame(const fs::path& before, const fs::path& now) {
  const auto are_equal = [&](const char* file) {
    return fs::is_regular_file(before / file) && ReadFile(before / file) == ReadFile(now / file);
  };
  return are_equal("object.json") && are_equal("prompts.json") && are_equal("object.ckpt");
}

void SetAside(const fs::path& folder) {
  const fs::path aside = folder.parent_path() / AsideName(folder.filename().string());
  fs::remove_all(aside);
  fs::rename(folder, aside);
}

// Those of the names that are there.
std::vector<std::string> SetAllAside(const std::vector<std::string>& names, const fs::path& objects) {
  std::vector<std::string> set_aside;
  for (const std::string& name : names) {
    if (!fs::exists(objects / name)) continue;
    SetAside(objects / name);
    set_aside.push_back(name);
  }
  return set_aside;
}

void SayWhatIsKept(const std::vector<std::string>& set_aside, const Job& job) {
  if (!set_aside.empty())
    job.Info(fmt::format("kept   {}: what was there before is set aside under the name with a ~ (render --object {})",
                         fmt::join(set_aside, ", "), ShellQuoted(AsideName(set_aside[0]))));
}

WriteError CannotWrite(const RunFolder& run, const fs::filesystem_error& error) {
  return WriteError("cannot write the objects of " + run.path().string(), error.code().message(),
                    "check the folder's permissions and free space");
}

// The new folder in the place of an older one; returns whether that was set aside. Nothing goes on with a folder that
// has lost its object.json: the session did not know of it.
bool PutInPlace(const fs::path& now, const fs::path& place, bool goes_on) {
  const bool is_continued = goes_on && fs::exists(place / "object.json");
  if (is_continued && fs::exists(place / "text.json") && !fs::exists(now / "text.json"))
    fs::rename(place / "text.json", now / "text.json");
  const bool is_replaced = fs::exists(place) && !is_continued && !IsSame(place, now);
  if (is_replaced) SetAside(place);
  fs::remove_all(place);
  fs::rename(now, place);
  return is_replaced;
}

// For the command that makes an object that is not there: `name`, where that is allowed.
std::string NameToGive(std::string name) {
  while (IsSetAside(name)) name.pop_back();
  return mask_decoder::WhyBadName(name) ? "OBJECT" : ShellQuoted(name);
}

}  // namespace

void CheckObjectName(const std::string& name) {
  if (const auto why = mask_decoder::WhyBadName(name))
    throw UsageError(fmt::format("'{}' cannot be the name of an object", WithUnseenNamed(name)), *why,
                     "use letters, digits, '-', '_' and spaces");
  if (IsSetAside(name)) {
    throw UsageError(
        fmt::format("'{}' cannot be the name of an object", name),
        fmt::format("it is what an earlier '{}' is called once that was replaced", name.substr(0, name.size() - 1)),
        "leave out the ~, or rename the folder in objects/ to have the earlier object back");
  }
}

void CheckObjects(const mask_decoder::Prompts& prompts) {
  std::set<std::string> names;
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) {
    CheckObjectName(object.name);
    if (!names.insert(object.name).second) throw UsageError("two objects are named '" + object.name + "'");
    if (const auto why = mask_decoder::WhyUnusable(object))
      throw UsageError(*why, "", "add a positive click, point or box on the object");
  }
}

bool IsSetAside(const std::string& name) { return !name.empty() && name.back() == kAsideMark; }

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

StoreResult StoreObjects(const RunFolder& run, const ObjectsToStore& objects, const Job& job) {
  NewObjectSet set(run.path());
  const fs::path staging = set.path() / ".new";
  StoreResult result;
  Task task(job, "write the objects");
  try {
    result.objects = WriteFolders(staging, objects);
    for (const std::string& name : objects.options.forgotten) fs::remove_all(set.path() / name);
    result.set_aside = SetAllAside(objects.options.retired, set.path());
    for (StoredObject& object : result.objects) {
      object.folder = run.objects() / object.name;
      if (PutInPlace(staging / object.name, set.path() / object.name, objects.options.goes_on))
        result.set_aside.push_back(object.name);
    }
    fs::remove_all(staging);
  } catch (const fs::filesystem_error& error) {
    throw CannotWrite(run, error);
  }
  set.Commit();
  task.Finish();
  for (const StoredObject& object : result.objects) job.Saved(object.folder.string());
  SayWhatIsKept(result.set_aside, job);
  return result;
}

void RetireObjects(const RunFolder& run, const std::vector<std::string>& names, const Job& job) {
  NewObjectSet set(run.path());
  std::vector<std::string> set_aside;
  try {
    set_aside = SetAllAside(names, set.path());
  } catch (const fs::filesystem_error& error) {
    throw CannotWrite(run, error);
  }
  set.Commit();
  SayWhatIsKept(set_aside, job);
}

}  // namespace sanerf::run
