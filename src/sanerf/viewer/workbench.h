// What the window works on, put together: the field, the run, the desk, what its masks are made with, and the scores.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/desk.h"
#include "sanerf/viewer/desk/held_out_scores.h"
#include "sanerf/viewer/ground_keeper.h"
#include "sanerf/viewer/live/live_field.h"
#include "sanerf/viewer/live/live_run.h"
#include "sanerf/viewer/live/wakeful_thread.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class Workbench {
 public:
  // scene: empty for a run, which knows its own. Throws what opening them throws. work and audience must outlive it.
  Workbench(const std::filesystem::path& scene, const WindowRun& run, const pipeline::Settings& settings,
            WorkList& work, Audience& audience);
  ~Workbench();  // stops and saves

  Desk& desk() { return *desk_; }
  LiveField& field() { return *field_; }
  const scene::Scene& scene() const { return *scene_; }
  StopToken closing() const { return keeper_->closing(); }
  // Something was said or pointed at: what waits for it is opened and encoded, and scoring begins again later.
  void PromptsChanged();
  void Resume();  // with what was canceled or has failed: the answer, the encoding, what was being opened
  // Held while a picture is made for somebody who waits: no further view is encoded.
  class Drawing {
   public:
    explicit Drawing(Workbench& bench) : bench_(bench) { ++bench_.num_drawing_; }
    ~Drawing() { --bench_.num_drawing_; }
    Drawing(const Drawing&) = delete;
    Drawing& operator=(const Drawing&) = delete;

   private:
    Workbench& bench_;
  };
  // Held for what should be there at once: the same, and training makes no step meanwhile.
  class Urgent {
   public:
    explicit Urgent(Workbench& bench) : bench_(bench), priority_(*bench.field_) { ++bench_.num_urgent_; }
    ~Urgent() { --bench_.num_urgent_; }
    Urgent(const Urgent&) = delete;
    Urgent& operator=(const Urgent&) = delete;

   private:
    Workbench& bench_;
    const LiveField::Priority priority_;
  };

  Json EncodingState() const { return ground_->EncodingState(); }  // "encoding" of docs/viewer.md
  std::string Waiting() const { return ground_->Waiting(); }       // "waiting" there
  const HeldOutScores& scores() const { return *scores_; }

 private:
  DeskRoom RoomOfDesk();
  Vec3 PointAt(const Camera& camera, const Vec2& px);
  FoundObjects Find(const Json& request, const Job& job);
  void FieldChanged();
  void Keep(const StopToken& closing);

  const std::filesystem::path run_path_;
  const pipeline::Settings settings_;
  WorkList& work_;
  Audience& audience_;
  WorkList::Line field_line_;
  const Job field_job_;
  std::unique_ptr<LiveField> field_;
  std::shared_ptr<const scene::Scene> scene_;
  std::unique_ptr<LiveRun> run_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<HeldOutScores> scores_;
  std::unique_ptr<GroundKeeper> ground_;
  std::atomic<int> num_drawing_ = 0, num_urgent_ = 0;

  std::mutex mutex_;
  bool prompts_changed_ = false;  // with the mutex
  std::optional<WakefulThread> keeper_;
};

}  // namespace sanerf::viewer
