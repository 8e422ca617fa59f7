// How good the masks in the training views are, before and after every refinement round, by the true masks of these
// views.
//   rounds RUN --prompts FILE [--each] [--set STAGE.KEY=VALUE …]
// "candidate N" is the same number of SAM's candidates in every view, "best" the candidate of the points alone that a
// judge who knows the truth would take. Prints Markdown tables.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "bench/tools/encoded_run.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/eval/metrics.h"
#include "sanerf/export/layers.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/refine/outline.h"
#include "sanerf/segmentation/refine/same_candidate.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace {

using namespace sanerf;

struct Flags {
  std::string run, prompts;
  bool each = false;
  std::vector<std::string> sets;
};

double IouOf(const ImageU8& mask, const ImageU8& truth) {
  eval::MaskScore score;
  score.Add(mask, truth);
  return 100 * score.Iou();
}

class Rounds {
 public:
  Rounds(const EncodedRun& run, bool each) : run_(run), each_(each) {}

  void Run(const mask_decoder::ObjectPrompt& object) {
    const segmentation::SegmentationInput input{run_.run.shared_scene(), run_.nerf, run_.cache, run_.sam};
    const mask_decoder::DecodeContext context = input.ForDecoding(run_.settings.masks);
    const std::vector<int> views = run_.scene.TrainViews();
    fmt::print("\n{}\n\n| round | views | IoU |\n|---|---|---|\n", object.name);
    std::vector<mask_decoder::DecodedObject> objects = {
        mask_decoder::DecodeMasks(object, context, views, nullptr, Job())};
    const mask_decoder::DecodedObject& decoded = objects[0];
    const std::vector<mask_decoder::DecodedObject> candidates =
        segmentation::ByCandidate(object, context, decoded, Job());
    for (size_t c = 0; c < candidates.size(); ++c) Say(fmt::format("candidate {}", c), ScoresOf(object, candidates[c]));
    Say("best", BestOf(object, decoded, candidates));
    std::vector<Camera> cameras;
    for (const int view : views) cameras.push_back(run_.cache->WorkingCamera(view));
    mask_aggregator::LabelVote vote(run_.nerf, cameras, mask_aggregator::VoteOptions(), Job());
    const mask_decoder::Prompts prompts{{object}};
    const segmentation::RefineRequest request{prompts, {0}, views};
    for (int round = 0;; ++round) {
      const mask_decoder::DecodedObject before = decoded;
      Say(fmt::format("{}", round), ScoresOf(object, before));
      if (run_.settings.segment.same_candidate)
        segmentation::ChooseCandidates(request, context, &vote, &objects, Job());
      segmentation::RefineMasks(request, context, &vote, &objects, Job());
      if (!Same(before, decoded)) continue;
      std::vector<mask_decoder::DecodedObject> sharp = {before};
      segmentation::SharpenOutlines(*run_.cache, &sharp, Job());
      Say("sharp outlines", ScoresOf(object, sharp[0]));
      return;
    }
  }

 private:
  static bool Same(const mask_decoder::DecodedObject& a, const mask_decoder::DecodedObject& b) {
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

  ImageU8 Truth(const mask_decoder::ObjectPrompt& object, int view_idx) const {
    const Camera camera = run_.cache->WorkingCamera(view_idx);
    const ImageU8 ids = scene::LoadViewMask(run_.scene.views[size_t(view_idx)]);
    return MaskOfLabel(ResizeNearest(ids, camera.width, camera.height), object.instance);
  }

  std::vector<double> ScoresOf(const mask_decoder::ObjectPrompt& object,
                               const mask_decoder::DecodedObject& decoded) const {
    std::vector<double> ious;
    for (const mask_decoder::ViewDecision& view : decoded.views) {
      if (!view.used) continue;
      ious.push_back(IouOf(view.mask, Truth(object, view.view_idx)));
      if (each_)
        fmt::print(stderr, "{} {} IoU {:.1f} candidate {} predicted {:.2f} agreement {:.2f} others {} points {}\n",
                   object.name, view.view, ious.back(), view.candidate, view.predicted_iou, view.agreement,
                   view.from_others, view.num_visible);
    }
    return ious;
  }

  std::vector<double> BestOf(const mask_decoder::ObjectPrompt& object, const mask_decoder::DecodedObject& decoded,
                             const std::vector<mask_decoder::DecodedObject>& candidates) const {
    std::vector<double> ious;
    for (size_t i = 0; i < decoded.views.size(); ++i) {
      const mask_decoder::ViewDecision& view = decoded.views[i];
      if (!view.used) continue;
      const ImageU8 truth = Truth(object, view.view_idx);
      double best = 0;
      std::string all;
      for (const mask_decoder::DecodedObject& candidate : candidates) {
        const double iou = IouOf(candidate.views[i].mask, truth);
        all += fmt::format("  {:.1f}", iou);
        best = std::max(best, iou);
      }
      if (each_) fmt::print(stderr, "{} {} candidates{}\n", object.name, view.view, all);
      ious.push_back(best);
    }
    return ious;
  }

  const EncodedRun& run_;
  bool each_;
};

void Run(const Flags& flags) {
  EncodedRun run(flags.run, flags.sets);
  Rounds rounds(run, flags.each);
  for (const mask_decoder::ObjectPrompt& object : mask_decoder::ReadPrompts(flags.prompts).objects) rounds.Run(object);
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("masks in the training views, before and after refinement rounds");
  app.add_option("RUN", flags.run, "run folder, encoded, of a scene with masks of its training views")->required();
  app.add_option("--prompts", flags.prompts, "objects with instances")->required();
  app.add_flag("--each", flags.each, "every view, on stderr");
  app.add_option("--set", flags.sets, "any option, as for sanerf (repeatable)")->allow_extra_args(false);
  CLI11_PARSE(app, argc, argv);
  return ReportErrors([&] { Run(flags); });
}
