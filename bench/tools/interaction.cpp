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
#include "sanerf/core/log.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/eval/metrics.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/pipeline/layers.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/segmentation/session.h"

namespace {

using namespace sanerf;

struct Flags {
  std::string run, prompts;
  int start = 3, views = 12;
  std::vector<std::string> sets;
};

// The object with only its first positive points and clicks.
ObjectPrompt FirstPrompts(const ObjectPrompt& object, int num_positive) {
  ObjectPrompt first = object;
  const auto keep = [&](auto* prompts) {
    int count = 0;
    std::erase_if(*prompts, [&](const auto& prompt) { return prompt.label == 1 && ++count > num_positive; });
  };
  keep(&first.points);
  keep(&first.clicks);
  first.min_visible = 0;
  return first;
}

double HeldOutIou(const ObjectModel& model, const Scene& scene, int label, int instance) {
  MaskScore score;
  for (const int v : scene.TestViews()) {
    const View& view = scene.views[size_t(v)];
    ImageU8 truth = LoadViewMask(view);
    for (uint8_t& id : truth.data) id = id == instance ? 255 : 0;
    score.Add(MaskOfLabel(model.Render(view.camera).labels, label), truth);
  }
  return 100 * score.Iou();
}

struct Row {
  std::string what;
  double seconds, iou;
};

class Interaction {
 public:
  Interaction(const Flags& flags, const Scene& scene, const NerfModel& nerf, const FeatureCache& cache, Sam& sam,
              const std::vector<int>& views, const Settings& settings)
      : flags_(flags), scene_(scene), nerf_(nerf), cache_(cache), sam_(sam), views_(views), settings_(settings) {}

  void Run(const ObjectPrompt& object) {
    const Stopwatch opening;
    SegmentSession session(scene_, nerf_, cache_, sam_, views_, settings_);
    fmt::print(
        "\n{}: rays of {} views traced before the first click in {:.1f} s\n\n| after | seconds | IoU "
        "|\n|---|---|---|\n",
        object.name, views_.size(), opening.seconds());
    const ObjectPrompt first = FirstPrompts(object, flags_.start);
    clock_ = Stopwatch();
    scoring_ = 0;
    session.Decode(first);
    Say(fmt::format("{} clicks: SAM's mask in every view", flags_.start), -1);
    const double at_last_mask = Seconds();
    ObjectModel vote = session.Vote();
    vote.Render(cache_.WorkingCamera(views_[0]));
    const double at_vote = Seconds();
    Say(fmt::format("vote, rendered in one view ({:.2f} s after the last mask)", at_vote - at_last_mask),
        Score(vote, object));
    session.Look();
    vote = session.Vote();
    Say("vote after second looks", Score(vote, object));
    const double at_fit = Seconds();
    Fit(&session, session.FirstFit(), {0, 0.1, 0.25, 0.5, 1}, at_fit, object);
    const ObjectPrompt more = FirstPrompts(object, flags_.start + 1);
    if (more.points.size() == first.points.size() && more.clicks.size() == first.clicks.size()) return;
    const double at_click = Seconds();
    session.Refine(more, flags_.views);
    Say(fmt::format("one more click: {} views decoded again ({:.2f} s after it)", flags_.views, Seconds() - at_click),
        -1);
    Fit(&session, session.FurtherFit(), {1}, at_click, object);
  }

 private:
  double Seconds() const { return clock_.seconds() - scoring_; }
  double Score(const ObjectModel& model, const ObjectPrompt& object) {
    const double before = clock_.seconds();
    const double iou = HeldOutIou(model, scene_, 1, object.instance);
    scoring_ += clock_.seconds() - before;
    return iou;
  }
  void Say(const std::string& what, double iou) const {
    fmt::print("| {} | {:.2f} | {} |\n", what, Seconds(), iou < 0 ? "" : fmt::format("{:.2f} %", iou));
    std::fflush(stdout);
  }

  // Session::Fit in pieces, scored at shares of its steps; what is learnt is the same.
  void Fit(SegmentSession* session, const ObjectTrainer::Schedule& schedule, const std::vector<double>& shares,
           double since, const ObjectPrompt& object) {
    session->Fit({0, 1}, Job());  // masks and vote into the trainer
    int step = 0;
    for (const double share : shares) {
      for (; step < int(share * schedule.steps); ++step) session->trainer().Step(schedule, step);
      const double seconds = Seconds() - since;
      Say(fmt::format("field, {} steps ({:.2f} s {})", step, seconds,
                      shares.size() == 1 ? "after the click" : "after the looks"),
          Score(session->Model(), object));
    }
  }

  const Flags& flags_;
  const Scene& scene_;
  const NerfModel& nerf_;
  const FeatureCache& cache_;
  Sam& sam_;
  const std::vector<int>& views_;
  const Settings& settings_;
  Stopwatch clock_;
  double scoring_ = 0;
};

void Run(const Flags& flags) {
  EncodedRun run(flags.run, flags.sets);
  const std::vector<int> views = run.scene.TrainViews();
  SetLogLevel(LogLevel::kQuiet);
  Interaction interaction(flags, run.scene, run.nerf, *run.cache, *run.sam, views, run.settings);
  for (const ObjectPrompt& object : ReadPrompts(flags.prompts).objects) interaction.Run(object);
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
  return ToldErrors([&] { Run(flags); });
}
