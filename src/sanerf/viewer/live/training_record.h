// What is known of a training: its numbers so far, from the log of the run and from what its task reports. How long it
// still takes is said with the task, as of all work.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/events.h"
#include "sanerf/core/json_fwd.h"

namespace sanerf::viewer {

// May be asked while the training reports.
class TrainingRecord : public EventSink {
 public:
  // Of an earlier training: log is RUN/nerf/log.jsonl, which may be missing or end in a torn line.
  void Recall(const std::filesystem::path& log, const std::string& preset, int64_t iters, double seconds);
  // A training begins, anew or where the last one ended.
  void Begin(const std::string& preset, int64_t iters);
  void Continue();
  void Finish(int64_t iters);  // complete
  // It goes on from this step: a log has one line in so many steps, and may have some of steps that were lost.
  void StandAt(int64_t step);

  void Take(const Event& event) override;  // of the task "train"

  int64_t step() const;
  Json ToJson() const;  // "training" of docs/viewer.md

 private:
  void AddPoint(int64_t step, double psnr, double held_out);

  mutable std::mutex mutex_;
  std::string preset_;
  int64_t iters_ = 0, step_ = 0;
  double psnr_ = 0, held_out_ = 0;           // 0: not known yet
  double seconds_before_ = 0, seconds_ = 0;  // of earlier sessions; of all
  std::vector<std::pair<int64_t, double>> curve_;
};

}  // namespace sanerf::viewer
