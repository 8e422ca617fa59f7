#include "sanerf/run/extend_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/segmentation/prompt_edits.h"

namespace fs = std::filesystem;

namespace sanerf::run {

using mask_decoder::ObjectPrompt;
using mask_decoder::Prompts;

namespace {

using Fields = std::map<std::string, std::vector<StoredObject>>;  // by field_id

std::string NamesOf(const std::vector<StoredObject>& objects) {
  std::vector<std::string> names;
  for (const StoredObject& object : objects) names.push_back(object.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<StoredObject> ChooseField(const RunFolder& run, const Prompts& prompts) {
  Fields fields;
  for (const StoredObject& object : ListObjects(run)) fields[object.field_id].push_back(object);
  if (fields.empty())
    throw UsageError("there is no object yet", "",
                     fmt::format("segment one first: sanerf segment {} --name OBJECT --click VIEW:X,Y",
                                 ShellQuoted(run.path().string())));
  std::vector<const std::vector<StoredObject>*> named;
  for (const auto& [id, objects] : fields) {
    const bool is_named = std::any_of(objects.begin(), objects.end(), [&](const StoredObject& object) {
      return std::any_of(prompts.objects.begin(), prompts.objects.end(),
                         [&](const auto& p) { return p.name == object.name; });
    });
    if (is_named) named.push_back(&objects);
  }
  if (named.size() > 1)
    throw UsageError(fmt::format("the prompts name objects of {} fields", named.size()),
                     fmt::format("[{}] and [{}] were segmented separately", NamesOf(*named[0]), NamesOf(*named[1])),
                     "add to one of them at a time, or segment all of them together without --add");
  if (named.size() == 1) return *named[0];
  if (fields.size() == 1) return fields.begin()->second;
  std::string all;
  for (const auto& [id, objects] : fields) all += fmt::format("{}[{}]", all.empty() ? "" : " and ", NamesOf(objects));
  throw UsageError("it is not clear which objects are meant", all + " were segmented separately",
                   "name one of them, or segment them together first, with one prompts file");
}

mask_decoder::DecodedObject LoadDecoded(const StoredObject& object, const scene::Scene& scene) {
  mask_decoder::DecodedObject decoded = mask_decoder::ReadDecoded(object.folder / "views.json", scene);
  for (mask_decoder::ViewDecision& view : decoded.views) {
    if (!view.used) continue;
    const fs::path path = object.folder / "masks" / (scene::FlatName(view.view) + ".png");
    view.mask = ReadImage(path);
    if (view.mask.channels != 1)
      throw Error(path.string(), fmt::format("a mask is gray, this picture has {} channels", view.mask.channels),
                  "save it as a gray picture, or segment without --add");
  }
  return decoded;
}

}  // namespace

ObjectPrompt Extended(const ObjectPrompt& before, const ObjectPrompt& more) {
  segmentation::PromptEdits edits;
  edits.AddPrompts(edits.AddObject(before), more);
  return edits.AsPrompts().objects[0];
}

Prompts Extended(const Prompts& before, const Prompts& more) {
  Prompts extended;
  for (const ObjectPrompt& object : more.objects) {
    const auto known = std::find_if(before.objects.begin(), before.objects.end(),
                                    [&](const auto& o) { return o.name == object.name; });
    extended.objects.push_back(known == before.objects.end() ? object : Extended(*known, object));
  }
  return extended;
}

StoredField OpenField(const RunFolder& run, const nerf::NerfModel& nerf, const scene::Scene& scene,
                      const Prompts& prompts, const Job& job) {
  std::vector<StoredObject> stored = ChooseField(run, prompts);
  std::sort(stored.begin(), stored.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
  StoredField field;
  for (const StoredObject& object : stored) {
    FindObject(run, object.name, nerf);  // throws when it is stale
    field.prompts.objects.push_back(object.prompt);
    field.objects.push_back(LoadDecoded(object, scene));
  }
  if (stored.size() == stored[0].labels.size()) {
    field.field = mask_aggregator::ObjectModel::Load(stored[0].checkpoint(), nerf);
    if (field.field->num_labels() != int(stored.size()) + 1)
      throw Error(stored[0].checkpoint().string(),
                  fmt::format("its field has {} labels beside the background, object.json lists {}",
                              field.field->num_labels() - 1, stored.size()),
                  "put both files back from one copy of the run, or segment without --add");
  } else {
    job.Info(fmt::format("add    {} of {} objects of the field are left: it is trained anew", stored.size(),
                         stored[0].labels.size()));
  }
  return field;
}

}  // namespace sanerf::run
