#include "sanerf/viewer/desk/journal.h"

#include <fmt/format.h>

#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/run/object_store.h"
#include "sanerf/segmentation/prompt_places.h"

namespace sanerf::viewer {

using mask_decoder::BoxPrompt;
using mask_decoder::ClickPrompt;
using mask_decoder::PointPrompt;
using segmentation::EditedObject;
using segmentation::EditHistory;
using segmentation::EditMoment;
using segmentation::ObjectId;
using segmentation::PlacedPrompt;
using segmentation::PromptId;

namespace {

constexpr int kVersion = 2;
constexpr int64_t kLastId = int64_t{1} << 53;  // whole numbers that every reader of JSON knows

Json ToJson(const PlacedPrompt& placed) {
  Json row = {{"id", int64_t(placed.id)}};
  if (const auto* point = std::get_if<PointPrompt>(&placed.prompt)) {
    row["p"] = {point->p.x(), point->p.y(), point->p.z()};
    row["label"] = point->label;
  } else if (const auto* click = std::get_if<ClickPrompt>(&placed.prompt)) {
    row["view"] = click->view;
    row["xy"] = {click->xy.x(), click->xy.y()};
    row["label"] = click->label;
    if (click->candidate >= 0) row["candidate"] = click->candidate;
  } else if (const auto* box = std::get_if<BoxPrompt>(&placed.prompt)) {
    row["view"] = box->view;
    row["xyxy"] = {box->x0, box->y0, box->x1, box->y1};
  }
  return row;
}

bool AreSame(const segmentation::Prompt& a, const segmentation::Prompt& b) {
  if (a.index() != b.index()) return false;
  if (const auto* point = std::get_if<PointPrompt>(&a)) {
    const auto& other = std::get<PointPrompt>(b);
    return point->p == other.p && point->label == other.label;
  }
  if (const auto* click = std::get_if<ClickPrompt>(&a)) {
    const auto& other = std::get<ClickPrompt>(b);
    return click->view == other.view && click->xy == other.xy && click->label == other.label &&
           click->candidate == other.candidate;
  }
  const auto& box = std::get<BoxPrompt>(a);
  const auto& other = std::get<BoxPrompt>(b);
  return box.view == other.view && box.x0 == other.x0 && box.y0 == other.y0 && box.x1 == other.x1 && box.y1 == other.y1;
}

Json ToJson(const EditedObject& object, const Json& prompts) {
  Json uses = Json::object();
  for (const auto& [view, use] : object.uses) uses[view] = mask_decoder::NameOf(use);
  Json json = {{"id", int64_t(object.id)}, {"edition", object.edition}, {"name", object.about.name}};
  if (object.about.instance >= 0) json["instance"] = object.about.instance;
  if (object.about.min_visible > 0) json["min_visible"] = object.about.min_visible;
  if (!object.about.text.empty()) json["text"] = object.about.text;
  json["prompts"] = prompts;
  if (!uses.empty()) json["uses"] = uses;
  return json;
}

constexpr int64_t kMostCounted = 1'000'000;  // as in a prompts file

segmentation::Prompt ReadPrompt(const JsonCursor& json) {
  const auto label = [&] { return int(json["label"].IntegerIn(0, 1)); };
  if (json.Has("p")) {
    const JsonCursor p = json["p"];
    return PointPrompt{{p[size_t{0}].Number(), p[1].Number(), p[2].Number()}, label()};
  }
  if (json.Has("xy")) {
    const JsonCursor xy = json["xy"];
    return ClickPrompt{json["view"].String(),
                       {xy[size_t{0}].Number(), xy[1].Number()},
                       label(),
                       json.Has("candidate") ? int(json["candidate"].IntegerIn(0, mask_decoder::kLastCandidate)) : -1};
  }
  const JsonCursor b = json["xyxy"];
  return BoxPrompt{json["view"].String(), b[size_t{0}].Number(), b[1].Number(), b[2].Number(), b[3].Number()};
}

PlacedPrompt ReadPlaced(const JsonCursor& json, const scene::Scene& scene) {
  const PlacedPrompt placed{PromptId(json["id"].IntegerIn(1, kLastId)), ReadPrompt(json)};
  segmentation::CheckPromptPlaces(segmentation::AsObject(placed.prompt), scene);
  return placed;
}

// The rows of a table that these numbers are the places of.
template <class Row>
std::vector<Row> RowsOf(const std::vector<Row>& all, const JsonCursor& places, const char* what) {
  std::vector<Row> rows;
  for (size_t i = 0; i < places.size(); ++i) {
    const int64_t place = places[i].Integer();
    if (place < 0 || place >= int64_t(all.size())) places[i].Fail(fmt::format("there is no {} {}", what, place));
    rows.push_back(all[size_t(place)]);
  }
  return rows;
}

EditedObject ReadObject(const JsonCursor& json, const std::vector<PlacedPrompt>& all, const scene::Scene& scene) {
  EditedObject object;
  object.id = ObjectId(json["id"].IntegerIn(1, kLastId));
  object.edition = json["edition"].IntegerIn(1, kLastId);
  object.about.name = json["name"].String();
  if (json.Has("instance")) object.about.instance = int(json["instance"].IntegerIn(0, kMostCounted));
  if (json.Has("min_visible")) object.about.min_visible = int(json["min_visible"].IntegerIn(0, kMostCounted));
  object.about.text = json.StringOr("text", "");
  object.prompts = RowsOf(all, json["prompts"], "prompt");
  if (json.Has("uses")) {
    for (const auto& [view, name] : json["uses"].json().items()) {
      const auto use = mask_decoder::ViewUseFromName(json["uses"][view].String());
      if (!use) json["uses"][view].Fail("expected never or always");
      object.uses[scene.views[size_t(scene.FindView(view))].name] = *use;
    }
  }
  run::CheckObjectName(object.about.name);
  return object;
}

// Most moments share most objects, and most objects most prompts: each is written once.
class PromptTable {
 public:
  Json Rows(const std::vector<PlacedPrompt>& prompts) {
    Json rows = Json::array();
    for (const PlacedPrompt& placed : prompts) rows.push_back(RowOf(placed));
    return rows;
  }
  const Json& all() const { return all_; }

