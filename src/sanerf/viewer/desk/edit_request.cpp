#include "sanerf/viewer/desk/edit_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sanerf/core/error.h"
#include "sanerf/core/lens.h"
#include "sanerf/run/object_store.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/prompt_places.h"
#include "sanerf/viewer/call_errors.h"

namespace sanerf::viewer {

using segmentation::EditedObject;
using segmentation::ObjectId;
using segmentation::Prompt;
using segmentation::PromptEdits;
using segmentation::PromptId;

namespace {

constexpr int kLongestSide = 16384;  // of a camera
constexpr int kLastOfSam = 3;        // of its masks: the single one and the three
constexpr double kFarthest = 1e9;    // of a number of a place: no photo is that wide, and no scene

template <size_t N>
std::array<double, N> Numbers(const JsonCursor& json) {
  if (json.size() != N) json.Fail(fmt::format("expected {} numbers", N));
  std::array<double, N> numbers;
  for (size_t i = 0; i < N; ++i) numbers[i] = json[i].NumberIn(-kFarthest, kFarthest);
  return numbers;
}

Vec2 Pixel(const JsonCursor& json) {
  const auto xy = Numbers<2>(json);
  return {xy[0], xy[1]};
}

// One request with what it is about.
class Editor {
 public:
  Editor(const JsonCursor& request, const EditContext& context, PromptEdits* edits)
      : request_(request), context_(context), edits_(edits) {}

  EditDone Do() {
    const std::string op = request_["op"].String();
    // A misspelled label must not become a positive click.
    request_.ExpectKeys(
        {"op", "object", "name", "view", "camera", "xy", "xyxy", "p", "label", "candidate", "prompt", "use"});
    if (op == "add_object") {
      segmentation::CheckObjectCount(edits_->objects().size() + 1);
      return {edits_->AddObject(Named(NameOr(FreeName(*edits_)))), {}};
    }
    if (op == "rename_object") {
      const std::string name = Checked(request_["name"].String());
      edits_->RenameObject(Object(), name);
      return {Object(), {}};
    }
    if (op == "remove_object") {
      edits_->RemoveObject(Object());
      return {};
    }
    if (op == "add_click") return Add(Click());
    if (op == "add_box") return Add(Box(View()));
    if (op == "move_prompt") return Move();
    if (op == "remove_prompt") {
      const PromptId id = Placed().id;
      edits_->RemovePrompt(id);
      return {};
    }
    if (op == "use_view") {
      const auto use = mask_decoder::ViewUseFromName(request_["use"].String());
      if (!use) request_["use"].Fail("expected auto, never or always");
      if (View().is_test)
        throw UsageError(View().name + " is held out",
                         "nothing is segmented from it: there is nothing to drop or to keep");
      edits_->UseView(Object(), View().name, *use);
      return {Object(), {}};
    }
    if (op == "undo" || op == "redo") {
      if (!(op == "undo" ? edits_->Undo() : edits_->Redo())) throw NotNow("there is nothing to " + op);
      return {};
    }
    request_["op"].Fail("there is no edit of this name");
  }

 private:
  ObjectId Object() const { return ObjectOf(*edits_, ObjectId(request_["object"].Integer())).id; }

  const segmentation::PlacedPrompt& Placed() const {
    const auto id = PromptId(request_["prompt"].Integer());
    for (const EditedObject& object : edits_->objects())
      for (const segmentation::PlacedPrompt& placed : object.prompts)
        if (placed.id == id) return placed;
    throw NotFound(fmt::format("there is no prompt {}", int64_t(id)), "", "it was removed, in another tab perhaps");
  }

  const scene::View& View() const { return ViewAt(context_.scene, request_["view"].Integer()); }

  static std::string Checked(const std::string& name) {
    run::CheckObjectName(name);
    return name;
  }
  std::string NameOr(const std::string& fallback) const { return Checked(request_.StringOr("name", fallback)); }
  static mask_decoder::ObjectPrompt Named(const std::string& name) {
    mask_decoder::ObjectPrompt object;
    object.name = name;
    return object;
  }

