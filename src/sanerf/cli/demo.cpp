#include <fmt/format.h>

#include <algorithm>

#include "sanerf/cli/command.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/demo_stage.h"
#include "sanerf/experiments/eval/eval_output.h"
#include "sanerf/experiments/settings.h"

namespace sanerf::cli {
namespace {

std::string TimeTable(const experiments::DemoResult& result) {
  std::string text = fmt::format("\n{:<8}  {:>7}\n", "stage", "time");
  double total = 0;
  for (const auto& [stage, seconds] : result.seconds) {
    const bool reused = std::find(result.reused.begin(), result.reused.end(), stage) != result.reused.end();
    text += fmt::format("{:<8}  {:>7}{}\n", stage, FormatDuration(seconds), reused ? "  (earlier)" : "");
    total += seconds;
  }
  return text + fmt::format("{:<8}  {:>7}\n\npeak memory {}\n", "total", FormatDuration(total),
                            FormatBytes(double(result.peak_rss_bytes)));
}

experiments::ExperimentSettings DemoDefaults() {
  experiments::ExperimentSettings settings;
  experiments::ApplyDemoDefaults(settings);
  return settings;
}

}  // namespace

void AddDemo(CommandLine& line) {
  struct Flags {
    std::string out = "demo_run";
    OptionFlags options = OptionFlags(DemoDefaults());
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* sub =
      AddCommand(line, "demo", "the whole pipeline on a procedural scene: train, click, segment, score, report",
                 "  sanerf demo\n  sanerf demo --out /tmp/demo --json\n\nA second run reuses what is complete.");
  sub->add_option("-o,--out", flags->out, "run folder [demo_run]")->type_name("DIR");
  flags->options.Add(sub, "--views", "synth.views");
  flags->options.Add(sub, "--size", "synth.size");
  flags->options.Add(sub, "--iters", "nerf.iters");
  flags->options.Add(sub, "--model", "encode.model");
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) {
      experiments::ExperimentSettings settings = DemoDefaults();
      ApplyCommonFlags(line.common, {"synth", "scene", "nerf", "encode", "masks", "segment", "object"}, "demo",
                       &settings, job);
      flags->options.Apply(&settings);
      const experiments::DemoResult result = experiments::Demo({flags->out}, settings, job);
      if (line.common.json) {
        PrintJson(experiments::ToJson(result));
      } else {
        PrintText(experiments::ToTable(result.eval) + TimeTable(result));
        job.Info(fmt::format("\nopen   {}", result.report.string()));
      }
      const std::string name = result.eval.objects.empty() ? "OBJECT" : result.eval.objects[0].name;
      SuggestNext(fmt::format("sanerf render {} --object {} --views orbit --layers overlay,cutout", Quoted(flags->out),
                              Quoted(name)),
                  job);
    };
  });
}

}  // namespace sanerf::cli
