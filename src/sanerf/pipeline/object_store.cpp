#include "sanerf/pipeline/object_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/pipeline/scratch_path.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr size_t kMaxNameLength = 100;

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
  object.name = root["name"].String();
  object.label = int(root["label"].Integer());
  for (size_t i = 0; i < root["labels"].size(); ++i) object.labels.push_back(root["labels"][i].String());
  object.field_id = root["field_id"].String();
  object.nerf_fingerprint = root["nerf_fingerprint"].String();
  object.views_used = int(root.IntegerOr("views_used", 0));
  object.views_total = int(root.IntegerOr("views_total", 0));
  const Prompts prompts = ReadPrompts(folder / "prompts.json");
  if (prompts.objects.size() != 1) throw Error((folder / "prompts.json").string(), "expected one object");
  object.prompt = prompts.objects[0];
  return object;
}

void WriteMasks(const fs::path& folder, const DecodedObject& decoded) {
  fs::create_directories(folder);
  for (const ViewDecision& view : decoded.views) {
    if (view.used) WritePng(folder / (FlatName(view.view) + ".png"), view.mask);
  }
}

// One file on disk for all objects of a field where the file system can do that.
void LinkOrCopy(const fs::path& from, const fs::path& to) {
  std::error_code no_link;
  fs::create_hard_link(from, to, no_link);
  if (no_link) WriteFileAtomic(to, ReadFile(from));
}

}  // namespace

void CheckObjectName(const std::string& name) {
  const bool is_plain =
      !name.empty() && name.size() <= kMaxNameLength && name[0] != '.' && name[0] != '-' &&
      std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 32 || c == '/' || c == '\\'; });
  if (!is_plain) {
    throw UsageError(fmt::format("'{}' cannot be the name of an object", name), "it names a folder of the run",
                     "use letters, digits, '-', '_' and spaces");
  }
}

std::vector<StoredObject> ListObjects(const RunFolder& run) {
  std::vector<StoredObject> objects;
  if (!fs::is_directory(run.objects())) return objects;
  for (const fs::directory_entry& entry : fs::directory_iterator(run.objects())) {
    const std::string name = entry.path().filename().string();
    if (name[0] != '.' && fs::exists(entry.path() / "object.json")) objects.push_back(ReadObject(entry.path()));
  }
  std::sort(objects.begin(), objects.end(),
            [](const StoredObject& a, const StoredObject& b) { return a.name < b.name; });
  return objects;
}

StoredObject FindObject(const RunFolder& run, const std::string& name, const NerfModel& nerf) {
  std::vector<std::string> names;
  for (const StoredObject& object : ListObjects(run)) {
    names.push_back(object.name);
    if (object.name != name) continue;
    if (object.nerf_fingerprint != HexFingerprint(nerf.Fingerprint())) {
      throw Error(fmt::format("object '{}' is stale", name), "the radiance field was trained again since",
                  fmt::format("sanerf segment {} --prompts {}", run.path().string(),
                              (object.folder / "prompts.json").string()));
    }
    return object;
  }
  std::string hint = DidYouMean(name, names);
  if (hint.empty())
    hint = names.empty()
               ? "segment one first: sanerf segment " + run.path().string() + " --name " + name + " --click VIEW:X,Y"
               : fmt::format("there are: {}", fmt::join(names, ", "));
  throw UsageError(fmt::format("no object '{}' in {}", name, run.path().string()), "", hint);
}

std::vector<StoredObject> StoreObjects(const RunFolder& run, const ObjectsToStore& objects) {
  EnsureWritableFolder(run.objects());
  const fs::path staging = run.objects() / ".new";
  const ScratchPath scratch(staging);
  std::vector<std::string> labels;
  for (const ObjectPrompt& prompt : objects.prompts.objects) labels.push_back(prompt.name);

  // Everything is written beside the old folders first: an interruption or a full disk leaves them as they were.
  std::vector<StoredObject> stored;
  fs::path shared_checkpoint;
  for (size_t i = 0; i < labels.size(); ++i) {
    const DecodedObject& decoded = objects.decoded[i];
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
    object.folder = run.objects() / labels[i];
    object.prompt = objects.prompts.objects[i];
    object.label = int(i) + 1;
    object.labels = labels;
    object.field_id = i == 0 ? Sha256OfFile(shared_checkpoint).substr(0, 16) : stored[0].field_id;
    object.nerf_fingerprint = HexFingerprint(objects.nerf_fingerprint);
    object.views_total = int(decoded.views.size());
    object.views_used =
        int(std::count_if(decoded.views.begin(), decoded.views.end(), [](const auto& view) { return view.used; }));
    WriteJsonFile(folder / "prompts.json", sanerf::ToJson(Prompts{{object.prompt}}));
    WriteJsonFile(folder / "views.json", sanerf::ToJson(decoded));
    WriteMasks(folder / "masks", decoded);
    if (fs::exists(objects.log)) WriteFileAtomic(folder / "log.jsonl", ReadFile(objects.log));
    WriteJsonFile(folder / "object.json", ToJson(object));
    stored.push_back(object);
  }
  for (const StoredObject& object : stored) {
    fs::remove_all(object.folder);
    fs::rename(staging / object.name, object.folder);
  }
  return stored;
}

}  // namespace sanerf