 private:
  size_t RowOf(const PlacedPrompt& placed) {
    auto& places = known_[placed.id];  // it had
    for (const auto& [prompt, row] : places)
      if (AreSame(*prompt, placed.prompt)) return row;
    places.emplace_back(&placed.prompt, all_.size());
    all_.push_back(ToJson(placed));
    return places.back().second;
  }

  std::map<PromptId, std::vector<std::pair<const segmentation::Prompt*, size_t>>> known_;
  Json all_ = Json::array();
};

class ObjectTable {
 public:
  Json Rows(const std::vector<EditedObject>& objects) {
    Json rows = Json::array();
    for (const EditedObject& object : objects) {
      const auto [row, is_new] =
          known_.try_emplace(std::tuple(object.id, object.edition, object.about.name), all_.size());
      if (is_new) all_.push_back(ToJson(object, prompts_.Rows(object.prompts)));
      rows.push_back(row->second);
    }
    return rows;
  }
  const Json& all() const { return all_; }
  const Json& prompts() const { return prompts_.all(); }

 private:
  PromptTable prompts_;
  std::map<std::tuple<ObjectId, int64_t, std::string>, size_t> known_;
  Json all_ = Json::array();
};

// The objects of a moment, as PromptEdits leaves them: each number is given once, and none is beyond the counter from
// which the next are taken; each name is another.
std::vector<EditedObject> Objects(const JsonCursor& places, const std::vector<EditedObject>& all, int64_t last_id) {
  std::vector<EditedObject> objects = RowsOf(all, places, "object");
  std::set<int64_t> ids, editions;
  std::set<std::string> names;
  const auto take = [&](int64_t id, std::set<int64_t>* taken) {
    if (id > last_id) places.Fail(fmt::format("the number {} is beyond last_id, {}", id, last_id));
    if (!taken->insert(id).second) places.Fail(fmt::format("the number {} is there twice", id));
  };
  for (const EditedObject& object : objects) {
    take(int64_t(object.id), &ids);
    take(object.edition, &editions);
    for (const PlacedPrompt& placed : object.prompts) take(int64_t(placed.id), &ids);
    if (!names.insert(object.about.name).second)
      places.Fail(fmt::format("two objects are named '{}'", object.about.name));
  }
  return objects;
}

std::vector<EditMoment> Moments(const JsonCursor& json, const std::vector<EditedObject>& all, int64_t last_id) {
  std::vector<EditMoment> moments;
  for (size_t i = 0; i < json.size(); ++i)
    moments.push_back({Objects(json[i]["objects"], all, last_id), json[i]["edit"].String()});
  return moments;
}

Journal Read(const Json& json, const std::string& file, const scene::Scene& scene) {
  const JsonCursor root(json, file);
  if (root["version"].Integer() != kVersion) root["version"].Fail("it is of another version");
  std::vector<PlacedPrompt> all_prompts;
  std::vector<EditedObject> all;
  const JsonCursor prompts = root["prompts"], objects = root["objects"], looks = root["looks"];
  for (size_t i = 0; i < prompts.size(); ++i) all_prompts.push_back(ReadPlaced(prompts[i], scene));
  for (size_t i = 0; i < objects.size(); ++i) all.push_back(ReadObject(objects[i], all_prompts, scene));
  Journal journal;
  const int64_t last_id = root["last_id"].IntegerIn(0, kLastId);
  journal.history = {Objects(root["now"], all, last_id), Moments(root["past"], all, last_id),
                     Moments(root["future"], all, last_id), last_id};
  for (size_t i = 0; i < looks.size(); ++i) {
    const ObjectDisplay look{int(looks[i]["color"].IntegerIn(0, 1'000'000)), looks[i]["visible"].Bool(),
                             looks[i]["solo"].Bool()};
    if (!journal.looks.emplace(ObjectId(looks[i]["id"].IntegerIn(1, last_id)), look).second)
      looks[i].Fail("the object has two looks");
  }
  for (const auto& [name, prints] : root["stored"].json().items()) {
    const JsonCursor row = root["stored"][name];
    for (size_t i = 0; i < row.size(); ++i) journal.stored[name].insert(row[i].String());
  }
  return journal;
}

}  // namespace

std::string PrintOf(const mask_decoder::ObjectPrompt& prompt, const mask_decoder::DecodedObject& masks) {
  std::string said = mask_decoder::ToJson(prompt).dump();
  std::map<std::string, std::string> uses;
  for (const mask_decoder::ViewDecision& view : masks.views)
    if (view.use != mask_decoder::ViewUse::kAuto) uses[view.view] = mask_decoder::NameOf(view.use);
  for (const auto& [view, use] : uses) said += fmt::format("\n{} {}", use, view);
  return Sha256(said);
}

void WriteJournal(const std::filesystem::path& file, const Journal& journal) {
  const EditHistory& history = journal.history;
  ObjectTable table;
  const auto moments = [&](const std::vector<EditMoment>& all) {
    Json json = Json::array();
    for (const EditMoment& moment : all)
      json.push_back({{"edit", moment.edit}, {"objects", table.Rows(moment.objects)}});
    return json;
  };
  Json json = {{"version", kVersion},
               {"now", table.Rows(history.now)},
               {"past", moments(history.past)},
               {"future", moments(history.future)},
               {"last_id", history.last_id}};
  json["objects"] = table.all();
  json["prompts"] = table.prompts();
  json["looks"] = Json::array();
  for (const auto& [id, look] : journal.looks)
    json["looks"].push_back(
        {{"id", int64_t(id)}, {"color", look.color}, {"visible", look.visible}, {"solo", look.solo}});
  json["stored"] = journal.stored;
  WriteFileAtomic(file, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

JournalRead ReadJournal(const std::filesystem::path& file, const scene::Scene& scene, WorkList& work) {
  if (!std::filesystem::exists(file)) return {};
  try {
    return {Read(ReadJsonFile(file), file.string(), scene)};
  } catch (const Error& error) {
    std::filesystem::path aside = file;
    aside += ".damaged";
    std::error_code why_not;
    std::filesystem::rename(file, aside, why_not);
    work.Message(MessageKind::kWarning, "the prompts of the last time cannot be read", error.what(),
                 why_not ? fmt::format("move {} away and open the run again: it cannot be renamed to {} ({}), and no "
                                       "prompts are kept while it is there",
                                       file.string(), aside.filename().string(), why_not.message())
                         : fmt::format("the file is kept as {}", aside.string()));
    return {std::nullopt, !why_not};
  }
}

}  // namespace sanerf::viewer
