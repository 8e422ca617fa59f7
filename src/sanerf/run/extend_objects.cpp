#include "sanerf/run/extend_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/scene/mask_files.h"
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

struct DecodedStored {
  StoredObject stored;
  mask_decoder::DecodedObject decoded;
};

void SortByLabel(std::vector<StoredObject>* objects) {
  std::sort(objects->begin(), objects->end(), [](const auto& a, const auto& b) { return a.label < b.label; });
}

DecodedStored Decoded(const RunFolder& run, const nerf::NerfModel& nerf, const scene::Scene& scene,
                      const StoredObject& object) {
  CheckIsOf(nerf, object, run);
  return {object, LoadDecoded(object, scene)};
}

StoredField FieldOf(std::vector<DecodedStored> objects, std::optional<mask_aggregator::ObjectModel> model) {
  StoredField field;
  for (DecodedStored& object : objects) {
    field.prompts.objects.push_back(std::move(object.stored.prompt));
    field.objects.push_back(std::move(object.decoded));
  }
  field.field = std::move(model);
  return field;
}

// None when some of its objects are not among them. Of one field, by label.
std::optional<mask_aggregator::ObjectModel> ModelOf(const std::vector<DecodedStored>& objects,
                                                    const nerf::NerfModel& nerf, const Job& job) {
  const StoredObject& first = objects[0].stored;
  if (objects.size() != first.labels.size()) {
    job.Info(fmt::format("add    {} of {} of the field {} left: it is trained anew", objects.size(),
                         Counted(int64_t(first.labels.size()), "object"), IsAre(int64_t(objects.size()))));
    return std::nullopt;
  }
  mask_aggregator::ObjectModel model = mask_aggregator::ObjectModel::Load(first.checkpoint(), nerf);
  if (model.num_labels() != int(objects.size()) + 1)
    throw Error(first.checkpoint().string(),
                fmt::format("its field has {} beside the background, object.json lists {}",
                            Counted(model.num_labels() - 1, "label"), objects.size()),
                "put both files back from one copy of the run, or segment without --add");
  return model;
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
  SortByLabel(&stored);
  std::vector<DecodedStored> objects;
  for (const StoredObject& object : stored) objects.push_back(Decoded(run, nerf, scene, object));
  std::optional<mask_aggregator::ObjectModel> model = ModelOf(objects, nerf, job);
  return FieldOf(std::move(objects), std::move(model));
}

ReadableFields OpenReadableFields(const RunFolder& run, const nerf::NerfModel& nerf, const scene::Scene& scene,
                                  const Job& job) {
  ReadableObjects listed = ListReadableObjects(run);
  ReadableFields read;
  read.problems = std::move(listed.problems);
  std::vector<std::string> ids;  // of the fields, in the order of their first objects' names
  for (const StoredObject& object : listed.objects)
    if (std::find(ids.begin(), ids.end(), object.field_id) == ids.end()) ids.push_back(object.field_id);
  SortByLabel(&listed.objects);
  std::map<std::string, std::vector<DecodedStored>> fields;  // by field_id
  for (const StoredObject& object : listed.objects) {
    try {
      fields[object.field_id].push_back(Decoded(run, nerf, scene, object));
    } catch (const Error& error) {
      read.problems.push_back(LeftOut(object.folder, error));
    }
  }
  for (const std::string& id : ids) {
    std::vector<DecodedStored>& objects = fields[id];
    if (objects.empty()) continue;
    std::optional<mask_aggregator::ObjectModel> model;
    try {
      model = ModelOf(objects, nerf, job);
    } catch (const Error& error) {
      std::vector<StoredObject> of_field;
      for (const DecodedStored& object : objects) of_field.push_back(object.stored);
      read.problems.emplace_back(fmt::format("the field of {} is made anew", NamesOf(of_field)), error.what(),
                                 "put the file back from a copy of the run to have it as it was");
    }
    read.fields.push_back(FieldOf(std::move(objects), std::move(model)));
  }
  return read;
}

}  // namespace sanerf::run
