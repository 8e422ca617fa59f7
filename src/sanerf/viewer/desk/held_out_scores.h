// How good the objects of an answer are, where the scene has masks of held-out views to compare them with.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/desk.h"

namespace sanerf::viewer {

class HeldOutScores {
 public:
  // Both must outlive it.
  HeldOutScores(const Desk& desk, Audience& audience) : desk_(desk), audience_(audience) {}

  // The objects of a final answer that have no score yet, one after the other, until somebody waits for something else.
  // Throws InterruptedError, NotFound for an object that was removed meanwhile.
  void Score(const scene::Scene& scene, const Job& job);
  void StepBack();  // stops what is being scored
  void Resume();    // scores may be made again
  // Of an answered object, as soon as it is known.
  std::optional<double> IouOf(segmentation::ObjectId id) const;

 private:
  struct ScoreOf {
    int64_t answer = -1;
    std::optional<double> iou;
  };
  const Desk& desk_;
  Audience& audience_;
  mutable std::mutex mutex_;
  StopSource stop_;
  std::map<segmentation::ObjectId, ScoreOf> scores_;
};

}  // namespace sanerf::viewer
