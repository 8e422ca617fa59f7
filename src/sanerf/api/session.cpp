#include "sanerf/api/session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "sanerf/api/library_access.h"
#include "sanerf/core/error.h"
#include "sanerf/nerf/model.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::api {
namespace {

mask_decoder::ClickPrompt ToInner(const Click& click) {
  return {click.view, Vec2(click.x, click.y), click.positive ? 1 : 0};
}
mask_decoder::BoxPrompt ToInner(const Box& box) { return {box.view, box.x0, box.y0, box.x1, box.y1}; }
mask_decoder::PointPrompt ToInner(const Point& point) {
  return {Vec3(point.x, point.y, point.z), point.positive ? 1 : 0};
}

Click FromInner(const mask_decoder::ClickPrompt& click) {
  return {click.view, click.xy.x(), click.xy.y(), click.label != 0};
}
Box FromInner(const mask_decoder::BoxPrompt& box) { return {box.view, box.x0, box.y0, box.x1, box.y1}; }
Point FromInner(const mask_decoder::PointPrompt& point) {
  return {point.p.x(), point.p.y(), point.p.z(), point.label != 0};
}

mask_decoder::ObjectPrompt ToObjectPrompt(const Prompt& from) {
  mask_decoder::ObjectPrompt to;
  to.name = from.name;
  for (const Click& click : from.clicks) to.clicks.push_back(ToInner(click));
  for (const Box& box : from.boxes) to.boxes.push_back(ToInner(box));
  for (const Point& point : from.points) to.points.push_back(ToInner(point));
  return to;
}

Objects ToObjects(segmentation::SessionSnapshot snapshot) {
  if (!snapshot.model) throw UsageError("no object has a mask", "", "add prompts and call Update");
  std::vector<std::string> names;
  for (const mask_decoder::ObjectPrompt& object : snapshot.objects.prompts.objects) names.push_back(object.name);
  return LibraryAccess::Make<Objects>(std::make_shared<const mask_aggregator::ObjectModel>(std::move(*snapshot.model)),
                                      std::move(names));
}

}  // namespace

struct Session::Impl {
  sanerf::segmentation::Session session;

  std::optional<segmentation::EditedObject> Find(const std::string& name) const {
    for (const segmentation::EditedObject& object : session.objects())
      if (object.about.name == name) return object;
    return std::nullopt;
  }
  segmentation::EditedObject Object(const std::string& name) const {
    if (auto object = Find(name)) return *std::move(object);
    throw UsageError("there is no object '" + name + "'");
  }
};

Session::Session(const Scene& scene, const RadianceField& field, const EncodedViews& encoded, const Options& options)
    : impl_(new Impl{sanerf::segmentation::Session(
          {LibraryAccess::SceneOf(scene), LibraryAccess::ModelOf(field), LibraryAccess::FeaturesOf(encoded),
           LibraryAccess::SamOf(encoded), scene.train_views()},
          LibraryAccess::SettingsOf(options))}) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::vector<PromptId> Session::Add(const Prompt& prompt) {
  const mask_decoder::ObjectPrompt object = ToObjectPrompt(prompt);
  if (const auto known = impl_->Find(prompt.name)) {
    impl_->session.AddPrompts(known->id, object);
  } else {
    if (const auto why = mask_decoder::WhyUnusable(object)) throw UsageError(*why);
    impl_->session.AddObject(object);
  }
  // They were added last: points, clicks, boxes.
  const std::vector<PlacedPrompt> all = prompts(prompt.name);
  const size_t num_points = prompt.points.size(), num = prompt.clicks.size() + prompt.boxes.size() + num_points;
  std::vector<PromptId> ids;
  for (size_t i = all.size() - num; i < all.size(); ++i) ids.push_back(all[i].id);
  std::rotate(ids.begin(), ids.begin() + std::ptrdiff_t(num_points), ids.end());
  return ids;
}

void Session::Move(PromptId id, const SinglePrompt& to) {
  impl_->session.MovePrompt(segmentation::PromptId(id),
                            std::visit([](const auto& p) { return segmentation::Prompt(ToInner(p)); }, to));
}

void Session::RemovePrompt(PromptId id) { impl_->session.RemovePrompt(segmentation::PromptId(id)); }

std::vector<PlacedPrompt> Session::prompts(const std::string& name) const {
  std::vector<PlacedPrompt> prompts;
  for (const segmentation::PlacedPrompt& placed : impl_->Object(name).prompts)
    prompts.push_back(
        {PromptId(placed.id), std::visit([](const auto& p) { return SinglePrompt(FromInner(p)); }, placed.prompt)});
  return prompts;
}

void Session::Remove(const std::string& name) { impl_->session.RemoveObject(impl_->Object(name).id); }

bool Session::Undo() { return impl_->session.Undo(); }
bool Session::Redo() { return impl_->session.Redo(); }

std::vector<std::string> Session::names() const {
  std::vector<std::string> names;
  for (const segmentation::EditedObject& object : impl_->session.objects()) names.push_back(object.about.name);
  return names;
}

void Session::Prepare(const Job& job) { impl_->session.Prepare(job); }
void Session::Update(const Job& job) { impl_->session.Update(job); }
void Session::Step(int n, const Job& job) { impl_->session.Step(n, job); }
int Session::steps_left() const { return impl_->session.steps_left(); }
Objects Session::Snapshot(const Job& job) { return ToObjects(impl_->session.Snapshot(job)); }

Objects Segment(const Scene& scene, const RadianceField& field, const EncodedViews& encoded,
                const std::vector<Prompt>& prompts, const Options& options, const Job& job) {
  if (prompts.empty()) throw UsageError("nothing to segment", "", "give at least one prompt");
  Session session(scene, field, encoded, options);
  for (const Prompt& prompt : prompts) session.Add(prompt);
  return ToObjects(LibraryAccess::InsideOf(session).session.Run(segmentation::SessionSnapshot::Answer::kField, job));
}

}  // namespace sanerf::api