  Vec3 InSpace() const {
    if (!context_.seen) request_["camera"].Fail("it sees nothing");  // where there is none, that is what is said
    return *context_.seen;
  }

  int Candidate() const { return request_.Has("candidate") ? int(request_["candidate"].IntegerIn(0, kLastOfSam)) : -1; }

  Prompt Click() const {
    const int64_t said = request_.IntegerOr("label", 1);
    if (said != 0 && said != 1) request_["label"].Fail("expected 1 (on the object) or 0 (beside it)");
    const int label = int(said);
    if (!request_.Has("view")) return mask_decoder::PointPrompt{InSpace(), label};
    return mask_decoder::ClickPrompt{View().name, Pixel(request_["xy"]), label, Candidate()};
  }

  Prompt Box(const scene::View& view) const {
    const auto b = Numbers<4>(request_["xyxy"]);
    if (b[0] >= b[2] || b[1] >= b[3]) request_["xyxy"].Fail("expected x0 < x1 and y0 < y1");
    return mask_decoder::BoxPrompt{view.name, b[0], b[1], b[2], b[3]};
  }

  EditDone Add(const Prompt& prompt) const {
    mask_decoder::ObjectPrompt added = segmentation::AsObject(prompt);
    segmentation::CheckPromptPlaces(added, context_.scene);
    size_t num_prompts = 0;
    for (const EditedObject& object : edits_->objects()) num_prompts += object.prompts.size();
    if (num_prompts >= kMostPrompts)
      throw UsageError(fmt::format("there are {} prompts", num_prompts), "more are not taken",
                       "remove those that are not needed");
    if (request_.IntegerOr("object", 0) == 0) {
      segmentation::CheckObjectCount(edits_->objects().size() + 1);
      added.name = NameOr(FreeName(*edits_));
      const ObjectId id = edits_->AddObject(added);
      return {id, edits_->Object(id).prompts[0].id};
    }
    const ObjectId id = Object();
    if (added.boxes.empty()) return {id, edits_->AddPrompt(id, prompt)};
    edits_->AddPrompts(id, added);  // instead of a box that the view has
    return {id, edits_->Object(id).prompts.back().id};
  }

  EditDone Move() const {
    const segmentation::PlacedPrompt placed = Placed();
    Prompt to = placed.prompt;
    if (auto* point = std::get_if<mask_decoder::PointPrompt>(&to)) {
      if (request_.Has("camera")) {
        point->p = InSpace();
      } else {
        const auto p = Numbers<3>(request_["p"]);
        point->p = Vec3(p[0], p[1], p[2]);
      }
    } else if (auto* click = std::get_if<mask_decoder::ClickPrompt>(&to)) {
      // Another place has other candidates.
      click->candidate = Candidate();
      if (request_.Has("xy") || click->candidate < 0) click->xy = Pixel(request_["xy"]);
    } else if (auto* box = std::get_if<mask_decoder::BoxPrompt>(&to)) {
      to = Box(context_.scene.views[size_t(context_.scene.FindView(box->view))]);
    }
    segmentation::CheckPromptPlaces(segmentation::AsObject(to), context_.scene);
    edits_->MovePrompt(placed.id, to);
    return {{}, placed.id};
  }

