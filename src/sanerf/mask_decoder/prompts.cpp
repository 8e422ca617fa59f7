#include "sanerf/mask_decoder/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sanerf/core/json.h"
#include "sanerf/core/unseen_characters.h"

namespace sanerf::mask_decoder {
namespace {

constexpr size_t kMaxNameLength = 100;

int ReadLabel(const JsonCursor& owner) {
  const int64_t label = owner.IntegerOr("label", 1);
  if (label != 0 && label != 1)
    owner["label"].Fail(fmt::format("expected 1 (positive) or 0 (negative), found {}", label));
  return static_cast<int>(label);
}

template <size_t N>
std::array<double, N> ReadNumbers(const JsonCursor& cursor) {
  if (cursor.size() != N) cursor.Fail(fmt::format("expected {} numbers, found {}", N, cursor.size()));
  std::array<double, N> numbers;
  for (size_t i = 0; i < N; ++i) numbers[i] = cursor[i].Number();
  return numbers;
}

std::string ReadViewName(const JsonCursor& cursor) {
  const std::string name = cursor.String();
  if (name.empty()) cursor.Fail("the name of the view is empty");
  return name;
}

PointPrompt ReadPoint(const JsonCursor& cursor) {
  if (cursor.json().is_array()) cursor.Fail("expected {\"p\": [x, y, z], \"label\": 1}");
  cursor.ExpectKeys({"p", "label"});
  const auto p = ReadNumbers<3>(cursor["p"]);
  return {Vec3(p[0], p[1], p[2]), ReadLabel(cursor)};
}

ClickPrompt ReadClick(const JsonCursor& cursor) {
  cursor.ExpectKeys({"view", "xy", "label", "candidate"});
  const auto xy = ReadNumbers<2>(cursor["xy"]);
  const int candidate = cursor.Has("candidate") ? int(cursor["candidate"].IntegerIn(0, kLastCandidate)) : -1;
  return {ReadViewName(cursor["view"]), Vec2(xy[0], xy[1]), ReadLabel(cursor), candidate};
}

BoxPrompt ReadBox(const JsonCursor& cursor) {
  cursor.ExpectKeys({"view", "xyxy"});
  const auto b = ReadNumbers<4>(cursor["xyxy"]);
  if (b[0] >= b[2] || b[1] >= b[3]) cursor["xyxy"].Fail("expected [x0, y0, x1, y1] with x0 < x1 and y0 < y1");
  return {ReadViewName(cursor["view"]), b[0], b[1], b[2], b[3]};
}

template <class T>
std::vector<T> ReadList(const JsonCursor& owner, const std::string& key, T (*read)(const JsonCursor&)) {
  std::vector<T> list;
  if (!owner.Has(key)) return list;
  const JsonCursor cursor = owner[key];
  for (size_t i = 0; i < cursor.size(); ++i) list.push_back(read(cursor[i]));
  return list;
}

int ReadCount(const JsonCursor& owner, const std::string& key, int fallback) {
  if (!owner.Has(key)) return fallback;
  const int64_t value = owner[key].Integer();
  if (value < fallback || value > 1'000'000) owner[key].Fail(fmt::format("{} is out of range", value));
  return static_cast<int>(value);
}

ObjectPrompt ReadObject(const JsonCursor& cursor) {
  cursor.ExpectKeys({"name", "instance", "text", "points", "clicks", "boxes", "min_visible"});
  ObjectPrompt object;
  object.name = cursor["name"].String();
  object.instance = ReadCount(cursor, "instance", -1);
  object.text = cursor.StringOr("text", "");
  object.points = ReadList(cursor, "points", &ReadPoint);
  object.clicks = ReadList(cursor, "clicks", &ReadClick);
  object.boxes = ReadList(cursor, "boxes", &ReadBox);
  object.min_visible = ReadCount(cursor, "min_visible", 0);
  if (const auto why = WhyUnusable(object)) cursor.Fail(*why);
  return object;
}

}  // namespace

std::optional<std::string> WhyBadName(const std::string& name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kMaxNameLength) return fmt::format("it is longer than {} bytes", kMaxNameLength);
  if (const auto unseen = FirstUnseen(name))
    return fmt::format(
        "it has {}, {}", unseen->Name(),
        unseen->IsDirection() ? "which nobody sees and which turns the text around it" : "a control character");
  if (name.front() == '.' || name.front() == '-' || name.front() == ' ' || name.back() == ' ')
    return "it names a folder, and begins with '.', '-' or a space, or ends with a space";
  if (name.find_first_of("/\\:*?\"<>|") != std::string::npos)
    return "it names a folder, and has one of / \\ : * ? \" < > |";
  return std::nullopt;
}

