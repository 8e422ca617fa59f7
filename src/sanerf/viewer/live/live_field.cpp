#include "sanerf/viewer/live/live_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/pipeline/flags_for.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/new_run.h"
#include "sanerf/run/output_place.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/viewer/live/training_record.h"
#include "sanerf/viewer/live/training_settings.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {

using nerf::NerfModel;
using pipeline::Settings;
using run::RunFolder;

namespace {

constexpr double kRenewSeconds = 1;  // between two copies of a field in training, and between its numbers
constexpr double kStillAsked = 4;    // seconds: who has asked so lately asks again, and should not be shown an old one
constexpr int64_t kFirstPicture = 64;  // steps after which there is more to see than fog
constexpr double kHeldOutSeconds = 5;  // between two looks at the held-out view
constexpr auto kLongestHold = std::chrono::milliseconds(400);
constexpr double kFreeSeconds = 0.2;  // of training between two holds

std::string FlagsOf(const Settings& settings) {
  return pipeline::FlagsFor(pipeline::ToJson(settings), {"scene", "nerf"});
}

LiveField::Phase PhaseOf(const fs::path& run) {
  if (!RunFolder::Exists(run)) return LiveField::Phase::kPhotos;
  const RunFolder folder = RunFolder::Open(run);
  if (!fs::exists(folder.checkpoint())) return LiveField::Phase::kPhotos;
  const bool is_complete = folder.StateOf(run::Stage::kTrain) == run::StageState::kComplete;
  return is_complete ? LiveField::Phase::kTrained : LiveField::Phase::kPaused;
}

}  // namespace

