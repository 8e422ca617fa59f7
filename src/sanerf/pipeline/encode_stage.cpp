#include "sanerf/pipeline/encode_stage.h"

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/feature_container/distil_features.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/feature_container/feature_field.h"
#include "sanerf/run/open_run.h"

namespace sanerf::pipeline {

void RecordEncoding(run::RunFolder& run, const Settings& settings, size_t num_views, double seconds, const Job& job) {
  const Json all = settings.ToJson(), encode = all.at("encode");
  const bool is_same = run.options().value("encode", Json()) == encode;
  run.SetOptions(all, settings.Origins());
  run.SetStage(run::Stage::kEncode, run::StageState::kComplete,
               (is_same ? run.SecondsOf(run::Stage::kEncode) : 0) + seconds,
               {{"model", encode.at("model")},
                {"source", encode.at("source")},
                {"container", encode.at("container")},
                {"views", num_views}});
  run.Save(job);
}

EncodeResult Encode(const EncodeRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  run::OpenRun run(request.run, request.scene, run::OpenRun::Access::kWrite, job);
  const nerf::NerfModel& nerf = run.nerf(job);
  const Stopwatch watch;
  const std::vector<int> views = run.scene().TrainViews();
  EncodeResult result{run.folder().features(), int(views.size())};
  if (settings.encode.container == feature_container::FeatureStore::kField) {
    const feature_container::DistilResult distilled = feature_container::DistilFeatures(
        run.folder().features(), {run.scene(), nerf, *run.sam(settings.encode.model, job), settings.encode},
        settings.field, job);
    result.num_views = distilled.num_views;
    result.field_error = distilled.loss;
  } else {
    run.Features(views, settings.encode, job);
  }
  result.seconds = watch.seconds();
  RecordEncoding(run.folder(), settings, size_t(result.num_views), result.seconds, job);
  return result;
}

std::unique_ptr<feature_container::FeatureCache> EncodeTestViews(const run::RunFolder& run,
                                                                 feature_container::EncodeContext context,
                                                                 const std::vector<int>& views, const Job& job) {
  context.options.container = feature_container::FeatureStore::kCache;  // also beside a distilled field
  feature_container::TakeEncodedViews(run.features(), run.test_features(), context.scene, views, job);
  feature_container::EncodeViews(run.test_features(), context, views, job);
  return feature_container::FeatureCache::Open(run.test_features(), context.scene, context.nerf);
}

}  // namespace sanerf::pipeline
