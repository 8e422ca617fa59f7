#include <fmt/format.h>

#include <algorithm>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/export/formats.h"
#include "sanerf/pipeline/stages.h"

namespace sanerf::cli {
namespace {

constexpr char kAllObjects[] = "all";

struct ExportFlags {
  std::string run, scene, out, path, alpha;
  std::vector<std::string> objects;
  std::string format;
  std::optional<int> size;
  bool hard_edge = false, arrays = false;
  OptionFlags options;
};

std::vector<std::string> StagesOfExports() {
  exports::ExportOptions options;
  OptionRegistry registry;
  AddTo(registry, options);
  std::vector<std::string> stages;
  for (const OptionRegistry::Stage& stage : registry.stages()) stages.push_back(stage.name);
  return stages;
}

bool Matters(const exports::ExportFormat& format, const std::string& option) {
  return std::any_of(format.options.begin(), format.options.end(), [&](const char* one) { return option == one; });
}

// What was given, and has no effect on this format.
void RefuseOtherOptions(const experiments::ExperimentSettings& settings, const exports::ExportFormat& format) {
  const Json origins = settings.origins.ToJson();
  for (const auto& [option, origin] : origins.items()) {
    if (Matters(format, option) || origin == "--seed") continue;  // a seed may be given to every command
    const std::vector<std::string> known(format.options.begin(), format.options.end());
    throw UsageError(
        fmt::format("{} ({}) has no effect on the format {}", option, origin.get<std::string>(), format.name), "",
        known.empty() ? "it has no options" : "its options are " + Listed(known));
  }
}

// --size N stands for the option that the format has.
void ApplySize(int size, const exports::ExportFormat& format, experiments::ExperimentSettings* settings) {
  const char* option = Matters(format, "video.longest_side") ? "video.longest_side" : "export.longest_side";
  pipeline::Assign(*settings, fmt::format("{}={}", option, size), "--size");
}

// --path: what a video's option may be, or a file.
void ApplyPath(const std::string& path, pipeline::ExportRequest* request, experiments::ExperimentSettings* settings) {
  if (std::filesystem::path(path).extension() == ".json") {
    request->camera_path = path;
  } else {
    pipeline::Assign(*settings, "video.path=" + path, "--path");
  }
}

// mug.webm is a WebM file, unless another kind is asked for.
void FollowTheEnding(const std::filesystem::path& out, const exports::ExportFormat& format,
                     experiments::ExperimentSettings* settings) {
  constexpr std::pair<const char*, const char*> kFiles[] = {{".mp4", "mp4"}, {".webm", "webm"}, {".mov", "prores"}};
  if (!Matters(format, "video.file") || settings->origins.ToJson().contains("video.file")) return;
  for (const auto& [ending, file] : kFiles)
    if (out.extension() == ending) pipeline::Assign(*settings, fmt::format("video.file={}", file), "--out");
}

pipeline::ExportRequest RequestOf(const CommonFlags& common, const ExportFlags& flags, const Job& job) {
  const exports::ExportFormat& format = exports::FindExportFormat(flags.format);
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, StagesOfExports(), "export", &settings, job);
  flags.options.Apply(&settings);
  pipeline::ExportRequest request;
  if (!flags.path.empty()) ApplyPath(flags.path, &request, &settings);
  if (!flags.alpha.empty()) pipeline::Assign(settings, "video.file=" + flags.alpha, "--alpha");
  if (flags.size) ApplySize(*flags.size, format, &settings);
  if (flags.hard_edge) pipeline::Assign(settings, "export.hard_edge=true", "--hard-edge");
  if (flags.arrays) pipeline::Assign(settings, "export.arrays=true", "--npy");
  FollowTheEnding(flags.out, format, &settings);
  RefuseOtherOptions(settings, format);
  if (!request.camera_path.empty() && !Matters(format, "video.path"))
    throw UsageError("--path is of videos", "", "leave it out, or choose --format video");
  request.run = flags.run;
  if (!flags.scene.empty()) request.scene = flags.scene;
  request.format = flags.format;
  request.all_objects = std::count(flags.objects.begin(), flags.objects.end(), kAllObjects) > 0;
  if (!request.all_objects) request.objects = flags.objects;
  request.out = flags.out;
  request.options = settings.exporting;
  if (common.seed) request.seed = uint64_t(*common.seed);
  return request;
}

std::string BoxText(const exports::ExportedFile& file) {
  if (!file.box) return "";
  const Vec3 &low = file.box->min, &high = file.box->max;
  return fmt::format(", from {:.6g} {:.6g} {:.6g} to {:.6g} {:.6g} {:.6g}", low.x(), low.y(), low.z(), high.x(),
                     high.y(), high.z());
}

void RunExport(const CommonFlags& common, const ExportFlags& flags, const Job& job) {
  const pipeline::ExportRequest request = RequestOf(common, flags, job);
  const pipeline::ExportResult result = pipeline::Export(request, job);
  if (common.json) {
    PrintJson(pipeline::ReportOf(result, request.format));
  } else {
    for (const exports::ExportedFile& file : result.files)
      job.Info(fmt::format("wrote  {}  {}: {}{}; {}, units: {}{}", file.path.string(), file.what, file.count,
                           file.bytes > 0 ? ", " + FormatBytes(double(file.bytes)) : "", file.frame, file.units,
                           BoxText(file)));
    job.Info(fmt::format("done   in {}", FormatDuration(result.seconds)));
  }
  SuggestNext(NextAfterExport(flags.run, {request.format, result.place, result.objects}), job);
}

std::string FormatsInHelp() {
  std::string text = "\n\nFormats:\n";
  for (const exports::ExportFormat& format : exports::ExportFormats())
    text += fmt::format("  {:<12}{}\n", format.name, format.help);
  text.pop_back();
  return text;
}

}  // namespace

