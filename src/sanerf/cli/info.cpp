#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/scene_sheet.h"
#include "sanerf/nerf/training_memory.h"
#include "sanerf/poses/pose_agreement.h"
#include "sanerf/run/describe.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::cli {
namespace {

constexpr int kPicturesOnSheet = 96;
constexpr size_t kNamedViews = 40;  // some lines of a terminal; --json has all

std::string HeldOutText(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const std::string more = names.size() > kNamedViews ? " (--json lists all)" : "";
  return fmt::format("         held out: {}{}\n", FirstFew(names, kNamedViews, " "), more);
}

std::string MasksText(const run::SceneDescription& scene) {
  std::vector<std::string> parts;
  if (scene.num_masks > 0) parts.push_back(Counted(scene.num_masks, "view has", "views have") + " ground truth");
  if (scene.num_ignoring > 0)
    parts.push_back(Counted(scene.num_ignoring, "view has a mask", "views have masks") + " of what to ignore");
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, "; "));
}

std::string OddText(const std::vector<scene::Oddity>& odd) {
  std::string text;
  for (const scene::Oddity& one : odd) text += fmt::format("odd      {}\n         -> {}\n", one.what, one.advice);
  return text;
}

std::string ViewsText(size_t num_train, const std::vector<std::string>& held_out) {
  return fmt::format("views    {} to train on, {} held out\n", num_train, held_out.size()) + HeldOutText(held_out);
}

std::string SceneText(const run::SceneDescription& scene, double training_bytes) {
  std::string text = fmt::format("scene    {}\n         {}\n", scene.path, scene.summary);
  text += ViewsText(scene.num_train, scene.held_out);
  for (const auto& [size, count] : scene.sizes) text += fmt::format("photos   {} of {} pixels\n", count, size);
  text += fmt::format("camera   {}\n", scene.is_distorted ? "with lens distortion" : "no lens distortion");
  text += fmt::format("masks    {}\n", MasksText(scene));
  text += fmt::format("stand    {}\n", scene.cameras);
  text += fmt::format("memory   training takes about {}, {} are free\n", FormatBytes(training_bytes),
                      FormatBytes(double(AvailableMemoryBytes())));
  for (const std::string& note : scene.notes) text += "guessed  " + note + "\n";
  for (const std::string& warning : scene.warnings) text += "warning  " + warning + "\n";
  return text + OddText(scene.odd);
}

std::string ObjectText(const std::string& kind, const run::ObjectDescription& object) {
  const bool is_scored = object.iou && std::isfinite(*object.iou);
  return fmt::format("{:<8} {}  {} of {}{}{}\n", kind, object.name, object.views_used,
                     Counted(object.views_total, "view"),
                     is_scored ? fmt::format("  IoU {:.2f} %", 100 * *object.iou) : "",
                     object.is_stale ? "  stale: segment again" : "");
}

std::string RunText(const run::RunDescription& described) {
  const run::RunFolder& folder = described.run;
  const Json& record = folder.record();
  std::string text = fmt::format("run      {}  ({}, sanerf {})\n", folder.path().string(),
                                 FormatBytes(double(described.bytes)), record.value("sanerf", ""));
  text += fmt::format("scene    {}\n         {}\n", described.scene_path, record.at("scene").value("summary", ""));
  text += described.scene ? ViewsText(described.scene->TrainViews().size(), run::HeldOutViews(*described.scene))
                          : fmt::format("warning  {}\n         {}\n", described.problem, described.hint);
  for (const run::StageDescription& stage : described.stages)
    text += fmt::format("{:<8} {}  {}  {}\n", stage.name, stage.state, FormatDuration(stage.seconds), stage.when);
  for (const run::OptionDescription& option : described.changed)
    text += fmt::format("option   {}{}  ({})\n", option.name, option.value.empty() ? "" : " = " + option.value,
                        option.origin);
  for (const run::ObjectDescription& object : described.objects) text += ObjectText("object", object);
  for (const run::ObjectDescription& object : described.set_aside) text += ObjectText("aside", object);
  for (const std::string& name : described.no_objects)
    text += fmt::format("warning  {}: object.json is missing; segment it again, or remove the folder\n", name);
  return text;
}

std::string NextForRun(const std::string& path, const run::RunDescription& described) {
  const bool is_trained = std::any_of(described.stages.begin(), described.stages.end(), [](const auto& stage) {
    return stage.name == run::NameOf(run::Stage::kTrain) && stage.state == run::NameOf(run::StageState::kComplete);
  });
  if (!is_trained) return "sanerf train " + Quoted(path);
  const auto& objects = described.objects;
  const auto fresh = std::find_if(objects.begin(), objects.end(), [](const auto& object) { return !object.is_stale; });
  if (fresh == objects.end()) return NextAfterTraining(path, *described.scene);
  return NextAfterObject(path, *described.scene, fresh->name);
}