  const JsonCursor& request_;
  const EditContext& context_;
  PromptEdits* edits_;
};

}  // namespace

std::optional<Vec3> SeenBy(const Json& request, const PointAt& point_at) {
  if (!request.is_object() || !request.contains("camera")) return std::nullopt;
  return AsUsage([&] {
    const JsonCursor json(request, "edit");
    const Camera camera = CameraFromJson(json["camera"]);
    const Vec2 px = Pixel(json["xy"]) + Vec2(0.5, 0.5);
    if (!camera.Contains(px)) json["xy"].Fail("the place is outside of the picture");
    return point_at(camera, px);
  });
}

EditDone DoEdit(const Json& request, const EditContext& context, PromptEdits* edits) {
  return AsUsage([&] { return Editor(JsonCursor(request, "edit"), context, edits).Do(); });
}

const EditedObject& ObjectOf(const PromptEdits& edits, ObjectId id) {
  for (const EditedObject& object : edits.objects())
    if (object.id == id) return object;
  throw NotFound(fmt::format("there is no object {}", int64_t(id)), "", "it was removed, in another tab perhaps");
}

const scene::View& ViewAt(const scene::Scene& scene, int64_t view_idx) {
  if (view_idx < 0 || view_idx >= int64_t(scene.views.size()))
    throw NotFound(fmt::format("there is no view {}", view_idx));
  return scene.views[size_t(view_idx)];
}

namespace {

Lens LensFromJson(const JsonCursor& json) {
  if (json.Has("lens")) {
    const auto model = LensModelNamed(json["lens"]["model"].String());
    if (!model) json["lens"]["model"].Fail("there is no such lens");
    return Lens(*model, LensTerms::From(Numbers<12>(json["lens"]["terms"])));
  }
  LensTerms terms;
  if (json.Has("k")) {
    const auto k = Numbers<6>(json["k"]);
    terms.k1 = k[0], terms.k2 = k[1], terms.k3 = k[2], terms.k4 = k[3], terms.p1 = k[4], terms.p2 = k[5];
  }
  const bool is_fisheye = json.Has("fisheye") && json["fisheye"].Bool();
  return Lens(is_fisheye ? LensModel::kFisheye : LensModel::kPerspective, terms);
}

}  // namespace

Camera CameraFromJson(const JsonCursor& json) {
  json.ExpectKeys({"w", "h", "fx", "fy", "cx", "cy", "k", "fisheye", "lens", "pose"});
  Camera camera;
  camera.width = int(json["w"].IntegerIn(1, kLongestSide));
  camera.height = int(json["h"].IntegerIn(1, kLongestSide));
  camera.fx = json["fx"].NumberIn(1e-3, 1e7);
  camera.fy = json["fy"].NumberIn(1e-3, 1e7);
  camera.cx = json["cx"].NumberIn(-1e6, 1e6);
  camera.cy = json["cy"].NumberIn(-1e6, 1e6);
  camera.lens = LensFromJson(json);
  const auto pose = Numbers<12>(json["pose"]);
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      camera.world_from_cam.rotation(row, column) = pose[size_t(4 * row + column)];
    camera.world_from_cam.translation[row] = pose[size_t(4 * row + 3)];
  }
  const Mat3& r = camera.world_from_cam.rotation;
  if (!(r * r.transpose()).isApprox(Mat3::Identity(), 1e-3) || r.determinant() < 0)
    json["pose"].Fail("its rotation is none");
  return camera;
}

Json ToJson(const Camera& camera) {
  Json pose = Json::array();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) pose.push_back(camera.world_from_cam.rotation(row, column));
    pose.push_back(camera.world_from_cam.translation[row]);
  }
  const LensTerms& t = camera.lens.terms();
  const bool is_fisheye = camera.lens.model() == LensModel::kFisheye;
  Json json = {{"w", camera.width},
               {"h", camera.height},
               {"fx", camera.fx},
               {"fy", camera.fy},
               {"cx", camera.cx},
               {"cy", camera.cy},
               {"k", {t.k1, t.k2, t.k3, t.k4, t.p1, t.p2}},
               {"fisheye", is_fisheye},
               {"pose", pose}};
  if (!(is_fisheye || camera.lens.model() == LensModel::kPerspective) || t.k5 != 0 || t.k6 != 0 || t.s1 != 0 ||
      t.s2 != 0 || t.s3 != 0 || t.s4 != 0) {
    json["lens"] = {{"model", NameOf(camera.lens.model())}, {"terms", t.Values()}};
  }
  return json;
}

std::string FreeName(const PromptEdits& edits) {
  for (int number = 1;; ++number) {
    const std::string name = fmt::format("object-{}", number);
    const auto has_name = [&](const EditedObject& object) { return object.about.name == name; };
    if (std::none_of(edits.objects().begin(), edits.objects().end(), has_name)) return name;
  }
}

}  // namespace sanerf::viewer
