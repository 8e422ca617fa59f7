#include "sanerf/pipeline/fit_and_store.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/stopwatch.h"

namespace sanerf::pipeline {
namespace {

// A file that is needed while its field is trained: removed now, should a killed process have left it, and at the end.
class ScratchFile {
 public:
  explicit ScratchFile(std::filesystem::path path) : path_(std::move(path)) { std::filesystem::remove(path_); }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// What is stored stays stored, also when a request to stop comes in between.
void CheckFits(const segmentation::SessionSnapshot& fitted, const run::OpenRun& run, const Job& job) try {
  Task task(job, "compare the field with its masks");
  const std::vector<segmentation::MaskFit> fits =
      segmentation::CompareWithMasks(*fitted.model, fitted.objects.masks, run.scene(), job);
  task.Finish();
  for (size_t i = 0; i < fits.size(); ++i)
    WarnIfUseless(fits[i], fitted.objects.prompts.objects[i].name, run.folder().path(), job);
} catch (const InterruptedError&) {
}

// What an object was made with is recorded. Scene and radiance field stay as they were trained, whatever the options of
// these stages say now.
void RecordOptions(const Settings& settings, run::RunFolder* folder) {
  const Json trained = folder->options();
  Json options = ToJson(settings), origins = Json::object();
  const auto is_trained = [&](const std::string& stage) {
    return (stage == "scene" || stage == "nerf") && trained.contains(stage);
  };
  for (auto& [stage, values] : options.items())
    if (is_trained(stage)) values = trained.at(stage);
  const auto take = [&](const Json& from, bool of_training) {
    for (const auto& [name, origin] : from.items())
      if (is_trained(name.substr(0, name.find('.'))) == of_training) origins[name] = origin;
  };
  take(settings.origins.ToJson(), false);
  take(folder->origins(), true);
  folder->SetOptions(options, origins);
}

}  // namespace

void WarnIfUseless(const segmentation::MaskFit& fit, const std::string& object, const std::filesystem::path& run,
                   const Job& job) {
  if (!fit.IsUseless()) return;
  const std::string path = ShellQuoted(run.string()), name = ShellQuoted(object);
  job.Warn(
      fmt::format("object {}: its field does not show its masks: IoU below 50 % in {} of {}, {:.0f} % in the mean\n"
                  "         look:    sanerf render {} --object {} --layers overlay\n"
                  "         correct: sanerf segment {} --name {} --add --click VIEW:X,Y",
                  object, fit.num_missed, Counted(fit.num_views, "view"), 100 * fit.mean_iou, path, name, path, name));
}

run::StoreResult StoreFitted(const segmentation::SessionSnapshot& fitted, StoreRequest request,
                             const Settings& settings, run::OpenRun* run, const Job& job) {
  const Stopwatch watch;
  run::RunFolder& folder = run->folder();
  run::StoreResult stored = run::StoreObjects(folder,
                                              {fitted.objects.prompts, fitted.objects.masks, *fitted.model, request.log,
                                               run->nerf(job).Fingerprint(), std::move(request.options)},
                                              job);
  RecordOptions(settings, &folder);
  folder.SetStage(run::Stage::kSegment, run::StageState::kComplete, request.seconds + watch.seconds());
  folder.Save(job);
  return stored;
}

FittedAndStored FitAndStore(segmentation::Session* session, StoreRequest request, const Settings& settings,
                            run::OpenRun* run, const Job& job) {
  const Stopwatch watch;
  run::RunFolder& folder = run->folder();
  EnsureWritableFolder(folder.path());
  const ScratchFile log_file(folder.path() / ".object_log.jsonl");
  {
    StepLog log(job, log_file.path(), "object field");
    session->Step(session->steps_left(), job.With(log));
  }
  const segmentation::SessionSnapshot fitted = session->Finish(job);
  request.log = log_file.path();
  request.seconds += watch.seconds();
  FittedAndStored result;
  result.stored = StoreFitted(fitted, std::move(request), settings, run, job);
  result.seconds = watch.seconds();
  CheckFits(fitted, *run, job);
  return result;
}

}  // namespace sanerf::pipeline
