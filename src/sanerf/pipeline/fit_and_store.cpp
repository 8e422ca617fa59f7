#include "sanerf/pipeline/fit_and_store.h"

#include "sanerf/core/files.h"
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

}  // namespace

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
  return result;
}

}  // namespace sanerf::pipeline
