#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/scene_sheet.h"
#include "sanerf/nerf/training_memory.h"
#include "sanerf/run/describe.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::cli {
namespace {

constexpr int kPicturesOnSheet = 96;
constexpr size_t kNamedViews = 40;  // some lines of a terminal; --json has all

std::string HeldOutText(const Json& names) {
  if (names.empty()) return "";
  const std::string more = names.size() > kNamedViews ? " (--json lists all)" : "";
  return fmt::format("         held out: {}{}\n", FirstFew(names.get<std::vector<std::string>>(), kNamedViews, " "),
                     more);
}

std::string MasksText(const Json& scene) {
  std::vector<std::string> parts;
  if (const int count = scene["masks"].get<int>(); count > 0)
    parts.push_back(Counted(count, "view has", "views have") + " ground truth");
  if (const int count = scene["ignore_masks"].get<int>(); count > 0)
    parts.push_back(Counted(count, "view has a mask", "views have masks") + " of what to ignore");
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, "; "));
}

std::string OddText(const Json& scene) {
  std::string text;
  for (const Json& odd : scene["odd"])
    text +=
        fmt::format("odd      {}\n         -> {}\n", odd["what"].get<std::string>(), odd["advice"].get<std::string>());
  return text;
}

std::string SceneText(const Json& scene) {
  std::string text =
      fmt::format("scene    {}\n         {}\n", scene["path"].get<std::string>(), scene["summary"].get<std::string>());
  text +=
      fmt::format("views    {} to train on, {} held out\n", scene["train_views"].dump(), scene["test_views"].dump());
  text += HeldOutText(scene["held_out"]);
  for (const auto& [size, count] : scene["sizes"].items())
    text += fmt::format("photos   {} of {} pixels\n", count.dump(), size);
  text += fmt::format("camera   {}\n", scene["distortion"].get<bool>() ? "with lens distortion" : "no lens distortion");
  text += fmt::format("masks    {}\n", MasksText(scene));
  text += fmt::format("stand    {}\n", scene["cameras"].get<std::string>());
  if (scene.contains("training_bytes")) {
    text +=
        fmt::format("memory   training takes about {}, {} are free\n",
                    FormatBytes(scene["training_bytes"].get<double>()), FormatBytes(double(AvailableMemoryBytes())));
  }
  for (const Json& note : scene["notes"]) text += "guessed  " + note.get<std::string>() + "\n";
  for (const Json& warning : scene["warnings"]) text += "warning  " + warning.get<std::string>() + "\n";
  return text + OddText(scene);
}

std::string ObjectText(const std::string& kind, const Json& object) {
  return fmt::format("{:<8} {}  {} of {}{}{}\n", kind, object["name"].get<std::string>(), object["views_used"].dump(),
                     Counted(object["views_total"].get<int64_t>(), "view"),
                     object.contains("iou") && object["iou"].is_number()
                         ? fmt::format("  IoU {:.2f} %", 100 * object["iou"].get<double>())
                         : "",
                     object["stale"].get<bool>() ? "  stale: segment again" : "");
}

std::string RunText(const Json& run) {
  std::string text = fmt::format("run      {}  ({}, sanerf {})\n", run["path"].get<std::string>(),
                                 FormatBytes(run["bytes"].get<double>()), run["sanerf"].get<std::string>());
  const Json& scene = run["scene"];
  text += fmt::format("scene    {}\n         {}\n", scene.value("absolute_path", ""), scene.value("summary", ""));
  if (scene.contains("problem")) {
    text += fmt::format("warning  {}\n         {}\n", scene["problem"].get<std::string>(),
                        scene["hint"].get<std::string>());
  } else {
    text +=
        fmt::format("views    {} to train on, {} held out\n", scene["train_views"].dump(), scene["held_out"].size());
    text += HeldOutText(scene["held_out"]);
  }
  for (const auto& [name, stage] : run["stages"].items()) {
    text += fmt::format("{:<8} {}  {}  {}\n", name, stage.value("state", "?"),
                        FormatDuration(stage.value("seconds", 0.0)), stage.value("when", ""));
  }
  const Json& values = run["changed_values"];
  for (const auto& [name, origin] : run["changed_options"].items()) {
    const std::string value = values.contains(name) ? " = " + OptionValueText(values.at(name)) : "";
    text += fmt::format("option   {}{}  ({})\n", name, value, origin.get<std::string>());
  }
  for (const Json& object : run["objects"]) text += ObjectText("object", object);
  for (const Json& object : run["set_aside"]) text += ObjectText("aside", object);
  for (const Json& name : run["no_objects"])
    text += fmt::format("warning  {}: object.json is missing; segment it again, or remove the folder\n",
                        name.get<std::string>());
  return text;
}

