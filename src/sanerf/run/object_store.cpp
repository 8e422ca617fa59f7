#include "sanerf/run/object_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/units.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/run/object_set.h"
#include "sanerf/scene/mask_files.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

void WriteMasks(const fs::path& folder, const mask_decoder::DecodedObject& decoded) {
  fs::create_directories(folder);
  for (const mask_decoder::ViewDecision& view : decoded.views) {
    if (view.used) WritePng(folder / (scene::FlatName(view.view) + ".png"), view.mask);
  }
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
      WriteJsonFile(folder / "text.json", *report->second);
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

}  // namespace

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
