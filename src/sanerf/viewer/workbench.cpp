#include "sanerf/viewer/workbench.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/find.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

constexpr std::chrono::milliseconds kLooksEvery{500};

}  // namespace

Workbench::Workbench(const fs::path& scene, const WindowRun& run, const pipeline::Settings& settings, WorkList& work,
                     Audience& audience)
    : run_path_(run.path),
      settings_(settings),
      work_(work),
      audience_(audience),
      field_line_(work_, [this] { field_->Pause(); }),
      field_job_(field_line_.job()) {
  field_ = std::make_unique<LiveField>(
      scene, run, settings_, [this] { FieldChanged(); }, field_job_);
  scene_ = field_->scene();
  run_ = std::make_unique<LiveRun>(run_path_, field_->lock(), scene_);
  desk_ = std::make_unique<Desk>(RoomOfDesk(), work_, audience_);
  scores_ = std::make_unique<HeldOutScores>(*desk_, audience_);
  ground_ = std::make_unique<GroundKeeper>(GroundContext{run_path_, *field_, *run_, *desk_, work_, audience_,
                                                         [this] { return num_urgent_ > 0 || num_drawing_ > 0; }});
  keeper_.emplace([this](const StopToken& closing) { Keep(closing); }, kLooksEvery);
}

Workbench::~Workbench() {
  desk_->StopSearching();  // which writes encoded views as well: the encoder would wait for it
  keeper_->End();
  ground_->StopEncoding();
  desk_.reset();
  field_.reset();
}

DeskRoom Workbench::RoomOfDesk() {
  DeskRoom room;
  room.scene = scene_;
  room.settings = settings_;
  room.run = run_path_;
  room.point_at = [this](const Camera& camera, const Vec2& px) { return PointAt(camera, px); };
  room.find = [this](const Json& request, const Job& job) { return Find(request, job); };
  room.store = [this](const segmentation::SessionSnapshot& fitted, const fs::path& log,
                      const std::vector<std::string>& retired, const Job& job) {
    if (!ground_->FinalGround()) return false;  // of a field in training nothing is kept
    run_->Store(fitted, log, retired, field_->settings(), job);
    return true;
  };
  room.is_drawing = [this] { return num_drawing_ > 0; };
  room.hurry = [this]() -> std::shared_ptr<void> { return std::make_shared<Urgent>(*this); };
  return room;
}

void Workbench::FieldChanged() {
  keeper_->Wake();
  audience_.StateChanged();
}

void Workbench::PromptsChanged() {
  {
    const std::lock_guard lock(mutex_);
    prompts_changed_ = true;
  }
  scores_->StepBack();
  ground_->CheckWantedViews();
  keeper_->Wake();
}

void Workbench::Resume() {
  desk_->Resume();
  ground_->Resume();
  PromptsChanged();
}

// One thread opens what can be opened and scores what is answered.
void Workbench::Keep(const StopToken& closing) {
  WorkList::Line line(work_);  // what was canceled is needed all the same: it begins again with the next one
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(prompts_changed_, false)) ground_->TryAgain();
  }
  scores_->Resume();
  try {
    desk_->KeepPrompts();  // of before there was a run
    const Job job = line.job().With(closing);
    if (ground_->OpenNext(job)) scores_->Score(*scene_, job);
  } catch (const InterruptedError&) {
  } catch (const NotFound&) {  // removed while it was looked at
  } catch (const Error& error) {
    work_.Message(error);
    const std::string hint = error.hint().empty() ? "" : fmt::format(" ({})", error.hint());
    ground_->GiveUp(fmt::format("prompts cannot be answered: {}{}", error.what(), hint));
  } catch (const std::exception& error) {
    work_.Message(MessageKind::kError, error.what());
    ground_->GiveUp("");
  }
}

FoundObjects Workbench::Find(const Json& request, const Job& job) {
  const std::optional<segmentation::SegmentationInput> ground = ground_->FinalGround();
  if (!ground) throw NotNow("nothing can be found yet", "the radiance field is not finished", "wait for it");
  const pipeline::Settings settings = field_->settings();
  if (request.value("everything", false)) return FindEverything(*ground, settings, job);
  run::OpenRun run = run_->Another(*ground, settings.encode.model);
  FoundObjects found = FindByWords(request.value("text", ""), settings, &run, job);
  if (const auto live = std::dynamic_pointer_cast<const LiveFeatures>(ground->features))
    std::const_pointer_cast<LiveFeatures>(live)->Reload(job);
  if (desk_->has_prompts()) found.masks = QuickMasks(found.prompts, *ground, settings, job);
  return found;
}

Vec3 Workbench::PointAt(const Camera& camera, const Vec2& px) {
  const std::shared_ptr<const nerf::NerfModel> model = field_->model();
  if (!model) throw NotNow("there is no depth yet", "the scene is not trained", "click in a photo, or wait");
  Camera pixel = camera;  // of this ray alone
  pixel.cx -= px.x() - 0.5;
  pixel.cy -= px.y() - 0.5;
  pixel.width = pixel.height = 1;
  const double depth = model->Render(pixel, work_.QuietJob()).depth.data[0];
  if (!(depth > 0)) throw UsageError("there is nothing at this place", "the ray meets no surface", "click on a thing");
  return camera.Lift(px, depth);
}

}  // namespace sanerf::viewer
