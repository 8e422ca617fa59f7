#include "sanerf/pipeline/encode_stage.h"

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/feature_container/distil_features.h"

namespace sanerf::pipeline {

namespace {

// Replaces the stage's values and where they come from.
void SetStageOptions(run::RunFolder& run, const std::string& stage, const Settings& settings) {
  Json options = run.options(), origins = Json::object();
  options[stage] = ToJson(settings).at(stage);
  const auto take = [&](const Json& from, bool of_stage) {
    for (const auto& [name, origin] : from.items())
      if (name.starts_with(stage + ".") == of_stage) origins[name] = origin;
  };
  take(run.origins(), false);
  take(settings.origins.ToJson(), true);
  run.SetOptions(options, origins);
}

}  // namespace

void RecordEncoding(run::RunFolder& run, const Settings& settings, size_t num_views, double seconds, const Job& job) {
  const Json encode = ToJson(settings).at("encode");
  const bool is_same = run.options().value("encode", Json()) == encode;
  for (const char* stage : {"encode", "field"}) SetStageOptions(run, stage, settings);
  run.SetStage(run::Stage::kEncode, run::StageState::kComplete,
               (is_same ? run.SecondsOf(run::Stage::kEncode) : 0) + seconds,
               {{"model", encode.at("model")},
                {"source", encode.at("source")},
                {"container", encode.at("container")},
                {"views", num_views}});
  run.Save(job);
}

EncodeResult Encode(const Settings& settings, run::OpenRun* run, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  run->nerf(job);  // its loading does not count as encoding
  const Stopwatch watch;
  const std::vector<int> views = run->scene().TrainViews();
  EncodeResult result{run->folder().features(), int(views.size())};
  if (settings.encode.container == feature_container::FeatureStore::kField) {
    const feature_container::DistilResult distilled = feature_container::DistilFeatures(
        run->folder().features(), run->Encoding(settings.encode, job), settings.field, job);
    result.num_views = distilled.num_views;
    result.field_error = distilled.loss;
  } else {
    run->Features(views, settings.encode, job);
  }
  result.seconds = watch.seconds();
  RecordEncoding(run->folder(), settings, size_t(result.num_views), result.seconds, job);
  return result;
}

}  // namespace sanerf::pipeline
