// The radiance field while the window is open: not there yet, in training, paused or finished. Training is the stage
// `Train` in a thread of its own; a pause is a stop of it, which saves, and going on is the stage again.
//
// While it is trained, photos are encoded (feature_container::NoRadianceYet) and prompts lifted with the depth of
// model() (feature_container::RenderedDepth); once it is complete, encoding them again adds depth to the same maps.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/nerf/model.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/scene.h"

namespace sanerf::viewer {

// The run of a window. lock: who has read the run's options hands over the lock that it read them under, so that nobody
// changes in between what is in the run; null: it is yet to be taken.
struct WindowRun {
  WindowRun(std::filesystem::path path, std::shared_ptr<const run::RunLock> lock = nullptr)
      : path(std::move(path)), lock(std::move(lock)) {}

  std::filesystem::path path;
  std::shared_ptr<const run::RunLock> lock;
};

class LiveField {
 public:
  enum class Phase { kPhotos, kTraining, kPaused, kTrained };

  // Takes the run's lock, or the one it is given, and keeps it; a run folder that is not there is made, and removed
  // again when nothing has come of it. scene: may be empty for a run, which knows its own. settings: of a training that
  // begins; one that goes on has those of the run. on_change: the phase or the model is another, or a training has come
  // further; from any thread, quickly, and without calling Start, Pause or Resume. job: what training reports to; must
  // outlive this. Throws what opening scene and run throws.
  LiveField(std::filesystem::path scene, WindowRun run, const pipeline::Settings& settings,
            std::function<void()> on_change, const Job& job);
  ~LiveField();  // pauses

  Phase phase() const;
  const std::shared_ptr<const scene::Scene>& scene() const { return scene_; }
  // Of the run, held as long as this lives: whoever else writes to the run writes under it.
  const run::RunLock& lock() const;
  // The field as it is, of one in training a copy with weights of its own, renewed about once a second while somebody
  // asks; null before there is any. finished() is false, and the fingerprint means nothing, until training is complete.
  std::shared_ptr<const nerf::NerfModel> model();
  int64_t step() const;  // that the training has taken: what a prompt waits for. 0 before there are any
  // "training" of docs/viewer.md, or null.
  Json TrainingState() const;
  // With which options the session goes on: those given and, since a training was started here, its preset's.
  pipeline::Settings settings() const;
  // Trainings that Start has begun: with each of them the field before is gone.
  int64_t num_starts() const;
  // What makes `sanerf train SCENE --out RUN` train this field, as "train"; before the training also what each preset
  // would, as "train:fast" and so on.
  std::map<std::string, std::string> TrainFlags() const;

  // Throw Error with a sentence when the phase does not allow it. What ends a training early is a warning of the job.
  // Pause waits for the thread that trains, and with it for on_change: hold nothing that on_change needs.
  void Start(const std::string& preset);
  void Pause();  // returns when it is saved
  void Resume();

  // Held for an answer that somebody waits for: training makes no step meanwhile, but for a third of the time when it
  // is held on and on.
  class Priority {
   public:
    explicit Priority(LiveField& field);
    ~Priority();
    Priority(const Priority&) = delete;
    Priority& operator=(const Priority&) = delete;

   private:
    LiveField& field_;
  };

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  std::shared_ptr<const scene::Scene> scene_;
};

// The same with half of the threads: what is drawn of a field in training is soon another, and training goes on.
Job BesideTraining(const Job& job);

}  // namespace sanerf::viewer
