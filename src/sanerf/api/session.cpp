#include "sanerf/api/session.h"

#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/nerf/model.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::api {
namespace {

mask_decoder::ObjectPrompt ToObjectPrompt(const Prompt& from) {
  mask_decoder::ObjectPrompt to;
  to.name = from.name;
  for (const Click& click : from.clicks)
    to.clicks.push_back({click.view, Vec2(click.x, click.y), click.positive ? 1 : 0});
  for (const Box& box : from.boxes) to.boxes.push_back({box.view, box.x0, box.y0, box.x1, box.y1});
  for (const Point& point : from.points) to.points.push_back({Vec3(point.x, point.y, point.z), point.positive ? 1 : 0});
  return to;
}

Objects ToObjects(segmentation::SessionSnapshot snapshot) {
  if (!snapshot.model) throw UsageError("no object has a mask", "", "add prompts and call Update");
  std::vector<std::string> names;
  for (const mask_decoder::ObjectPrompt& object : snapshot.objects.prompts.objects) names.push_back(object.name);
  return Objects(std::make_shared<const mask_aggregator::ObjectModel>(std::move(*snapshot.model)), std::move(names));
}

}  // namespace

struct Session::Impl {
  sanerf::segmentation::Session session;

  std::optional<segmentation::ObjectId> Find(const std::string& name) const {
    for (const segmentation::EditedObject& object : session.objects())
      if (object.about.name == name) return object.id;
    return std::nullopt;
  }
};

Session::Session(const Scene& scene, const RadianceField& field, const EncodedViews& encoded, const Options& options)
    : impl_(new Impl{sanerf::segmentation::Session(
          {scene.shared(), field.model(), encoded.features(), encoded.sam(), scene.train_views()},
          options.settings())}) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

void Session::Add(const Prompt& prompt) {
  const mask_decoder::ObjectPrompt object = ToObjectPrompt(prompt);
  if (const auto id = impl_->Find(prompt.name)) {
    impl_->session.AddPrompts(*id, object);
    return;
  }
  if (const auto why = mask_decoder::WhyUnusable(object)) throw UsageError(*why);
  impl_->session.AddObject(object);
}

void Session::Remove(const std::string& name) {
  const auto id = impl_->Find(name);
  if (!id) throw UsageError("there is no object '" + name + "'");
  impl_->session.RemoveObject(*id);
}

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
  session.Prepare(job);
  session.Update(job);
  session.Step(session.steps_left(), job);
  return session.Snapshot(job);
}

}  // namespace sanerf::api
