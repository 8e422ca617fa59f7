#include "sanerf/synth/synth.h"

#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/run/output_place.h"

namespace sanerf::cli {

void AddSynth(CommandLine& line) {
  struct Flags {
    std::string out;
    bool moving = false;
    OptionFlags options;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* sub =
      AddCommand(line, "synth", "make the procedural scene: a ray-traced tabletop with exact masks and depth",
                 "  sanerf synth table\n  sanerf synth small --views 24 --size 128 --seed 3\n"
                 "  sanerf synth juggler --moving --cameras 8 --moments 24");
  sub->add_option("OUT", flags->out, "folder to write the scene to")->required();
  flags->options.Add(sub, "--views", "synth.views");
  flags->options.Add(sub, "--size", "synth.size");
  sub->add_flag("--moving", flags->moving, "a scene over time: two things move in front of cameras that stand still");
  flags->options.Add(sub, "--cameras", "synth.cameras");
  flags->options.Add(sub, "--moments", "synth.moments");
  sub->callback([&line, flags, sub] {
    line.run = [&line, flags, sub](const Job& job) {
      experiments::ExperimentSettings settings;
      ApplyCommonFlags(line.common, {"synth"}, "synth", &settings, job);
      flags->options.Apply(&settings);
      if (flags->moving) pipeline::Assign(settings, "synth.moving=true", "--moving");
      for (const char* flag : {"--cameras", "--moments"})
        if (!settings.synth.moving && sub->count(flag) > 0)
          throw UsageError(fmt::format("{} is of scenes over time", flag), "", "say --moving as well");
      if (settings.synth.moving && sub->count("--views") > 0)
        throw UsageError("--views is of scenes that stand still", "a scene over time has fixed cameras",
                         "say how many, and how many photos each takes: --cameras 8 --moments 24");
      run::CheckPlaceOfSynthScene(flags->out);
      const Stopwatch watch;
      synth::WriteSynthScene(flags->out, settings.synth, job);
      const std::string prompts = (std::filesystem::path(flags->out) / "prompts.json").string();
      if (line.common.json) {
        PrintJson({{"scene", flags->out},
                   {"prompts", prompts},
                   {"options", pipeline::ToJson(settings).at("synth")},
                   {"seconds", watch.seconds()}});
      } else {
        job.Info(fmt::format("wrote  {} with {} + {} views, prompts in {}", flags->out,
                             synth::NumTrainViews(settings.synth), synth::NumTestViews(settings.synth), prompts));
      }
      SuggestNext(NextAfterScene(flags->out), job);
    };
  });
}

}  // namespace sanerf::cli
