// The feature field at the size of SAM's map: a training step of 4,096 rays, and a whole map of a new view.
//   seconds_of_5000: the paper's number of steps at this speed (its graphics card took 666 s).
//   of_limit: by the clock on the wall; of_limit_cpu: by processor time.
#include <benchmark/benchmark.h>

#include "bench/limits.h"
#include "bench/trained_scene.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/feature_container/field_trainer.h"

namespace sanerf::bench {
namespace {

constexpr int kSide = 64, kChannels = 256, kViews = 6;

models::Tensor RandomMap() {
  models::Tensor map{"map", {1, kChannels, kSide, kSide}, std::vector<float>(size_t{kChannels} * kSide * kSide)};
  Random random(3);
  for (float& value : map.data) value = random.NextFloat() - 0.5f;
  return map;
}

feature_container::FeatureFieldOptions OptionsOf(feature_container::FieldReading reading) {
  feature_container::FeatureFieldOptions options;
  options.reading = reading;
  return options;
}

// What cannot be done without, per sample and ray: passes = 1 forward, 3 with the backward.
Bound BoundOf(const feature_container::FeatureNetwork& network, double samples, double rays, int passes, int threads) {
  Bound bound(threads);
  bound.AddFlops((network.per_sample() ? samples : rays) * 2 * passes * double(network.mlp.params().size()));
  bound.AddGridAccesses(network.grid.shape(), passes * samples);
  return bound;
}

void FieldStep(benchmark::State& state, feature_container::FieldReading reading) {
  TrainedScene& trained = TrainedScene::Get();
  const nerf::NerfModel nerf = trained.trainer().Model();
  const feature_container::FeatureFieldOptions options = OptionsOf(reading);
  feature_container::FieldHead head("feature", options, kSide, {{"map", kChannels, kSide}});
  feature_container::FeatureTargets targets;
  const sam::SamFeatures features{kSide, kSide, {RandomMap()}};
  for (int v = 0; v < kViews; ++v) {
    const Camera camera = trained.scene().views[size_t(v)].camera;
    const feature_container::FeatureTargets part = feature_container::TraceTargets(
        nerf, head,
        {sam::SamFrame::Stretched(camera.width, camera.height), camera.In(nerf.model_from_file()), features},
        {kSide * kSide, uint64_t(v)}, Job());
    targets.rays.Append(part.rays);
    targets.values.insert(targets.values.end(), part.values.begin(), part.values.end());
  }
  feature_container::HeadTrainer trainer(targets, options, &head);
  const Stopwatch stopwatch(Stopwatch::kWall), cpu_stopwatch(Stopwatch::kProcess);
  for (auto _ : state) trainer.Step();
  const double steps = double(state.iterations()), seconds = stopwatch.Seconds() / steps,
               cpu = cpu_stopwatch.Seconds() / steps;
  const double per_ray = double(targets.rays.traced.num_samples()) / double(targets.rays.size());
  state.counters["samples/ray"] = per_ray;
  state.counters["seconds_of_5000"] = 5000 * seconds;
  state.counters["cpu_seconds_of_5000"] = 5000 * cpu;
  state.counters["of_limit"] =
      BoundOf(head.network(), per_ray * options.rays, options.rays, 3, NumThreads()).Share(seconds);
  state.counters["of_limit_cpu"] = BoundOf(head.network(), per_ray * options.rays, options.rays, 3, 1).Share(cpu);
}
BENCHMARK_CAPTURE(FieldStep, ray, feature_container::FieldReading::kRay)
    ->Name("field_step/ray")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(FieldStep, sample, feature_container::FieldReading::kSample)
    ->Name("field_step/sample")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void FieldMap(benchmark::State& state, feature_container::FieldReading reading) {
  TrainedScene& trained = TrainedScene::Get();
  const nerf::NerfModel nerf = trained.trainer().Model();
  const feature_container::FieldHead head("feature", OptionsOf(reading), kSide, {{"map", kChannels, kSide}});
  const Camera camera = trained.scene().views[size_t(trained.scene().TestViews().front())].camera;
  std::vector<models::Tensor> maps = {RandomMap()};
  const Stopwatch stopwatch(Stopwatch::kWall), cpu_stopwatch(Stopwatch::kProcess);
  for (auto _ : state)
    head.Render(nerf, sam::SamFrame::Stretched(camera.width, camera.height), camera.In(nerf.model_from_file()), &maps,
                Job());
  state.counters["maps/s"] = double(state.iterations()) / stopwatch.Seconds();
  state.counters["cpu_seconds"] = cpu_stopwatch.Seconds() / double(state.iterations());
}
BENCHMARK_CAPTURE(FieldMap, ray, feature_container::FieldReading::kRay)
    ->Name("field_map/ray")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(FieldMap, sample, feature_container::FieldReading::kSample)
    ->Name("field_map/sample")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace sanerf::bench
