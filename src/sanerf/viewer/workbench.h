// What the window works on: the field and the desk, the run once it is trained, the encoder behind them; opened one
// after the other as soon as each can be.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/desk.h"
#include "sanerf/viewer/live/encoder.h"
#include "sanerf/viewer/live/live_field.h"
#include "sanerf/viewer/live/wakeful_thread.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class Workbench {
 public:
  // scene: empty for a run, which knows its own. Throws what opening them throws. work and audience must outlive it.
  Workbench(const std::filesystem::path& scene, std::filesystem::path run, const pipeline::Settings& settings,
            WorkList& work, Audience& audience);
  ~Workbench();  // stops and saves

  Desk& desk() { return *desk_; }
  LiveField& field() { return *field_; }
  const scene::Scene& scene() const { return *scene_; }
  StopToken closing() const { return keeper_->closing(); }
  // Something was said or pointed at: what waits for it is opened and encoded, and scoring begins again later.
  void PromptsChanged();
  void GoOn();  // with what was cancelled or has failed: the answer, the encoding, what was being opened
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

  Json EncodingState() const;   // "encoding" of docs/viewer.md
  std::string Waiting() const;  // "waiting" there
  // Of an answered object against the ground truth, as soon as it is known.
  std::optional<double> HeldOutIouOf(segmentation::ObjectId id) const;

 private:
  DeskRoom RoomOfDesk();
  Vec3 PointAt(const Camera& camera, const Vec2& px);
  FoundObjects Find(const Json& request, const Job& job);
  bool Store(const segmentation::SessionSnapshot& fitted, const std::filesystem::path& log,
             const std::vector<std::string>& retired, const Job& job);
  void FieldChanged();
  void Keep(const StopToken& closing);
  void OpenNext(const Job& job);
  void OpenTrained(const Job& job);
  void OpenInTraining(const Job& job);
  std::shared_ptr<const sam::Sam> OpenSam(const Job& job);
  void Ground(segmentation::SegmentationInput input, bool has_all);
  void Encode(feature_container::RadianceSource radiance, feature_container::EncodeOptions options,
              std::shared_ptr<LiveFeatures> features, const Job& job);
  void RecordEncoded(double seconds);
  void LoadStored(const Job& job);
  void Score(const Job& job);
  bool WantsDepth() const;

  const std::filesystem::path run_path_;
  const pipeline::Settings settings_;
  WorkList& work_;
  Audience& audience_;
  WorkList::Line field_line_;
  const Job field_job_;
  std::unique_ptr<LiveField> field_;
  std::shared_ptr<const scene::Scene> scene_;
  std::unique_ptr<Desk> desk_;

  mutable std::mutex mutex_;
  bool prompts_changed_ = false;
  std::string opening_;  // what is being opened, "" = nothing
  std::string problem_;  // why it could not be
  StopSource stop_scoring_;
  // The keeper's own.
  LiveField::Phase phase_ = LiveField::Phase::kPhotos;
  bool is_open_ = false;     // all that there is of a trained field
  bool has_failed_ = false;  // not again before something is said
  int64_t num_starts_ = 0;   // of the training whose field is the ground
  int64_t ground_step_ = 0;  // of that field, while it is in training
  std::string sam_name_;
  std::shared_ptr<const sam::Sam> sam_;
  std::shared_ptr<LiveFeatures> maps_;  // encoded while there is no field
  std::optional<run::OpenRun> run_;     // once the field is trained; used under run_mutex_
  std::mutex run_mutex_;
  std::mutex features_mutex_;  // held by who writes encoded views
  std::optional<segmentation::SegmentationInput> ground_;
  std::unique_ptr<Encoder> encoder_;  // calls the desk
  struct ScoreOf {
    int64_t answer = -1;
    std::optional<double> iou;
  };
  std::map<segmentation::ObjectId, ScoreOf> scores_;
  std::atomic<int> num_drawing_ = 0, num_urgent_ = 0;
  std::optional<WakefulThread> keeper_;
};

}  // namespace sanerf::viewer
