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

namespace sanerf {

void RecordEncoding(RunFolder& run, const Settings& settings, size_t num_views, double seconds) {
  const Json all = settings.ToJson(), encode = all.at("encode");
  const bool is_same = run.options().value("encode", Json()) == encode;
  run.SetOptions(all, settings.Origins());
  run.SetStage("encode", "complete", (is_same ? run.StageSeconds("encode") : 0) + seconds,
               {{"model", encode.at("model")},
                {"source", encode.at("source")},
                {"container", encode.at("container")},
                {"views", num_views}});
  run.Save();
}

EncodeResult Encode(const EncodeRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  OpenRun run(request.run, request.scene, OpenRun::Access::kWrite, job);
  const NerfModel& nerf = run.nerf();
  const Stopwatch watch;
  const std::vector<int> views = run.scene().TrainViews();
  EncodeResult result{run.folder().features(), int(views.size())};
  if (settings.encode.container == FeatureStore::kField) {
    const DistilResult distilled =
        DistilFeatures(run.folder().features(), run.scene(), nerf, *run.sam(settings.encode.model), settings.encode,
                       settings.field, job);
    result.num_views = distilled.num_views;
    result.field_error = distilled.loss;
  } else {
    run.Features(views, settings.encode);
  }
  result.seconds = watch.seconds();
  RecordEncoding(run.folder(), settings, size_t(result.num_views), result.seconds);
  return result;
}

std::unique_ptr<FeatureCache> EncodeTestViews(const RunFolder& run, const Scene& scene, const NerfModel& nerf,
                                              const Sam& sam, const std::vector<int>& views, EncodeOptions encode,
                                              const Job& job) {
  encode.container = FeatureStore::kCache;  // also beside a distilled field
  TakeEncodedViews(run.features(), run.test_features(), scene, views, job);
  EncodeViews(run.test_features(), scene, nerf, sam, views, encode, job);
  return FeatureCache::Open(run.test_features(), scene, nerf);
}

}  // namespace sanerf
