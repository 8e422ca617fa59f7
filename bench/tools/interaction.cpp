// From a click to a 3D mask: seconds and IoU of a run whose views are encoded, for every object of a prompts file.
//   interaction RUN --prompts FILE [--start N] [--views N] [--set STAGE.KEY=VALUE …]
// The first N positive points or clicks of an object (and all negative ones) are the first prompt, the next positive
// one the correction. IoU is of the held-out views; scoring does not count as time. Prints Markdown tables.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "bench/tools/encoded_run.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/eval/metrics.h"
#include "sanerf/export/layers.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/session.h"

namespace {

using namespace sanerf;

struct Flags {
  std::string run, prompts;
  int start = 3, views = 12;
  std::vector<std::string> sets;
};

// The object with only its first positive points and clicks.
mask_decoder::ObjectPrompt FirstPrompts(const mask_decoder::ObjectPrompt& object, int num_positive) {
  mask_decoder::ObjectPrompt first = object;
  const auto keep = [&](auto* prompts) {
    int count = 0;
    std::erase_if(*prompts, [&](const auto& prompt) { return prompt.label == 1 && ++count > num_positive; });
  };
  keep(&first.points);
  keep(&first.clicks);
  first.min_visible = 0;
  return first;
}

// The next positive point and click after those of FirstPrompts.
mask_decoder::ObjectPrompt NextPrompts(const mask_decoder::ObjectPrompt& object, int num_positive) {
  mask_decoder::ObjectPrompt next;
  next.points = object.points;
  next.clicks = object.clicks;
  const auto keep = [&](auto* prompts) {
    int count = 0;
    std::erase_if(*prompts, [&](const auto& prompt) { return prompt.label != 1 || count++ != num_positive; });
  };
  keep(&next.points);
  keep(&next.clicks);
  return next;
}

double HeldOutIou(const mask_aggregator::ObjectModel& model, const scene::Scene& scene, int label, int instance) {
  eval::MaskScore score;
  for (const int v : scene.TestViews()) {
    const scene::View& view = scene.views[size_t(v)];
    ImageU8 truth = scene::LoadViewMask(view);
    for (uint8_t& id : truth.data) id = id == instance ? 255 : 0;
    score.Add(MaskOfLabel(model.Render(view.camera, Job()).labels, label), truth);
  }
  return 100 * score.Iou();
}

struct Row {
  std::string what;
  double seconds, iou;
};

class Interaction {
 public:
  Interaction(const Flags& flags, const EncodedRun& run) : flags_(flags), run_(run), views_(run.scene.TrainViews()) {}

  void Run(const mask_decoder::ObjectPrompt& object) {
    const Stopwatch opening;
    segmentation::Session session({run_.run.shared_scene(), run_.nerf, run_.cache, run_.sam, views_}, run_.settings);
    session.Prepare(job_);
    fmt::print(
        "\n{}: rays of {} views traced before the first click in {:.1f} s\n\n| after | seconds | IoU "
        "|\n|---|---|---|\n",
        object.name, views_.size(), opening.seconds());
    const mask_decoder::ObjectPrompt first = FirstPrompts(object, flags_.start);
    clock_ = Stopwatch();
    scoring_ = 0;
    const segmentation::ObjectId id = session.AddObject(first);
    session.Decode(/*max_views=*/0, job_);
    Say(fmt::format("{} clicks: SAM's mask in every view", flags_.start), -1);
    const double at_last_mask = Seconds();
    segmentation::SessionSnapshot vote = session.Snapshot(job_);
    vote.model->Render(run_.cache->WorkingCamera(views_[0]), job_);
    const double at_vote = Seconds();
    Say(fmt::format("vote, rendered in one view ({:.2f} s after the last mask)", at_vote - at_last_mask),
        Score(vote, object));
    session.Refine(job_);
    Say("vote after the refinement round", Score(session.Snapshot(job_), object));
    Fit(&session, {0.1, 0.25, 0.5, 1}, "after the round", Seconds(), object);
    const mask_decoder::ObjectPrompt more = NextPrompts(object, flags_.start);
    if (more.points.empty() && more.clicks.empty()) return;
    const double at_click = Seconds();
    session.AddPrompts(id, more);
    session.Decode(flags_.views, job_);
    Say(fmt::format("one more click: {} views decoded again ({:.2f} s after it)", flags_.views, Seconds() - at_click),
        -1);
    Fit(&session, {1}, "after the click", at_click, object);
  }

 private:
  double Seconds() const { return clock_.seconds() - scoring_; }
  double Score(const segmentation::SessionSnapshot& snapshot, const mask_decoder::ObjectPrompt& object) {
    const double before = clock_.seconds();
    const double iou = HeldOutIou(*snapshot.model, run_.scene, 1, object.instance);
    scoring_ += clock_.seconds() - before;
    return iou;
  }
  void Say(const std::string& what, double iou) const {
    fmt::print("| {} | {:.2f} | {} |\n", what, Seconds(), iou < 0 ? "" : fmt::format("{:.2f} %", iou));
    std::fflush(stdout);
  }

  // The schedule's steps in pieces, scored at these shares of them.
  void Fit(segmentation::Session* session, const std::vector<double>& shares, const std::string& after, double since,
           const mask_decoder::ObjectPrompt& object) {
    const int steps = session->steps_left();
    int done = 0;
    for (const double share : shares) {
      session->Step(int(share * steps) - done, job_);
      done = int(share * steps);
      Say(fmt::format("field, {} steps ({:.2f} s {})", done, Seconds() - since, after),
          Score(session->Snapshot(job_), object));
    }
  }

  const Flags& flags_;
  const EncodedRun& run_;
  const std::vector<int> views_;
  const Job job_;
  Stopwatch clock_;
  double scoring_ = 0;
};

void Run(const Flags& flags) {
  EncodedRun run(flags.run, flags.sets);
  Interaction interaction(flags, run);
  for (const mask_decoder::ObjectPrompt& object : mask_decoder::ReadPrompts(flags.prompts).objects)
    interaction.Run(object);
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("seconds and IoU from a click to a 3D mask");
  app.add_option("RUN", flags.run, "run folder, encoded")->required();
  app.add_option("--prompts", flags.prompts,
                 "objects with instances and at least one more positive prompt than --start")
      ->required();
  app.add_option("--start", flags.start, "positive prompts before the first answer");
  app.add_option("--views", flags.views, "views decoded again after a correction");
  app.add_option("--set", flags.sets, "any option, as for sanerf (repeatable)")->allow_extra_args(false);
  CLI11_PARSE(app, argc, argv);
  return ReportErrors([&] { Run(flags); });
}
