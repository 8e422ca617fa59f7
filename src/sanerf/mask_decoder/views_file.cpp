#include "sanerf/mask_decoder/views_file.h"

#include <algorithm>

#include "sanerf/core/json.h"

namespace sanerf::mask_decoder {

using scene::Scene;

namespace {
constexpr char kFromOthers[] = "what the other views say";
constexpr int64_t kMostPoints = 1'000'000;  // of an object, as in a prompts file
}  // namespace

Json ToJson(const DecodedObject& decoded) {
  Json points = Json::array(), views = Json::array();
  for (const LiftedPoint& point : decoded.points) {
    Json row = {{"p", {point.p_file.x(), point.p_file.y(), point.p_file.z()}}, {"label", point.label}};
    if (point.source_view >= 0) {
      row["view"] = point.source_name;
      row["working_xy"] = {point.source_px.x(), point.source_px.y()};
      row["from"] = point.is_seed ? "mask" : "click";
    }
    points.push_back(row);
  }
  for (const ViewDecision& decision : decoded.views) {
    Json row = {{"view", decision.view},
                {"used", decision.used},
                {"kind", NameOf(decision.outcome)},
                {"reason", decision.reason}};
    if (decision.use != ViewUse::kAuto) row["use"] = NameOf(decision.use);
    row["num_visible"] = decision.num_visible;
    row["has_box"] = decision.has_box;
    if (!decision.mask.empty()) {
      row["candidate"] = decision.candidate;
      row["predicted_iou"] = decision.predicted_iou;
      row["area"] = decision.area;
      row["sharp_outline"] = decision.sharp_outline;
      if (decision.agreement >= 0) {
        row["agreement"] = decision.agreement;
        row["prompted_with"] = decision.from_others ? kFromOthers : "points";
      }
    }
    row["points"] = Json::array();
    for (const auto& point : decision.points) {
      row["points"].push_back(
          {{"xy", {point.x, point.y}}, {"z", point.z}, {"label", point.label}, {"state", NameOf(point.state)}});
    }
    views.push_back(row);
  }
  return {{"name", decoded.name}, {"points", points}, {"views", views}};
}

namespace {

Vec3 ReadVec3(const JsonCursor& at) { return {at[size_t{0}].Number(), at[1].Number(), at[2].Number()}; }
Vec2 ReadVec2(const JsonCursor& at) { return {at[size_t{0}].Number(), at[1].Number()}; }

// Throws Error when the scene has no such view.
int FindExactView(const JsonCursor& at, const Scene& scene) {
  const std::string name = at.String();
  const auto found =
      std::find_if(scene.views.begin(), scene.views.end(), [&](const scene::View& v) { return v.name == name; });
  if (found == scene.views.end()) at.Fail("the scene has no view " + name, "segment the object again");
  return int(found - scene.views.begin());
}

// The value that has this name. Throws Error when none has.
template <class T>
T Named(const JsonCursor& at, std::optional<T> (*from_name)(const std::string&)) {
  const std::optional<T> value = from_name(at.String());
  if (!value) at.Fail("'" + at.String() + "' is not known here", "segment the object again");
  return *value;
}

LiftedPoint ReadLifted(const JsonCursor& row, const Scene& scene) {
  LiftedPoint point;
  point.p_file = ReadVec3(row["p"]);
  point.label = int(row["label"].IntegerIn(0, 1));
  if (!row.Has("view")) return point;
  point.source_view = FindExactView(row["view"], scene);
  point.source_name = scene.views[size_t(point.source_view)].name;
  point.source_px = ReadVec2(row["working_xy"]);
  point.is_seed = row["from"].String() == "mask";
  return point;
}

ViewDecision ReadView(const JsonCursor& row, const Scene& scene) {
  ViewDecision view;
  view.view_idx = FindExactView(row["view"], scene);
  view.view = scene.views[size_t(view.view_idx)].name;
  view.used = row["used"].Bool();
  // Earlier versions left it empty where nothing was decided.
  view.outcome = row["kind"].String().empty() ? Outcome::kNotSelected : Named(row["kind"], OutcomeFromName);
  view.reason = row["reason"].String();
  if (row.Has("use")) view.use = Named(row["use"], ViewUseFromName);
  if (row.Has("num_visible")) view.num_visible = int(row["num_visible"].IntegerIn(0, kMostPoints));
  view.has_box = row.Has("has_box") && row["has_box"].Bool();
  if (row.Has("candidate")) view.candidate = int(row["candidate"].IntegerIn(-1, kMostPoints));
  if (row.Has("predicted_iou")) view.predicted_iou = float(row["predicted_iou"].NumberIn(-1e6, 1e6));
  view.area = row.NumberOr("area", 0);
  view.sharp_outline = row.Has("sharp_outline") && row["sharp_outline"].Bool();
  view.agreement = row.NumberOr("agreement", -1);
  view.from_others = row.StringOr("prompted_with", "points") == kFromOthers;
  const JsonCursor points = row["points"];
  for (size_t i = 0; i < points.size(); ++i) {
    const Vec2 xy = ReadVec2(points[i]["xy"]);
    view.points.push_back({xy.x(), xy.y(), points[i]["z"].Number(), int(points[i]["label"].IntegerIn(0, 1)),
                           Named(points[i]["state"], PointStateFromName)});
  }
  return view;
}

}  // namespace

DecodedObject ReadDecoded(const std::filesystem::path& path, const Scene& scene) {
  const Json json = ReadJsonFile(path);
  const JsonCursor root(json, path.string());
  DecodedObject decoded;
  decoded.name = root["name"].String();
  const JsonCursor points = root["points"], views = root["views"];
  for (size_t i = 0; i < points.size(); ++i) decoded.points.push_back(ReadLifted(points[i], scene));
  for (size_t i = 0; i < views.size(); ++i) decoded.views.push_back(ReadView(views[i], scene));
  return decoded;
}

}  // namespace sanerf::mask_decoder