void AddExport(CommandLine& line) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* sub =
      AddCommand(line, "export", "objects and scenes in the formats of other programs",
                 "  sanerf export run --object mug --format masks            a PNG per photo, of its size and name\n"
                 "  sanerf export run --object all --format coco\n"
                 "  sanerf export run --object mug --format nerfstudio --keep rest   to train on without the mug\n"
                 "  sanerf export run --object mug --format video --alpha webm --out mug.webm\n"
                 "  sanerf export run --object mug --format splat --out mug.ply\n"
                 "  sanerf export run --object mug --format glb --faces 20000 --out mug.glb\n"
                 "  sanerf export run --format video --path fly              the scene itself" +
                     FormatsInHelp());
  sub->add_option("RUN", flags->run, "run folder")->required();
  sub->add_option("--format", flags->format, "what to write; see below")->required();
  sub->add_option("--object", flags->objects,
                  "an object of the run (repeatable), or all [the only one; of a video the scene]")
      ->allow_extra_args(false);
  sub->add_option("-o,--out", flags->out,
                  "a folder for it alone, or a file of the format's ending [RUN/exports/OBJECT-FORMAT]")
      ->type_name("PATH");
  AddNumber(sub, "--size", &flags->size,
            "pixels on the longer side, at most [0, all that the photo has; of a video 800]",
            Range(16, 16384).OrZero());
  flags->options.Add(sub, "--views", "export.views");
  flags->options.Add(sub, "--keep", "export.keep");
  flags->options.Add(sub, "--faces", "mesh.faces");
  sub->add_flag("--npy", flags->arrays, "of masks: also probabilities as .npy arrays");
  sub->add_flag("--hard-edge", flags->hard_edge, "of cut-outs: cut along the mask's pixels, without a soft outline");
  sub->add_option("--path", flags->path, "of a video: turntable, fly, or a path file as render reads it [turntable]");
  flags->options.Add(sub, "--show", "video.show");
  sub->add_option("--alpha", flags->alpha, "of a video: with transparency, as webm, prores or png [without, as mp4]");
  flags->options.Add(sub, "--seconds", "video.seconds");
  flags->options.Add(sub, "--fps", "video.fps");
  sub->add_option("--scene", flags->scene, "where the scene is now, when it was moved")->type_name("DIR");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunExport(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