int ChosenCandidate(const ObjectPrompt& object) { return object.clicks.empty() ? -1 : object.clicks.back().candidate; }

std::optional<std::string> WhyUnusable(const ObjectPrompt& object) {
  if (const auto why = WhyBadName(object.name))
    return fmt::format("'{}' cannot be the name of an object: {}", WithUnseenNamed(object.name), *why);
  const auto positive = [](const auto& prompt) { return prompt.label == 1; };
  if (object.boxes.empty() && std::none_of(object.points.begin(), object.points.end(), positive) &&
      std::none_of(object.clicks.begin(), object.clicks.end(), positive)) {
    return fmt::format("object '{}' has no positive point, click or box", object.name);
  }
  const size_t num_points = object.points.size() + object.clicks.size();
  if (object.boxes.empty() && static_cast<size_t>(object.min_visible) > num_points) {
    return fmt::format("object '{}' wants {} visible points (min_visible) but has {}", object.name, object.min_visible,
                       num_points);
  }
  return std::nullopt;
}

Prompts ReadPrompts(const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  const JsonCursor root(json, path.string());
  if (json.is_object() && json.contains("negative_labels")) {
    root.Fail(
        "these are points of the SANeRF-HQ release, in its own normalized frame",
        "give the points in the frame of the scene's files, as {\"objects\": [{\"name\": ..., \"points\": [...]}]}");
  }
  root.ExpectKeys({"objects"});
  const JsonCursor objects = root["objects"];
  if (objects.size() == 0)
    objects.Fail("no objects", "each needs a name and at least one positive point, click or box");

  Prompts prompts;
  std::set<std::string> names;
  for (size_t i = 0; i < objects.size(); ++i) {
    prompts.objects.push_back(ReadObject(objects[i]));
    const std::string& name = prompts.objects.back().name;
    if (!names.insert(name).second) objects[i]["name"].Fail(fmt::format("there are two objects named '{}'", name));
  }
  return prompts;
}

Json ToJson(const ObjectPrompt& object) {
  Json json = {{"name", object.name}};
  if (object.instance >= 0) json["instance"] = object.instance;
  if (!object.text.empty()) json["text"] = object.text;
  for (const PointPrompt& point : object.points) {
    json["points"].push_back({{"p", {point.p.x(), point.p.y(), point.p.z()}}, {"label", point.label}});
  }
  for (const ClickPrompt& click : object.clicks) {
    json["clicks"].push_back({{"view", click.view}, {"xy", {click.xy.x(), click.xy.y()}}, {"label", click.label}});
    if (click.candidate >= 0) json["clicks"].back()["candidate"] = click.candidate;
  }
  for (const BoxPrompt& box : object.boxes) {
    json["boxes"].push_back({{"view", box.view}, {"xyxy", {box.x0, box.y0, box.x1, box.y1}}});
  }
  if (object.min_visible > 0) json["min_visible"] = object.min_visible;
  return json;
}

Json ToJson(const Prompts& prompts) {
  Json objects = Json::array();
  for (const ObjectPrompt& object : prompts.objects) objects.push_back(ToJson(object));
  return {{"objects", objects}};
}

}  // namespace sanerf::mask_decoder