class LiveField::Impl {
 public:
  Impl(fs::path scene, WindowRun run, const Settings& settings, std::function<void()> on_change, const Job& job)
      : scene_path_(std::move(scene)),
        run_path_(std::move(run.path)),
        settings_(settings),
        on_change_(std::move(on_change)),
        job_(job),
        lock_(std::move(run.lock)),
        used_(settings) {}
  ~Impl() {
    stop_.RequestStop();
    released_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  std::shared_ptr<const scene::Scene> Open();

  const run::RunLock& lock() const { return *lock_; }
  Phase phase() const {
    const std::lock_guard lock(mutex_);
    return phase_;
  }
  std::shared_ptr<const NerfModel> model() {
    const std::lock_guard lock(mutex_);
    since_asked_ = Stopwatch();
    return model_;
  }
  int64_t step() const { return record_.step(); }
  Settings settings() const {
    const std::lock_guard lock(mutex_);
    return used_;
  }
  int64_t num_starts() const {
    const std::lock_guard lock(mutex_);
    return num_starts_;
  }
  Json TrainingState() const { return phase() == Phase::kPhotos ? Json(nullptr) : record_.ToJson(); }
  std::map<std::string, std::string> TrainFlags() const {
    const std::lock_guard lock(mutex_);
    return phase_ == Phase::kPhotos ? flags_of_presets_ : std::map<std::string, std::string>{{"train", flags_}};
  }

  void Start(const std::string& preset);
  void Pause();
  void Resume();

  void Hold() {
    const std::lock_guard lock(mutex_);
    ++num_holding_;
  }
  void Release() {
    {
      const std::lock_guard lock(mutex_);
      --num_holding_;
    }
    released_.notify_all();
  }

 private:
  void Begin(const Settings& settings, bool restart);
  void Run(const Settings& settings, bool restart, const StopToken& stop);
  void Settle();
  void BetweenSteps(const nerf::NerfTrainer& trainer, const StopToken& stop);
  void Recall();

  fs::path scene_path_, run_path_;
  const Settings settings_;
  const std::function<void()> on_change_;
  const Job& job_;
  std::optional<run::NewRun> new_run_;  // before the lock: it takes it once more in the end
  std::shared_ptr<const run::RunLock> lock_;
  TrainingRecord record_;

  std::mutex control_;  // Start, Pause and Resume, one at a time
  std::thread thread_;
  StopSource stop_;

  mutable std::mutex mutex_;  // of what follows
  Phase phase_ = Phase::kPhotos;
  Settings used_;
  int64_t num_starts_ = 0;
  std::string flags_;
  std::map<std::string, std::string> flags_of_presets_;
  std::shared_ptr<const NerfModel> model_;
  Stopwatch since_asked_, since_copy_, since_hold_, since_told_;
  std::condition_variable released_;
  int num_holding_ = 0;
};

std::shared_ptr<const scene::Scene> LiveField::Impl::Open() {
  flags_of_presets_["train"] = FlagsOf(settings_);
  for (const std::string& preset : pipeline::PresetNames())
    flags_of_presets_["train:" + preset] = FlagsOf(WithPreset(preset, settings_));
  std::shared_ptr<const scene::Scene> scene;
  if (RunFolder::Exists(run_path_)) {
    if (!lock_) lock_ = run::LockRun(run_path_, run::RunLock::Holder::kWindow);
    const std::optional<fs::path> given = scene_path_.empty() ? std::nullopt : std::optional(scene_path_);
    scene = std::make_shared<const scene::Scene>(RunFolder::Open(run_path_).OpenScene(given, *lock_, job_));
    if (scene_path_.empty()) scene_path_ = scene->root;
  } else {
    scene = std::make_shared<const scene::Scene>(scene::LoadScene(scene_path_, settings_.scene, job_));
    run::CheckPlaceOfNewRun(run_path_, *scene);
    new_run_.emplace(run_path_);
    EnsureWritableFolder(run_path_);
    lock_ = std::make_shared<const run::RunLock>(run_path_, run::RunLock::Holder::kWindow);
  }
  phase_ = PhaseOf(run_path_);
  if (phase_ == Phase::kPhotos) return scene;
  Recall();
  model_ = std::make_shared<const NerfModel>(NerfModel::Load(RunFolder::Open(run_path_).checkpoint()));
  if (phase_ == Phase::kPaused) record_.StandAt(model_->step());
  return scene;
}

void LiveField::Impl::Recall() {
  const RunFolder folder = RunFolder::Open(run_path_);
  const Settings recorded = RecordedSettings(run_path_);
  flags_ = FlagsOf(recorded);
  record_.Recall(folder.nerf_log(), PresetOf(recorded), recorded.nerf.iters, folder.SecondsOf(run::Stage::kTrain));
  if (phase_ == Phase::kTrained) record_.Finish(recorded.nerf.iters);
}

void LiveField::Impl::Start(const std::string& preset) {
  const std::lock_guard control(control_);
  const Settings settings = WithPreset(preset, settings_);
  const Phase now = phase();
  if (now == Phase::kTraining)
    throw Error("the radiance field is being trained already", "", "pause it first to begin with another preset");
  if (now == Phase::kTrained)
    throw Error("the radiance field of " + run_path_.string() + " is complete",
                "training anew makes its encoded views and objects stale",
                fmt::format("sanerf train {} --out {} --restart{}", ShellQuoted(scene_path_.string()),
                            ShellQuoted(run_path_.string()), FlagsOf(settings)));
  record_.Begin(preset, settings.nerf.iters);
  {
    const std::lock_guard lock(mutex_);
    flags_ = FlagsOf(settings);
    used_ = settings;
    ++num_starts_;
  }
  Begin(settings, /*restart=*/true);
}

void LiveField::Impl::Pause() {
  const std::lock_guard control(control_);
  if (phase() != Phase::kTraining) throw Error("nothing is being trained that could be paused");
  stop_.RequestStop();
  released_.notify_all();
  thread_.join();
}

void LiveField::Impl::Resume() {
  const std::lock_guard control(control_);
  if (phase() != Phase::kPaused)
    throw Error("there is no paused training that could go on", "", phase() == Phase::kPhotos ? "start one" : "");
  const Settings recorded = RecordedSettings(run_path_);
  record_.Continue();
  Begin(recorded, /*restart=*/false);
}

void LiveField::Impl::Begin(const Settings& settings, bool restart) {
  if (thread_.joinable()) thread_.join();
  stop_ = StopSource();
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::kTraining;
    if (restart) model_ = nullptr;
  }
  thread_ = std::thread([this, settings, restart, stop = stop_.token()] { Run(settings, restart, stop); });
  on_change_();
}

