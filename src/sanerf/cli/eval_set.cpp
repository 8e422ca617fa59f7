#include "sanerf/experiments/compare/eval_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/cli/command.h"
#include "sanerf/cli/method_flags.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/compare/compare.h"
#include "sanerf/experiments/compare/compare_tables.h"

namespace sanerf::cli {
namespace {

struct EvalSetFlags {
  std::string set, out = "eval_set";
  std::optional<std::string> preset;
  std::vector<std::string> methods, scenes;
  int repeats = 1;
  bool automatic = false;
};

// Returns the exit code.
int RunEvalSet(const CommonFlags& common, const EvalSetFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyPreset(flags.preset, &settings);
  std::vector<std::string> stages = CompareStages();
  stages.insert(stages.end(), {"scene", "nerf"});
  ApplyCommonFlags(common, stages, "eval-set", &settings, job);
  experiments::EvalSetRequest request;
  request.set = experiments::ReadEvalSet(flags.set);
  request.methods = flags.methods;
  request.scenes = flags.scenes;
  request.automatic = flags.automatic;
  request.repeats = flags.repeats;
  request.out = flags.out;
  const experiments::EvalSetResult result = experiments::RunEvalSet(request, settings, job);
  if (common.json) {
    PrintJson(experiments::ToJson(result));
  } else {
    PrintText(experiments::ToText(experiments::SceneTable(result.scenes)));
  }
  job.Info(fmt::format("wrote  {}/report.html, table.md, table.tex, scores.csv, comparison.json  ({}, {}, {} failed)",
                       flags.out, FormatDuration(result.seconds), Counted(int64_t(result.scenes.size()), "scene"),
                       result.failed.size()));
  std::vector<std::string> scenes;
  for (const auto& [name, why] : result.failed) scenes.push_back(name);
  int code = ReportFailed(scenes, Counted(int64_t(result.failed.size() + result.scenes.size()), "scene"), job);
  for (const experiments::CompareResult& scene : result.scenes) {
    const std::string of = Counted(int64_t(scene.methods.size()), "method") + " on " + scene.scene;
    code = std::max(code, ReportFailed(experiments::FailedMethods(scene), of, job));
  }
  return code;
}

}  // namespace

void AddEvalSet(CommandLine& line) {
  auto flags = std::make_shared<EvalSetFlags>();
  CLI::App* sub =
      AddCommand(line, "eval-set", "a whole benchmark: trains every scene, compares every method, one column per scene",
                 "  sanerf eval-set scenes/ --out results                    every folder with a prompts.json\n"
                 "  sanerf eval-set scenes/ --out results --methods sanerf,sam,sa3d --repeats 3\n"
                 "  sanerf eval-set nvos/eval_set.json --out results         a list of scenes, prompts and masks\n\n"
                 "DIR/eval_set.json:\n"
                 "  {\"scenes\": [{\"name\": \"fern\", \"scene\": \"llff/fern\", \"prompts\": \"prompts/fern.json\", "
                 "\"masks\": \"masks/fern\",\n"
                 "               \"options\": [\"nerf.iters=2000\"]}]}\n\n"
                 "The same command goes on after an interruption: what is finished is kept.\n\n" +
                     MethodHelp());
  sub->add_option("DIR", flags->set, "folder of scenes, or a list of them")->required();
  sub->add_option("-o,--out", flags->out, "folder for runs, tables and pictures [eval_set]")->type_name("DIR");
  sub->add_option("--methods", flags->methods, "which of the methods below, with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  sub->add_option("--scenes", flags->scenes, "only these, with commas")->delimiter(',')->allow_extra_args(false);
  sub->add_flag("--auto", flags->automatic, "without prompts; every instance of the ground truth is to be found");
  AddNumber(sub, "--repeats", &flags->repeats, "with so many seeds: mean and spread [1]", experiments::kRepeats);
  AddPreset(sub, &flags->preset, "all stages", "default");
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) { line.exit_code = RunEvalSet(line.common, *flags, job); };
  });
}

}  // namespace sanerf::cli
