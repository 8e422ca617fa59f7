#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "sanerf/cli/command.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/compare/methods.h"
#include "sanerf/experiments/eval/eval_output.h"
#include "sanerf/experiments/eval/eval_stage.h"
#include "sanerf/experiments/eval/match_objects.h"
#include "sanerf/experiments/eval/report.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf::cli {
namespace {

struct EvalFlags {
  experiments::EvalRequest request;
  std::string run, scene, masks;
  std::vector<std::string> baselines;
  bool report = false, match = false;
};

void RunEvalMatch(const CommonFlags& common, const EvalFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, {}, "eval", &settings, job);
  experiments::MatchRequest request{flags.run, std::nullopt, flags.request.object};
  if (!flags.scene.empty()) request.scene = flags.scene;
  const experiments::MatchResult result = experiments::MatchObjects(request, job);
  if (common.json) {
    PrintJson(experiments::ToJson(result));
  } else {
    PrintText(experiments::ToTable(result));
  }
}

// A run on a read-only disk, or somebody else's, can be scored all the same. Baselines and the report need a place for
// what they make.
bool MayWrite(const EvalFlags& flags) {
  return !flags.baselines.empty() || flags.report || access(flags.run.c_str(), W_OK) == 0;
}

void RunEval(const CommonFlags& common, const EvalFlags& flags, const Job& job) {
  if (flags.match) return RunEvalMatch(common, flags, job);
  std::optional<run::LockedRun> locked;
  if (MayWrite(flags)) locked.emplace(flags.run);
  const bool is_stored = locked.has_value();
  experiments::ExperimentSettings settings;
  RestoreFromRun(locked ? locked->folder : run::RunFolder::Open(flags.run), &settings);
  ApplyCommonFlags(common, {}, "eval", &settings, job);
  experiments::EvalRequest request = flags.request;
  request.masks = flags.masks;
  for (const std::string& name : flags.baselines)
    request.baselines.push_back(experiments::FindMethod(name, settings.baselines));
  std::optional<std::filesystem::path> scene;
  if (!flags.scene.empty()) scene = flags.scene;
  run::OpenRun run = locked ? run::OpenRun(std::move(*locked), scene, job)
                            : run::OpenRun(flags.run, scene, run::OpenRun::Access::kRead, job);
  const experiments::EvalResult result = experiments::Evaluate(request, &run, job);
  if (common.json) {
    PrintJson(experiments::ToJson(result));
  } else {
    PrintText(experiments::ToTable(result));
  }
  if (is_stored) {  // what cannot be stored has been shown
    experiments::WriteMetrics(run.folder(), result);
    job.Info(fmt::format("wrote  {}  ({})", run.folder().metrics().string(), FormatDuration(result.seconds)));
  } else {
    job.Warn(fmt::format("{} cannot be written to: the scores are not stored there", flags.run));
  }
  if (flags.report)
    job.Info(fmt::format("wrote  {}", experiments::WriteReport(result, settings, {}, &run, job).string()));
  if (result.objects.empty() && result.not_scored.empty())
    job.Info("the run has no objects: only its renders were scored");
  if (!flags.report && is_stored) SuggestNext(fmt::format("sanerf eval {} --report", Quoted(flags.run)), job);
}

}  // namespace

void AddEval(CommandLine& line) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App* sub = AddCommand(
      line, "eval", "scores on the held-out views: IoU, boundary IoU, accuracy, consistency, PSNR, SSIM",
      "  sanerf eval run                                   every object whose prompts carry an instance\n"
      "  sanerf eval run --object mug --instance 3\n"
      "  sanerf eval run --object mug --masks my_masks/    masks named as the photos, non-zero = object\n"
      "  sanerf eval run --baseline sam,vote               beside SAM alone in every view, and the masks' vote\n"
      "  sanerf eval run --baseline photo                  beside the photos' own masks (segment --refine-photos)\n"
      "  sanerf eval run --match                           objects of segment --auto against all instances\n"
      "  sanerf eval run --report                          and RUN/report.html\n\n"
      "What is stored in RUN is scored as it is; compare makes it anew from the prompts.\n"
      "Intersections and unions are summed over all held-out views at the photos' resolution.\n"
      "Consistency is the IoU of masks warped by depth into neighboring views.");
  sub->add_option("RUN", flags->run, "run folder")->required();
  sub->add_option("--object", flags->request.object, "score this object only");
  AddNumber(sub, "--instance", &flags->request.instance, "its id in the ground-truth masks", Range(0, 65535));
  sub->add_option("--masks", flags->masks, "folder of ground-truth masks instead of the scene's")->type_name("DIR");
  sub->add_option("--baseline", flags->baselines,
                  "score this method as well: vote, sam or another of those that compare --help lists (repeatable, or "
                  "with commas)")
      ->type_name("METHOD")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_flag("--match", flags->match,
                "which automatically found object is which instance of the ground truth; --object NAME: of its field");
  sub->add_flag("--report", flags->report, "write RUN/report.html");
  Exclude(sub, {"--match"}, {"--report", "--masks", "--instance"});
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunEval(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
