#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::cli {
namespace {

struct TrainFlags {
  std::string scene, out;
  std::optional<std::string> preset;
  OptionFlags options;
  std::optional<std::filesystem::path> moved_to;
  bool resume = false, restart = false, drop_bad_views = false;
  std::string inside;
};

void RunTrain(const CommonFlags& common, TrainFlags flags, const Job& job) {
  experiments::ExperimentSettings settings;
  std::filesystem::path scene = flags.scene;
  std::optional<run::LockedRun> locked;  // a run that goes on
  // `train RUN` continues it; of one whose run.json is gone that is said.
  if (run::RunFolder::Exists(scene) || !run::RunFolder::PartsIn(scene).empty()) {
    if (!flags.out.empty() && !run::IsSamePlace(flags.out, flags.scene))
      throw UsageError(
          flags.scene + " is a run folder, not a scene", "",
          fmt::format("continue it: sanerf train {}; or train on its scene: sanerf train {} --out {}",
                      Quoted(flags.scene), Quoted(run::RunFolder::Open(flags.scene).LikelyScene()), Quoted(flags.out)));
    flags.out = flags.scene;
    locked.emplace(flags.out);
    scene = locked->folder.OpenScene(flags.moved_to, *locked->lock, job).root;
    flags.resume = true;
  } else if (flags.moved_to) {
    throw UsageError("--scene says where the scene of a run is now; " + flags.scene + " is no run folder", "",
                     "sanerf train RUN --scene DIR, or sanerf train SCENE --out RUN");
  }
  if (flags.out.empty() && !scene::HoldsScene(scene)) scene::LoadScene(scene, settings.scene, job);  // says what it is
  if (flags.out.empty())
    throw UsageError("--out is missing", "",
                     "say where the run goes: sanerf train " + Quoted(flags.scene) + " --out RUN");
  if (flags.resume && !run::RunFolder::Exists(flags.out)) {
    if (!run::RunFolder::PartsIn(flags.out).empty()) run::RunFolder::Open(flags.out);  // says that run.json is gone
    throw UsageError(
        "there is no training to resume in " + flags.out, "",
        fmt::format("begin one, without --resume: sanerf train {} --out {}", Quoted(flags.scene), Quoted(flags.out)));
  }
  if (!flags.inside.empty() && !(flags.restart && run::RunFolder::Exists(flags.out)))
    throw UsageError("--inside " + flags.inside + " trains a run again that has this object", "",
                     fmt::format("sanerf train {} --restart --inside {}", Quoted(flags.scene), flags.inside));
  if ((flags.resume && !flags.restart) || !flags.inside.empty()) {  // the second pass is like the first
    if (!locked) locked.emplace(flags.out);
    RestoreFromRun(locked->folder, &settings);
  }
  ApplyPreset(flags.preset, &settings);
  ApplyCommonFlags(common, {"scene", "nerf"}, "train", &settings, job);
  flags.options.Apply(&settings);
  if (flags.drop_bad_views) pipeline::Assign(settings, "nerf.bad_views=drop", "--drop-bad-views");

  const pipeline::TrainResult result = pipeline::Train({.scene = scene,
                                                        .run = flags.out,
                                                        .restart = flags.restart,
                                                        .lock = locked ? locked->lock.get() : nullptr,
                                                        .inside = flags.inside},
                                                       settings, job);
  if (common.json) {
    PrintJson({{"run", flags.out},
               {"checkpoint", result.checkpoint.string()},
               {"iters", settings.nerf.iters},
               {"reused", result.reused},
               {"seconds", result.seconds}});
  } else if (!result.reused) {
    job.Info(fmt::format("wrote  {}  ({})", result.checkpoint.string(), FormatDuration(result.seconds)));
  }
  if (result.reused && flags.preset)
    job.Info(
        fmt::format("preset the radiance field is the one of {}; later stages keep the run's options without --preset",
                    *flags.preset));
  SuggestNext(fmt::format("sanerf render {}", Quoted(flags.out)), job);
  SuggestNext(NextAfterTraining(flags.out, result.scene), job);
}

}  // namespace

void AddTrain(CommandLine& line) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* sub =
      AddCommand(line, "train", "fit a radiance field to the posed photos of a scene",
                 "  sanerf train photos/ --out run\n"
                 "  sanerf train photos/ --out run --preset fast --downscale 2\n"
                 "  sanerf train run --resume                 continue after Ctrl-C\n"
                 "  sanerf train photos/ --out run --set nerf.distortion=0\n"
                 "  sanerf train run --restart --inside mug   once more, on the mug alone\n\n"
                 "A scene is a folder with transforms*.json (instant-ngp, nerfstudio, NeRF-synthetic),\n"
                 "poses_bounds.npy (LLFF), sparse/N (COLMAP), or the cameras that Metashape, RealityCapture,\n"
                 "OpenSfM, Meshroom, Polycam or Record3D export; the format is detected.");
  sub->add_option("SCENE", flags->scene, "folder of the scene")->required();
  sub->add_option("-o,--out", flags->out, "run folder to make or continue")->type_name("DIR");
  AddPreset(sub, &flags->preset, "this and the later stages", "default; with --resume that of the run");
  flags->options.Add(sub, "--iters", "nerf.iters", "or the preset's");
  flags->options.Add(sub, "--downscale", "nerf.downscale");
  flags->options.Add(sub, "--test-every", "scene.test_every");
  flags->options.Add(sub, "--masks-are", "scene.masks_are");
  flags->options.Add(sub, "--model", "scene.model");
  sub->add_option("--scene", flags->moved_to, "where the scene of a run that goes on is now, when it was moved")
      ->type_name("DIR");
  sub->add_flag("--resume", flags->resume, "continue an unfinished training, with its own options");
  sub->add_flag("--restart", flags->restart, "forget an earlier training in the run folder");
  sub->add_flag("--drop-bad-views", flags->drop_bad_views,
                "leave out photos that the field explains much worse than the others: nerf.bad_views=drop");
  sub->add_option("--inside", flags->inside,
                  "with --restart: train again on this object of the run alone, as it has been segmented")
      ->type_name("OBJECT");
  Exclude(sub, {"--resume"}, {"--restart"});
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunTrain(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
