#include "sanerf/experiments/ablate/ablate.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/ablate/ablate_runner.h"
#include "sanerf/experiments/ablate/ablate_table.h"
#include "sanerf/experiments/compare/compare_formats.h"
#include "sanerf/experiments/settings.h"
#include "sanerf/experiments/text_table.h"
#include "sanerf/run/new_run.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

// Studies with rows whose results are still empty.
std::vector<AblationStudy> EmptyStudies(const std::vector<Study>& studies, size_t num_scenes, int seeds) {
  const std::vector<std::vector<VariantResult>> empty(num_scenes, std::vector<VariantResult>(size_t(seeds)));
  std::vector<AblationStudy> started;
  for (const Study& study : studies) {
    started.push_back({study.name, study.title, {}});
    for (const Variant& variant : study.variants) started.back().rows.push_back({variant, false, empty});
  }
  return started;
}

// Runs the trials, counts them and reports how far the ablation is.
class Course {
 public:
  Course(AblationRunner* runner, AblationResult* result) : runner_(*runner), result_(result) {
    for (const AblationStudy& study : result->studies)
      total_ += int(study.rows.size() * result->scenes.size()) * result->seeds;
  }
  int total() const { return total_; }

  VariantResult Run(const AblationTrial& trial, const AblationStudy& study, bool* is_default, const Job& job) {
    std::string key;
    try {
      key = runner_.KeyOf(trial);
    } catch (const UsageError& error) {  // the row assigns an option that is none
      VariantResult result;
      result.error = error.what();
      End(result, AblationRunner::Source::kSameAsAnother, job);
      return result;
    }
    const Variant defaults;
    *is_default = key == runner_.KeyOf({trial.scene, defaults, trial.seed});
    AblationRunner::Answer answer = runner_.ResultOf(
        trial, key, [&] { Begin(study, trial, job); }, job);
    End(answer.result, answer.source, job);
    return std::move(answer.result);
  }

 private:
  void Begin(const AblationStudy& study, const AblationTrial& trial, const Job& job) {
    std::string left;
    if (result_->num_run > 0)
      left = fmt::format("  (at most {} left)", FormatDuration(run_seconds_ / result_->num_run * (total_ - done_)));
    job.Info(fmt::format("ablate {}/{}  {}: {}  on {}{}{}", done_ + 1, total_, study.name, trial.variant.label,
                         trial.scene.name, result_->seeds > 1 ? fmt::format(", seed {}", trial.seed) : "", left));
    watch_ = Stopwatch();
  }
  void End(const VariantResult& result, AblationRunner::Source source, const Job& job) {
    ++done_;
    result_->num_failed += !result.ok();
    result_->num_reused += source == AblationRunner::Source::kEarlier;
    if (source != AblationRunner::Source::kRun) return;
    ++result_->num_run;
    run_seconds_ += watch_.seconds();
    if (!result.ok()) return;
    using Object = VariantResult::Object;
    job.Info(fmt::format("       IoU {}  boundary IoU {}  consistency {}  ({})", Percent(result.Mean(&Object::iou)),
                         Percent(result.Mean(&Object::boundary_iou)), Percent(result.Mean(&Object::consistency)),
                         FormatDuration(watch_.seconds())));
  }

  AblationRunner& runner_;
  AblationResult* result_;
  int total_ = 0, done_ = 0;
  double run_seconds_ = 0;
  Stopwatch watch_;
};

void WriteTables(const fs::path& out, const AblationResult& result) {
  WriteFileAtomic(out / "tables.md", ToMarkdown(result));
  WriteFileAtomic(out / "rows.csv", ToCsv(result));
  WriteJsonFile(out / "ablation.json", ToJson(result));
}

}  // namespace

AblationResult Ablate(const AblateRequest& request, const ExperimentSettings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const std::vector<AblationScene> scenes = ReadScenes(request, settings, job);  // throws before anything is written
  const run::NewFolder made(request.out, {}, "results");
  EnsureWritableFolder(request.out);
  const run::RunLock lock(request.out);
  const ResultCache earlier(request.out / "results");
  if (request.restart) earlier.Forget();
  const Stopwatch watch;
  TrainScenes(scenes, settings, job);
  AblationRunner runner(settings, earlier);

  AblationResult result;
  result.seeds = request.seeds;
  for (const AblationScene& scene : scenes) result.scenes.push_back(scene.name);
  result.studies = EmptyStudies(request.studies, scenes.size(), request.seeds);
  Course course(&runner, &result);
  for (AblationStudy& study : result.studies) {
    for (AblationRow& row : study.rows) {
      for (size_t scene = 0; scene < scenes.size(); ++scene) {
        for (int seed = 0; seed < request.seeds; ++seed) {
          job.ThrowIfStopped("the ablation");
          const AblationTrial trial{scenes[scene], row.variant, seed};
          row.results[scene][size_t(seed)] = course.Run(trial, study, &row.is_default, job);
        }
      }
    }
  }
  result.seconds = watch.seconds();
  WriteTables(request.out, result);
  if (result.num_failed == course.total())
    throw Error("no row of the ablation has a result", FailedTrials(result)[0].why,
                "all reasons are in " + (request.out / "tables.md").string());
  return result;
}

}  // namespace sanerf::experiments
