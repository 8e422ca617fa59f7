#include "sanerf/experiments/eval/report.h"

#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/eval/eval_stage.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"

namespace sanerf::cli {
namespace {

struct ReportFlags {
  std::string run, scene, out;
  std::vector<std::string> objects;
};

void RunReport(const CommonFlags& common, const ReportFlags& flags, const Job& job) {
  run::LockedRun locked(flags.run);
  experiments::ExperimentSettings settings;
  RestoreFromRun(locked.folder, &settings);
  ApplyCommonFlags(common, {}, "report", &settings, job);
  std::optional<std::filesystem::path> scene;
  if (!flags.scene.empty()) scene = flags.scene;
  run::OpenRun run(std::move(locked), scene, job);
  experiments::ReportOptions options;
  options.objects = flags.objects;
  options.out = flags.out;
  // What is wrong with these is said before minutes of scoring.
  experiments::PlaceOfReport(options, run);
  for (const std::string& object : flags.objects) run::FindObject(run.folder(), object, run.nerf(job));
  const experiments::EvalResult result = experiments::Evaluate({}, &run, job);
  const std::filesystem::path place = experiments::WriteReport(result, settings, options, &run, job);
  const int64_t bytes = int64_t(std::filesystem::file_size(place));
  if (common.json) {
    PrintJson({{"report", place.string()}, {"bytes", bytes}, {"scores", experiments::ToJson(result)}});
  } else {
    job.Info(fmt::format("wrote  {}  ({})", place.string(), FormatBytes(double(bytes))));
  }
  const std::string object = !flags.objects.empty()    ? flags.objects[0]
                             : !result.objects.empty() ? result.objects[0].name
                                                       : "";
  SuggestNext(object.empty()
                  ? fmt::format("sanerf view {}", Quoted(flags.run))
                  : fmt::format("sanerf export {} --object {} --format masks", Quoted(flags.run), ShellQuoted(object)),
              job);
}

}  // namespace

void AddReport(CommandLine& line) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App* sub = AddCommand(
      line, "report", "one page to look at and to send: scores, pictures, curves, commands",
      "  sanerf report run                                 RUN/report.html\n"
      "  sanerf report run --object mug --out mug.html\n\n"
      "The page is one file that needs no network. It has the scores of eval, pictures of each object beside SAM and\n"
      "the truth, how the trainings came along, versions, and the commands that make the run again.");
  sub->add_option("RUN", flags->run, "run folder")->required();
  sub->add_option("--object", flags->objects,
                  "this object alone (repeatable) [those with scores, and the first few without]")
      ->allow_extra_args(false);
  sub->add_option("-o,--out", flags->out, "the file [RUN/report.html]")->type_name("FILE");
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunReport(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
