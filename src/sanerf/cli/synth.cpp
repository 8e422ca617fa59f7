#include "sanerf/synth/synth.h"

#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/run/output_place.h"

namespace sanerf::cli {

void AddSynth(CommandLine& line) {
  struct Flags {
    std::string out;
    bool turntable = false;
    OptionFlags options;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* sub =
      AddCommand(line, "synth", "make the procedural scene: a ray-traced tabletop with exact masks and depth",
                 "  sanerf synth table\n  sanerf synth small --views 24 --size 128 --seed 3\n"
                 "  sanerf synth turning --turntable --views 66");
  sub->add_option("OUT", flags->out, "folder to write the scene to")->required();
  flags->options.Add(sub, "--views", "synth.views");
  flags->options.Add(sub, "--size", "synth.size");
  sub->add_flag("--turntable", flags->turntable, "the things turn on a plate; camera, room and light stand still");
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) {
      experiments::ExperimentSettings settings;
      ApplyCommonFlags(line.common, {"synth"}, "synth", &settings, job);
      flags->options.Apply(&settings);
      if (flags->turntable) pipeline::Assign(settings, "synth.turntable=true", "--turntable");
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
        job.Info(fmt::format("wrote  {} with {} + {} views, prompts in {}", flags->out, settings.synth.views,
                             synth::NumTestViews(settings.synth), prompts));
      }
      SuggestNext(NextAfterScene(flags->out), job);
    };
  });
}

}  // namespace sanerf::cli
