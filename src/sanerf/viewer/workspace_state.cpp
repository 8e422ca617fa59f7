#include "sanerf/viewer/workspace_state.h"

#include <fmt/format.h>

#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/system_info.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/viewer/desk/edit_request.h"
#include "sanerf/viewer/downloads/export_formats.h"

namespace sanerf::viewer {
namespace {

const char* PhaseName(LiveField::Phase phase) {
  constexpr const char* kNames[] = {"photos", "training", "paused", "trained"};
  return kNames[int(phase)];
}

Json Xyz(const Vec3& v) { return {v.x(), v.y(), v.z()}; }

Json CommandsState(const StateSources& sources, const Json& objects) {
  Workbench& bench = sources.bench;
  const std::string run = ShellQuoted(sources.run.string()), photos = ShellQuoted(bench.scene().root.string());
  const bool has_run = bench.field().phase() != LiveField::Phase::kPhotos;
  std::string rendered;
  for (const Json& object : objects) {
    if (rendered.empty() && object.at("label").is_number())
      rendered = fmt::format("sanerf render {} --object {} --layers overlay,cutout", run,
                             ShellQuoted(object.at("name").get<std::string>()));
  }
  Json commands = {
      {"view", has_run ? fmt::format("sanerf view {}", run) : fmt::format("sanerf view {} --out {}", photos, run)},
      {"encode", fmt::format("sanerf encode {}{}", run, sources.flags.encode)},
      {"segment", SegmentCommand(sources.run, bench.desk().edited_objects(), sources.flags.segment)},
      {"everything", FindCommand(sources.run, "", !objects.empty(), sources.flags)},
      {"render", rendered.empty() ? fmt::format("sanerf render {}", run) : rendered}};
  for (const auto& [name, flags] : bench.field().TrainFlags())
    commands[name] = fmt::format("sanerf train {} --out {}{}", photos, run, flags);
  return commands;
}

}  // namespace

Json StateOf(const StateSources& sources, int64_t revision) {
  Workbench& bench = sources.bench;
  const scene::Scene& scene = bench.scene();
  const Similarity file_from_model = scene.model_from_file.Inverse();
  const Json objects = bench.desk().Objects([&](segmentation::ObjectId id) { return bench.scores().IouOf(id); });
  return {{"protocol", 1},
          {"program", VersionString()},
          {"server", sources.server},
          {"revision", revision},
          {"title", run::NameOfPath(scene.root)},
          {"run", sources.run.string()},
          {"scene", scene.root.string()},
          {"phase", PhaseName(bench.field().phase())},
          {"frame",
           {{"up", Xyz(file_from_model.rotation * Vec3(0, 0, 1))},
            {"focus", Xyz(file_from_model * Vec3::Zero())},
            {"radius", file_from_model.scale}}},
          {"num_views", scene.views.size()},
          {"num_test_views", scene.TestViews().size()},
          {"training", bench.field().TrainingState()},
          {"encoding", bench.EncodingState()},
          {"waiting", bench.Waiting()},
          {"objects", objects},
          {"answer", bench.desk().AnswerState()},
          {"history", bench.desk().History()},
          {"work", sources.work.AsJson()},
          {"exports", ExportFormats()},
          {"results", sources.exports.State()},
          {"commands", CommandsState(sources, objects)},
          {"machine",
           {{"device",
             fmt::format("CPU, {} thread{}, {}", NumThreads(), NumThreads() == 1 ? "" : "s", kernels::Kernels().name)},
            {"memory", PeakRssBytes()},
            {"memory_now", RssBytes()}}}};
}

Json ViewsOf(const scene::Scene& scene) {
  Json views = Json::array();
  for (size_t i = 0; i < scene.views.size(); ++i) {
    const scene::View& view = scene.views[i];
    views.push_back({{"idx", i},
                     {"name", view.name},
                     {"split", view.is_test ? "test" : "train"},
                     {"width", view.camera.width},
                     {"height", view.camera.height},
                     {"truth", !view.mask_path.empty()},
                     {"camera", ToJson(view.camera)}});
  }
  return views;
}

}  // namespace sanerf::viewer
