// How good the masks in the training views are, before and after every look, by the true masks of these views.
//   looks RUN --prompts FILE [--each] [--set STAGE.KEY=VALUE …]
// "best" is the candidate of the points alone that a judge who knows the truth would take. Prints Markdown tables.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/log.h"
#include "sanerf/eval/metrics.h"
#include "sanerf/mask_decoder/decoder.h"
#include "sanerf/pipeline/run_folder.h"
#include "sanerf/pipeline/segment_session.h"

namespace {

using namespace sanerf;

struct Flags {
  std::string run, prompts;
  bool each = false;
  std::vector<std::string> sets;
};

double IouOf(const ImageU8& mask, const ImageU8& truth) {
  MaskScore score;
  score.Add(mask, truth);
  return 100 * score.Iou();
}

class Looks {
 public:
  Looks(const Scene& scene, const NerfModel& nerf, const FeatureCache& cache, Sam& sam, const Settings& settings,
        bool each)
      : scene_(scene), nerf_(nerf), cache_(cache), sam_(sam), settings_(settings), each_(each) {}

  void Run(const ObjectPrompt& object) {
    SegmentSession session(scene_, nerf_, cache_, sam_, scene_.TrainViews(), settings_);
    fmt::print("\n{}\n\n| look | views | IoU |\n|---|---|---|\n", object.name);
    Say("best", BestOf(object, session.Decode(object)));
    for (int look = 0;; ++look) {
      const DecodedObject before = session.objects()[0];
      Say(fmt::format("{}", look), ScoresOf(object, before));
      session.Look();
      if (Same(before, session.objects()[0])) return;
    }
  }

 private:
  static bool Same(const DecodedObject& a, const DecodedObject& b) {
    for (size_t i = 0; i < a.views.size(); ++i)
      if (a.views[i].used != b.views[i].used || a.views[i].mask.data != b.views[i].mask.data) return false;
    return true;
  }

  static void Say(const std::string& what, const std::vector<double>& ious) {
    double sum = 0;
    for (const double iou : ious) sum += iou;
    fmt::print("| {} | {} | {:.2f} % |\n", what, ious.size(), sum / std::max<double>(1, double(ious.size())));
    std::fflush(stdout);
  }

  ImageU8 Truth(const ObjectPrompt& object, int view_idx) const {
    const Camera camera = cache_.WorkingCamera(view_idx);
    ImageU8 truth = ResizeNearest(LoadViewMask(scene_.views[size_t(view_idx)]), camera.width, camera.height);
    for (uint8_t& id : truth.data) id = id == object.instance ? 255 : 0;
    return truth;
  }

  std::vector<double> ScoresOf(const ObjectPrompt& object, const DecodedObject& decoded) const {
    std::vector<double> ious;
    for (const ViewDecision& view : decoded.views) {
      if (!view.used) continue;
      ious.push_back(IouOf(view.mask, Truth(object, view.view_idx)));
      if (each_)
        fmt::print(stderr, "{} {} IoU {:.1f} candidate {} predicted {:.2f} agreement {:.2f} others {} points {}\n",
                   object.name, view.view, ious.back(), view.candidate, view.predicted_iou, view.agreement,
                   view.from_others, view.num_visible);
    }
    return ious;
  }

  std::vector<double> BestOf(const ObjectPrompt& object, const DecodedObject& decoded) const {
    const ViewDecider decider = MakeDecider(object, scene_, cache_, sam_, nerf_.model_from_file(), settings_.masks);
    std::vector<double> ious;
    for (const ViewDecision& view : decoded.views) {
      if (!view.used) continue;
      ViewDecision sight;
      sight.view_idx = view.view_idx;
      sight.view = view.view;
      const SamPrompt prompt = decider.FindPrompt(decoded.points, sight);
      const ImageU8 truth = Truth(object, view.view_idx);
      double best = 0;
      std::string all;
      for (const SamMask& mask : decider.Candidates(view.view_idx, prompt)) {
        const double iou = IouOf(decider.ToMask(mask, sight), truth);
        all += fmt::format("  {:.1f}", iou);
        best = std::max(best, iou);
      }
      if (each_) fmt::print(stderr, "{} {} candidates{}\n", object.name, view.view, all);
      ious.push_back(best);
    }
    return ious;
  }

  const Scene& scene_;
  const NerfModel& nerf_;
  const FeatureCache& cache_;
  Sam& sam_;
  const Settings& settings_;
  bool each_;
};

void Run(const Flags& flags) {
  RunFolder run = RunFolder::Open(flags.run);
  const Scene scene = run.OpenScene();
  const NerfModel nerf = run.OpenNerf();
  const auto cache = FeatureCache::Open(run.features(), scene, nerf);
  const auto sam = Sam::Load(cache->options().model);
  Settings settings;
  settings.Restore(run.options(), run.origins());
  for (const std::string& assignment : flags.sets) settings.Assign(assignment);
  settings.segment.looks = 1;  // one after the other
  SetLogLevel(flags.each ? LogLevel::kVerbose : LogLevel::kQuiet);
  Looks looks(scene, nerf, *cache, *sam, settings, flags.each);
  for (const ObjectPrompt& object : ReadPrompts(flags.prompts).objects) looks.Run(object);
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("masks in the training views, before and after second looks");
  app.add_option("RUN", flags.run, "run folder, encoded, of a scene with masks of its training views")->required();
  app.add_option("--prompts", flags.prompts, "objects with instances")->required();
  app.add_flag("--each", flags.each, "every view, on stderr");
  app.add_option("--set", flags.sets, "any option, as for sanerf (repeatable)")->allow_extra_args(false);
  CLI11_PARSE(app, argc, argv);
  try {
    Run(flags);
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\nhint: {}\n", error.what(), error.hint());
    return 1;
  }
}
