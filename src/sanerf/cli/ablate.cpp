#include "sanerf/experiments/ablate/ablate.h"

#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/ablate/ablate_table.h"
#include "sanerf/experiments/compare/compare.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::cli {
namespace {

struct AblateFlags {
  std::vector<std::string> scenes, prompts, studies, models;
  std::string out;
  std::optional<std::string> preset;
  int seeds = 1;
  bool restart = false;
};

// Said after what is wrong with the scenes.
[[noreturn]] void FailWithoutOut(const AblateFlags& flags, const scene::SceneOptions& options, const Job& job) {
  for (const std::string& scene : flags.scenes)
    if (!run::RunFolder::Exists(scene)) scene::LoadScene(scene, options, job);
  throw UsageError("--out is missing", "", "say where the tables go: --out DIR");
}

// Returns the exit code.
int RunAblate(const CommonFlags& common, const AblateFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyPreset(flags.preset, &settings);
  ApplyCommonFlags(common, {"scene", "nerf", "encode", "masks", "segment", "object"}, "ablate", &settings, job);
  if (flags.out.empty()) FailWithoutOut(flags, settings.scene, job);
  experiments::AblateRequest request;
  request.scenes.assign(flags.scenes.begin(), flags.scenes.end());
  request.prompts.assign(flags.prompts.begin(), flags.prompts.end());
  request.out = flags.out;
  request.studies = experiments::ChooseStudies(experiments::CurrentStudyNames(flags.studies, job), flags.models);
  request.seeds = flags.seeds;
  request.restart = flags.restart;
  const experiments::AblationResult result = experiments::Ablate(request, settings, job);
  if (common.json) {
    PrintJson(experiments::ToJson(result));
  } else {
    PrintText(experiments::ToTable(result));
  }
  job.Info(fmt::format("wrote  {}/tables.md, rows.csv, ablation.json  ({}; {} run, {} from before, {} failed)",
                       request.out.string(), FormatDuration(result.seconds), Counted(result.num_run, "row"),
                       result.num_reused, result.num_failed));
  std::vector<std::string> failed;
  for (const experiments::FailedTrial& trial : experiments::FailedTrials(result)) failed.push_back(trial.name);
  return ReportFailed(failed, "the ablation's rows", job);
}

std::string StudyHelp() {
  std::string text = "studies:";
  for (const experiments::Study& study : experiments::AllStudies({}))
    text += fmt::format("\n  {:<12}{}", study.name, study.title);
  return text;
}

}  // namespace

void AddAblate(CommandLine& line) {
  auto flags = std::make_shared<AblateFlags>();
  CLI::App* sub = AddCommand(
      line, "ablate", "what each choice of the method is worth: tables of variants, scored on held-out views",
      "  sanerf ablate run --out ablation --studies rounds,rgb\n"
      "  sanerf ablate runs/mug runs/bench --out ablation --seeds 3     prompts.json of each scene\n"
      "  sanerf ablate scene/ --prompts clicks.json --out ablation      trains it first\n\n"
      "The run folders are only read. The same command continues what was interrupted and repeats no row that is\n"
      "finished.\n\n" +
          StudyHelp());
  sub->add_option("SCENE", flags->scenes, "run folders, or scenes that are trained first")->required();
  sub->add_option("-o,--out", flags->out, "folder for results and tables")->type_name("DIR");
  sub->add_option(
         "--prompts", flags->prompts,
         "prompts with instance ids: once per scene, or once a name that each scene's folder has [prompts.json]")
      ->type_name("FILE")
      ->allow_extra_args(false);
  sub->add_option("--studies", flags->studies, "which of the studies below, with commas [all]")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_option("--model", flags->models, "one more backbone, by name or path, for example HQ-SAM (repeatable)")
      ->allow_extra_args(false);
  AddNumber(sub, "--seeds", &flags->seeds, "repeat every row with so many seeds [1]", experiments::kRepeats);
  AddPreset(sub, &flags->preset, "all stages", "default");
  sub->add_flag("--restart", flags->restart, "forget the results in --out");
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) { line.exit_code = RunAblate(line.common, *flags, job); };
  });
}

}  // namespace sanerf::cli
