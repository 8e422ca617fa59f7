#include "sanerf/pipeline/fit_and_store.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
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

}  // namespace

void WarnIfUseless(const segmentation::MaskFit& fit, const std::string& object, const std::filesystem::path& run,
                   const Job& job) {
  if (!fit.IsUseless()) return;
  const std::string path = ShellQuoted(run.string()), name = ShellQuoted(object);
  job.Warn(fmt::format(
      "object {}: its field does not show its masks: IoU below 50 % in {} of {} views, {:.0f} % in the mean\n"
      "         look:    sanerf render {} --object {} --layers overlay\n"
      "         correct: sanerf segment {} --name {} --add --click VIEW:X,Y",
      object, fit.num_missed, fit.num_views, 100 * fit.mean_iou, path, name, path, name));
}

FittedAndStored FitAndStore(segmentation::Session* session, double seconds_before, run::StoreOptions options,
                            const Settings& settings, run::OpenRun* run, const Job& job) {
  const Stopwatch watch;
  run::RunFolder& folder = run->folder();
  EnsureWritableFolder(folder.path());
  const ScratchFile log_file(folder.path() / ".object_log.jsonl");
  {
    StepLog log(job, log_file.path(), "object field");
    session->Step(session->steps_left(), job.With(log));
  }
  const segmentation::SessionSnapshot fitted = session->Finish(job);
  FittedAndStored result;
  result.stored = run::StoreObjects(folder,
                                    {fitted.objects.prompts, fitted.objects.masks, *fitted.model, log_file.path(),
                                     run->nerf(job).Fingerprint(), std::move(options)},
                                    job);
  result.seconds = watch.seconds();
  folder.SetOptions(settings.ToJson(), settings.Origins());
  folder.SetStage(run::Stage::kSegment, run::StageState::kComplete, seconds_before + result.seconds);
  folder.Save(job);
  CheckFits(fitted, *run, job);
  return result;
}

}  // namespace sanerf::pipeline
