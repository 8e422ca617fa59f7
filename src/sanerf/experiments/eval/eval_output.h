// What `eval` found: for people, for other programs, and as files of the run.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/eval/scores.h"
#include "sanerf/nerf/held_out_look.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::experiments {

struct MethodScores {
  std::string method;
  std::vector<eval::ObjectScore> objects;
  double seconds = 0;  // to segment the held-out views, encoding included
};

struct NotScored {
  std::string object, why, how;  // "no instance id", and what can be done about it, empty = nothing
};

struct EvalResult {
  double psnr = 0, ssim = 0;                          // means over the test views; 0 when there is none
  nerf::HeldOutLook look = nerf::HeldOutLook::kMean;  // in which light these were scored
  std::vector<eval::ViewQuality> views;
  std::vector<eval::ObjectScore> objects;  // of our method
  bool on_training_views = false;          // objects: no held-out view has a mask of theirs
  double own_seconds = 0;                  // as MethodScores::seconds, of our method
  std::vector<MethodScores> baselines;     // as asked for, the same objects in the same order
  std::vector<NotScored> not_scored;       // objects of the run that nothing can be said about
  double seconds = 0;
};

double MeanIou(const EvalResult& result);
// What a table says below it of an object that some views do not have.
std::string ViewsWithoutObject(const eval::ObjectScore& object);
// {"psnr", "ssim", "objects": […], "miou", "mean_accuracy", …, "not_scored": […], "seconds"}; with baselines also
// "baselines", "ahead"
Json ToJson(const EvalResult& result);
std::string ToTable(const EvalResult& result);  // for people
// metrics.json of the objects and of the run: ToJson and every view.
void WriteMetrics(const run::RunFolder& run, const EvalResult& result);

}  // namespace sanerf::experiments
