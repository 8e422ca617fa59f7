#include "sanerf/experiments/compare/compare.h"

#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/method_flags.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/compare/compare_formats.h"
#include "sanerf/experiments/compare/compare_tables.h"
#include "sanerf/run/object_store.h"

namespace sanerf::cli {
namespace {

struct CompareFlags {
  std::string run, prompts, masks, out, scene;
  std::vector<std::string> methods;
  std::optional<std::string> preset;
  int repeats = 1;
  bool automatic = false, restart = false;
};

mask_decoder::Prompts StoredPrompts(const run::RunFolder& run) {
  mask_decoder::Prompts prompts;
  for (const run::StoredObject& object : ListObjects(run))
    if (object.prompt.instance >= 0) prompts.objects.push_back(object.prompt);
  return prompts;
}

// Returns the exit code.
int RunCompare(const CommonFlags& common, const CompareFlags& flags, const Job& job) {
  run::LockedRun locked(flags.run);
  experiments::ExperimentSettings settings;
  RestoreFromRun(locked.folder, &settings);
  ApplyPreset(flags.preset, CompareStages(), &settings);
  ApplyCommonFlags(common, CompareStages(), "compare", &settings, job);
  experiments::CompareRequest request;
  if (!flags.scene.empty()) request.scene = flags.scene;
  request.automatic = flags.automatic;
  if (!flags.automatic)
    request.prompts = flags.prompts.empty() ? StoredPrompts(locked.folder) : mask_decoder::ReadPrompts(flags.prompts);
  request.methods = flags.methods;
  request.repeats = flags.repeats;
  request.masks = flags.masks;
  request.out = flags.out;
  request.restart = flags.restart;
  const experiments::CompareResult result = experiments::Compare(request, settings, std::move(locked), job);
  if (common.json) {
    PrintJson(experiments::ToJson(result));
  } else {
    PrintText(experiments::ToText(experiments::ScoreTable(result)));
  }
  job.Info(
      fmt::format("wrote  {}/sheet.html, sheet.png, table.md, table.tex, scores.csv, comparison.json, masks/  ({})",
                  result.folder.string(), FormatDuration(result.seconds)));
  SuggestNext(fmt::format("sanerf eval {} --report", Quoted(flags.run)), job);
  return ReportFailed(experiments::FailedMethods(result), Counted(int64_t(result.methods.size()), "method"), job);
}

}  // namespace

void AddCompare(CommandLine& line) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App* sub =
      AddCommand(line, "compare", "every method on the same radiance field, prompts and views: one table",
                 "  sanerf compare run --prompts prompts.json                     all methods but vote, photo\n"
                 "  sanerf compare run --prompts prompts.json --methods sanerf,sam,sa3d --repeats 3\n"
                 "  sanerf compare run --auto                                     methods that need no prompts\n\n"
                 "Scores as in eval, on the held-out views; seconds and memory of each method. All methods start\n"
                 "from the prompts, with the options that RUN recorded last: what eval scores is stored, and may\n"
                 "have grown in steps. Finished methods are kept: the same command continues what was interrupted.\n"
                 "SAN distills a feature field first, which takes minutes.\n\n" +
                     MethodHelp());
  sub->add_option("RUN", flags->run, "run folder")->required();
  AddPreset(sub, &flags->preset);
  sub->add_option("--prompts", flags->prompts, "objects with prompts and instance ids [those segmented in RUN]")
      ->type_name("FILE");
  sub->add_flag("--auto", flags->automatic, "without prompts; every instance of the ground truth is to be found");
  sub->add_option("--methods", flags->methods, "which of the methods below, with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddNumber(sub, "--repeats", &flags->repeats, "with so many seeds: mean and spread [1]", experiments::kRepeats);
  sub->add_option("--masks", flags->masks,
                  "true masks instead of the scene's: DIR/OBJECT/ with files named as the photos")
      ->type_name("DIR");
  sub->add_option("-o,--out", flags->out, "folder for tables and pictures [RUN/compare]")->type_name("DIR");
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  sub->add_flag("--restart", flags->restart, "forget earlier results");
  Exclude(sub, {"--auto"}, {"--prompts", "--masks"});
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) { line.exit_code = RunCompare(line.common, *flags, job); };
  });
}

}  // namespace sanerf::cli
