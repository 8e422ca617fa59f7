#include "sanerf/pipeline/encode_stage.h"

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/feature_container/feature_field.h"
#include "sanerf/sam/load_sam.h"

namespace sanerf {

void RecordEncoding(RunFolder& run, const Settings& settings, size_t num_views, double seconds) {
  const bool is_same = run.options().value("encode", Json()) == settings.ToJson().at("encode");
  run.SetOptions(settings.ToJson(), settings.Origins());
  run.SetStage("encode", "complete", (is_same ? run.StageSeconds("encode") : 0) + seconds,
               {{"model", settings.encode.model},
                {"source", settings.encode.source},
                {"container", settings.encode.container},
                {"views", num_views}});
  run.Save();
}

EncodeResult Encode(const EncodeRequest& request, const Settings& settings, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  RunFolder run = RunFolder::Open(request.run);
  const RunLock lock(request.run);
  const Scene scene = run.OpenScene(request.scene, lock, job);
  const NerfModel nerf = run.OpenNerf();
  const Stopwatch watch;
  const std::vector<int> views = scene.TrainViews();
  const std::unique_ptr<Sam> sam = LoadSam(settings.encode.model, job);
  EncodeResult result{run.features(), int(views.size())};
  if (settings.encode.container == "field") {
    const DistilResult distilled =
        DistilFeatures(run.features(), scene, nerf, *sam, settings.encode, settings.field, job);
    result.num_views = distilled.num_views;
    result.field_error = distilled.loss;
  } else {
    EncodeViews(run.features(), scene, nerf, *sam, views, settings.encode, job);
  }
  result.seconds = watch.seconds();
  RecordEncoding(run, settings, size_t(result.num_views), result.seconds);
  return result;
}

}  // namespace sanerf