void LiveField::Impl::Run(const Settings& settings, bool restart, const StopToken& stop) {
  pipeline::TrainRequest request{scene_path_, run_path_};
  request.restart = restart && RunFolder::Exists(run_path_);
  request.lock = lock_.get();
  request.hooks.eval_seconds = kHeldOutSeconds;
  request.hooks.between_steps = [&](const nerf::NerfTrainer& trainer) { BetweenSteps(trainer, stop); };
  try {
    pipeline::Train(request, settings, job_.With(record_).With(stop));
  } catch (const InterruptedError&) {
  } catch (const Error& error) {
    job_.Warn(fmt::format("the training ended early: {}{}", error.what(),
                          error.hint().empty() ? "" : " (" + error.hint() + ")"));
  } catch (const std::exception& error) {
    job_.Warn(fmt::format("the training ended early: {}", error.what()));
  }
  Settle();
}

// What the run holds now is what is shown.
void LiveField::Impl::Settle() {
  Phase phase = Phase::kPhotos;
  std::shared_ptr<const NerfModel> model;
  try {
    phase = PhaseOf(run_path_);
    if (phase != Phase::kPhotos)
      model = std::make_shared<const NerfModel>(NerfModel::Load(RunFolder::Open(run_path_).checkpoint()));
    if (phase == Phase::kPaused) record_.StandAt(model->step());
    if (phase == Phase::kTrained) record_.Finish(RecordedSettings(run_path_).nerf.iters);
  } catch (const std::exception& error) {
    phase = Phase::kPhotos;
    job_.Warn(error.what());
  }
  {
    const std::lock_guard lock(mutex_);
    phase_ = phase;
    model_ = std::move(model);
  }
  on_change_();
}

void LiveField::Impl::BetweenSteps(const nerf::NerfTrainer& trainer, const StopToken& stop) {
  bool copies;
  {
    std::unique_lock lock(mutex_);
    if (num_holding_ > 0 && since_hold_.seconds() > kFreeSeconds) {
      released_.wait_for(lock, kLongestHold, [&] { return num_holding_ == 0 || stop.stop_requested(); });
      since_hold_ = Stopwatch();
    }
    const bool is_due = model_ == nullptr || since_copy_.seconds() > kRenewSeconds;
    copies = is_due && since_asked_.seconds() < kStillAsked && trainer.step() >= kFirstPicture;
    if (!copies && since_told_.seconds() < kRenewSeconds) return;
    since_told_ = Stopwatch();
  }
  if (copies) {
    auto copy = std::make_shared<const NerfModel>(trainer.CopyModel());
    const std::lock_guard lock(mutex_);
    model_ = std::move(copy);
    since_copy_ = Stopwatch();
  }
  on_change_();
}

LiveField::LiveField(fs::path scene, WindowRun run, const Settings& settings, std::function<void()> on_change,
                     const Job& job)
    : impl_(std::make_unique<Impl>(std::move(scene), std::move(run), settings, std::move(on_change), job)),
      scene_(impl_->Open()) {}

LiveField::~LiveField() = default;

LiveField::Phase LiveField::phase() const { return impl_->phase(); }
const run::RunLock& LiveField::lock() const { return impl_->lock(); }
std::shared_ptr<const NerfModel> LiveField::model() { return impl_->model(); }
int64_t LiveField::step() const { return impl_->step(); }
Settings LiveField::settings() const { return impl_->settings(); }
int64_t LiveField::num_starts() const { return impl_->num_starts(); }
Json LiveField::TrainingState() const { return impl_->TrainingState(); }
std::map<std::string, std::string> LiveField::TrainFlags() const { return impl_->TrainFlags(); }
void LiveField::Start(const std::string& preset) { impl_->Start(preset); }
void LiveField::Pause() { impl_->Pause(); }
void LiveField::Resume() { impl_->Resume(); }

LiveField::Priority::Priority(LiveField& field) : field_(field) { field_.impl_->Hold(); }
LiveField::Priority::~Priority() { field_.impl_->Release(); }

Job BesideTraining(const Job& job) { return job.WithThreads(std::max(1, NumThreads() / 2)); }

}  // namespace sanerf::viewer