std::string NextForRun(const std::string& path, const run::RunDescription& run) {
  const Json train = run.json["stages"].value("train", Json::object());
  if (train.value("state", "") != run::NameOf(run::StageState::kComplete)) return "sanerf train " + Quoted(path);
  const Json& objects = run.json["objects"];
  const auto fresh =
      std::find_if(objects.begin(), objects.end(), [](const Json& object) { return !object["stale"].get<bool>(); });
  if (fresh == objects.end()) return NextAfterTraining(path, *run.scene);
  return NextAfterObject(path, *run.scene, (*fresh)["name"].get<std::string>());
}

struct InfoFlags {
  std::string path;
  std::optional<std::filesystem::path> sheet;
  OptionFlags options;
};

// Draws the photos, and adds what only they tell.
void DrawSheet(const scene::Scene& scene, const std::filesystem::path& file, Json* json, const Job& job) {
  const experiments::SceneSheet sheet = experiments::LookAtPhotos(scene, kPicturesOnSheet, job);
  WritePng(file, experiments::ToPicture(sheet, scene));
  job.Saved(file.string());
  (*json)["sheet"] = file.string();
  for (const scene::Oddity& odd : experiments::OdditiesOf(sheet, scene))
    (*json)["odd"].push_back({{"what", odd.what}, {"advice", odd.advice}});
}

void RunInfo(const CommonFlags& common, const InfoFlags& flags, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, {"scene"}, "info", &settings, job);
  flags.options.Apply(&settings);
  if (flags.sheet && flags.sheet->extension() != ".png")
    throw UsageError("--sheet " + flags.sheet->string(), "the sheet is a PNG picture", "name it so: --sheet sheet.png");
  const std::string& path = flags.path;
  if (run::RunFolder::Exists(path) || !run::RunFolder::PartsIn(path).empty()) {
    run::RunDescription run = run::DescribeRun(run::RunFolder::Open(path), job);
    std::string odd;
    if (flags.sheet && run.scene) {
      run.json["odd"] = Json::array();
      DrawSheet(*run.scene, *flags.sheet, &run.json, job);
      odd = OddText(run.json);
    }
    common.json ? PrintJson(run.json) : PrintText(Wrapped(RunText(run.json) + odd));
    if (run.scene) SuggestNext(NextForRun(path, run), job);  // else the hint says what comes first
    return;
  }
  const scene::Scene scene = scene::LoadScene(path, settings.scene, job);
  Json json = run::DescribeScene(scene);
  json["training_bytes"] = nerf::TrainingBytes(scene, settings.nerf, NumThreads());
  if (flags.sheet) DrawSheet(scene, *flags.sheet, &json, job);
  common.json ? PrintJson(json) : PrintText(Wrapped(SceneText(json)));
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
  flags->options.Add(sub, "--test-every", "scene.test_every");
  flags->options.Add(sub, "--masks-are", "scene.masks_are");
  flags->options.Add(sub, "--model", "scene.model");
  sub->callback([&line, flags] { line.run = [&line, flags](const Job& job) { RunInfo(line.common, *flags, job); }; });
}

}  // namespace sanerf::cli
