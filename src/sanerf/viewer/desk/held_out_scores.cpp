#include "sanerf/viewer/desk/held_out_scores.h"

#include <memory>

#include "sanerf/viewer/desk/truth.h"

namespace sanerf::viewer {

using segmentation::ObjectId;

void HeldOutScores::Score(const scene::Scene& scene, const Job& job) {
  const std::shared_ptr<const Answer> answer = desk_.answer();
  if (answer->kind != Answer::Kind::kField || !answer->snapshot.model || !HasTruth(scene)) return;
  Job quiet = job.WithThreads(1);
  {
    const std::lock_guard lock(mutex_);
    quiet = quiet.With(stop_.token());
  }
  for (const ObjectId id : desk_.AnsweredObjects()) {
    const int label = answer->LabelOf(id);
    {
      const std::lock_guard lock(mutex_);
      if (label < 0 || scores_[id].answer == answer->revision) continue;
    }
    ScoreOf score{answer->revision, std::nullopt};
    if (const auto instance = InstanceOf(desk_.Object(id), scene))
      score.iou = HeldOutIou(*answer->snapshot.model, label, *instance, scene, quiet);
    {
      const std::lock_guard lock(mutex_);
      scores_[id] = score;
    }
    audience_.StateChanged();
  }
}

void HeldOutScores::StepBack() {
  const std::lock_guard lock(mutex_);
  stop_.RequestStop();
}

void HeldOutScores::Resume() {
  const std::lock_guard lock(mutex_);
  stop_ = StopSource();
}

std::optional<double> HeldOutScores::IouOf(ObjectId id) const {
  const std::lock_guard lock(mutex_);
  const auto score = scores_.find(id);
  return score == scores_.end() ? std::nullopt : score->second.iou;
}

}  // namespace sanerf::viewer