struct InfoFlags {
  std::string path;
  std::optional<std::filesystem::path> sheet, against;
  OptionFlags options;
};

Json ToJson(const poses::PoseAgreement& agreement) {
  return {{"photos", agreement.num_common},           {"size", agreement.size},
          {"mean_distance", agreement.mean_distance}, {"max_distance", agreement.max_distance},
          {"mean_degrees", agreement.mean_angle},     {"max_degrees", agreement.max_angle}};
}

std::string AgreementText(const poses::PoseAgreement& agreement) {
  return fmt::format(
      "against  {} of the same name; cameras are {:.3f} % of the scene's size apart (mean; at most "
      "{:.3f} %), and turned by {:.3f} degrees (at most {:.3f})\n",
      Counted(agreement.num_common, "photo"), 100 * agreement.mean_distance, 100 * agreement.max_distance,
      agreement.mean_angle, agreement.max_angle);
}

// Draws the photos; what only they tell.
std::vector<scene::Oddity> DrawSheet(const scene::Scene& scene, const std::filesystem::path& file, const Job& job) {
  const experiments::SceneSheet sheet = experiments::LookAtPhotos(scene, kPicturesOnSheet, job);
  WritePng(file, experiments::ToPicture(sheet, scene));
  job.Saved(file.string());
  return experiments::OdditiesOf(sheet, scene);
}

void RunInfo(const CommonFlags& common, const InfoFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, {"scene"}, "info", &settings, job);
  flags.options.Apply(&settings);
  if (flags.sheet && flags.sheet->extension() != ".png")
    throw UsageError("--sheet " + flags.sheet->string(), "the sheet is a PNG picture", "name it so: --sheet sheet.png");
  const std::string& path = flags.path;
  if (flags.against && (run::RunFolder::Exists(path) || run::RunFolder::Exists(*flags.against)))
    throw UsageError("--against compares the cameras of two scenes", "one of the folders is a run",
                     "sanerf info SCENE --against SCENE");
  if (run::RunFolder::Exists(path) || !run::RunFolder::PartsIn(path).empty()) {
    const run::RunDescription run = run::DescribeRun(run::RunFolder::Open(path), job);
    Json json = run::ToJson(run);
    std::vector<scene::Oddity> odd;
    if (flags.sheet && run.scene) {
      odd = DrawSheet(*run.scene, *flags.sheet, job);
      json["sheet"] = flags.sheet->string();
      json["odd"] = run::ToJson(odd);
    }
    common.json ? PrintJson(json) : PrintText(Wrapped(RunText(run) + OddText(odd)));
    if (run.scene) SuggestNext(NextForRun(path, run), job);  // else the hint says what comes first
    return;
  }
  const scene::Scene scene = scene::LoadScene(path, settings.scene, job);
  run::SceneDescription described = run::DescribeScene(scene);
  if (flags.sheet) {
    const std::vector<scene::Oddity> odd = DrawSheet(scene, *flags.sheet, job);
    described.odd.insert(described.odd.end(), odd.begin(), odd.end());
  }
  const double training_bytes = nerf::TrainingBytes(scene, settings.nerf, NumThreads());
  Json json = run::ToJson(described);
  json["training_bytes"] = training_bytes;
  if (flags.sheet) json["sheet"] = flags.sheet->string();
  std::string text = SceneText(described, training_bytes);
  if (flags.against) {
    const poses::PoseAgreement agreement =
        poses::CompareCameras(scene, scene::LoadScene(*flags.against, settings.scene, job));
    json["against"] = ToJson(agreement);
    text += AgreementText(agreement);
  }
  common.json ? PrintJson(json) : PrintText(Wrapped(text));
  SuggestNext(NextAfterScene(path), job);
}

}  // namespace

void AddInfo(CommandLine& line) {
  auto flags = std::make_shared<InfoFlags>();
  CLI::App* sub =
      AddCommand(line, "info", "what is this folder? what was found, guessed and is odd; views, stages, objects",
                 "  sanerf info photos/\n  sanerf info photos/ --sheet sheet.png\n  sanerf info run");
  sub->add_option("PATH", flags->path, "a scene or a run folder")->required();
  sub->add_option("--sheet", flags->sheet,
                  "open every photo, and draw all of them and where their cameras stand into this PNG file")
      ->type_name("FILE");
  sub->add_option("--against", flags->against,
                  "a scene with the same photos: how far its cameras are from these, after the worlds were aligned")
      ->type_name("SCENE");
  flags->options.Add(sub, "--test-every", "scene.test_every");
  flags->options.Add(sub, "--masks-are", "scene.masks_are");
  flags->options.Add(sub, "--model", "scene.model");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunInfo(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
