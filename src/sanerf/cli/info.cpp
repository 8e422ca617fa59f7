#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/cli/command.h"
#include "sanerf/cli/next_command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/run/describe.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::cli {
namespace {

constexpr size_t kNamedViews = 40;  // some lines of a terminal; --json has all

std::string HeldOutText(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const std::string more = names.size() > kNamedViews ? " (--json lists all)" : "";
  return fmt::format("         held out: {}{}\n", FirstFew(names, kNamedViews, " "), more);
}

std::string ViewsText(size_t num_train, const std::vector<std::string>& held_out) {
  return fmt::format("views    {} to train on, {} held out\n", num_train, held_out.size()) + HeldOutText(held_out);
}

std::string SceneText(const run::SceneDescription& scene) {
  std::string text = fmt::format("scene    {}\n         {}\n", scene.path, scene.summary);
  text += ViewsText(scene.num_train, scene.held_out);
  for (const auto& [size, count] : scene.sizes) text += fmt::format("photos   {} of {} pixels\n", count, size);
  text += fmt::format("camera   {}\n", scene.is_distorted ? "with lens distortion" : "no lens distortion");
  text +=
      fmt::format("masks    {}\n",
                  scene.num_masks > 0 ? Counted(scene.num_masks, "view has", "views have") + " ground truth" : "none");
  for (const std::string& warning : scene.warnings) text += "warning  " + warning + "\n";
  return text;
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

void RunInfo(const CommonFlags& common, const std::string& path, const Job& job) {
  experiments::ExperimentSettings settings;
  ApplyCommonFlags(common, {"scene"}, "info", &settings, job);
  if (run::RunFolder::Exists(path) || !run::RunFolder::PartsIn(path).empty()) {
    const run::RunDescription run = run::DescribeRun(run::RunFolder::Open(path), job);
    common.json ? PrintJson(run::ToJson(run)) : PrintText(Wrapped(RunText(run)));
    if (run.scene) SuggestNext(NextForRun(path, run), job);  // else the hint says what comes first
    return;
  }
  const run::SceneDescription scene = run::DescribeScene(scene::LoadScene(path, settings.scene, job));
  common.json ? PrintJson(run::ToJson(scene)) : PrintText(Wrapped(SceneText(scene)));
  SuggestNext(NextAfterScene(path), job);
}

}  // namespace

void AddInfo(CommandLine& line) {
  auto path = std::make_shared<std::string>();
  CLI::App* sub = AddCommand(line, "info", "what is this folder? views, cameras, masks, stages, objects, problems",
                             "  sanerf info photos/\n  sanerf info run");
  sub->add_option("PATH", *path, "a scene or a run folder")->required();
  sub->callback([&line, path] { line.run = [&line, path](const Job& job) { RunInfo(line.common, *path, job); }; });
}

}  // namespace sanerf::cli
