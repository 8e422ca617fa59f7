#include <fmt/format.h>

#include <memory>
#include <string>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/poses/find_poses.h"

namespace sanerf::cli {
namespace {

struct PosesFlags {
  std::string input, out;
  OptionFlags options;
};

void RunPoses(const CommonFlags& common, const PosesFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, {"poses"}, "poses", &settings, job);
  flags.options.Apply(&settings);
  if (flags.out.empty())
    throw UsageError("--out is missing", "",
                     fmt::format("say where the scene goes: sanerf poses {} --out SCENE", Quoted(flags.input)));
  const poses::PosesResult result = poses::FindPoses({flags.input, flags.out}, settings.poses, job);
  const std::string next = NextAfterScene(flags.out);
  if (common.json) {
    Json json = result.json;
    json["scene"] = flags.out;
    json["reused"] = result.reused;
    json["seconds"] = result.seconds;
    json["next"] = next;
    PrintJson(json);
  } else {
    PrintText(Wrapped(result.text));
    job.Info(fmt::format(
        "{}  {}  ({})", result.reused ? "there is" : "wrote", flags.out,
        result.reused ? "made from the same photos with the same options" : FormatDuration(result.seconds)));
  }
  const int missing = result.report.num_photos - result.report.num_posed;
  if (missing > 0)
    job.Warn(fmt::format("no pose was found for {} of {}; the others make the scene", missing,
                         Counted(result.report.num_photos, "photo")));
  SuggestNext(next, job);
}

}  // namespace

void AddPoses(CommandLine& line) {
  auto flags = std::make_shared<PosesFlags>();
  CLI::App* sub =
      AddCommand(line, "poses", "find where the photos of a folder or a video were taken from, by COLMAP",
                 "  sanerf poses photos/ --out scene\n"
                 "  sanerf poses clip.mp4 --out scene --frames 200\n"
                 "  sanerf poses photos/ --out scene --matching exhaustive --set poses.features=8192\n\n"
                 "It needs the programs colmap and, for videos, ffmpeg: scripts/setup.sh --with-poses installs them.\n"
                 "Interrupted, the same command goes on; what it keeps for that is in SCENE.poses, beside the scene,\n"
                 "and may be deleted afterwards.");
  sub->add_option("PHOTOS", flags->input, "folder of photos, or a video")->required();
  sub->add_option("-o,--out", flags->out, "folder of the scene to make")->type_name("SCENE");
  flags->options.Add(sub, "--frames", "poses.frames");
  flags->options.Add(sub, "--matching", "poses.matching");
  flags->options.Add(sub, "--lens", "poses.lens");
  flags->options.Add(sub, "--undistort", "poses.undistort");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunPoses(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
