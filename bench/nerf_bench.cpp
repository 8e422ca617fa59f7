// The whole training step and a whole frame, on all threads, on a procedural scene that is written and trained first.
//   of_limit: by the clock on the wall; of_limit_cpu: by processor time, which other work on the machine changes
//   little.
#include <benchmark/benchmark.h>

#include "bench/limits.h"
#include "bench/trained_scene.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/model_access.h"

namespace sanerf::bench {
namespace {

double WeightsOf(const nerf::RadianceField& field) {
  return double(field.density.params().size() + field.color.params().size());
}

void TrainingStep(benchmark::State& state) {
  nerf::NerfTrainer& trainer = TrainedScene::Get().trainer();
  double samples = 0, rays = 0;
  const Stopwatch stopwatch(Stopwatch::kWall), cpu_stopwatch(Stopwatch::kProcess);
  for (auto _ : state) {
    const nerf::NerfStepResult result = trainer.Step();
    samples += double(result.num_samples);
    rays += double(result.num_rays);
  }
  const double seconds = stopwatch.Seconds(), cpu_seconds = cpu_stopwatch.Seconds();
  const nerf::NerfModel model = trainer.Model();
  const nerf::RadianceField& field = nerf::ModelAccess::Traced(model).field;
  const auto bound = [&](int threads) {
    Bound sum(threads);
    sum.AddFlops(samples * 6 * WeightsOf(field));          // forward, and two products backward
    sum.AddGridAccesses(field.grid.shape(), 3 * samples);  // read; read and written backward
    return sum;
  };
  state.counters["Msamples/s"] = samples / seconds / 1e6;
  state.counters["krays/s"] = rays / seconds / 1e3;
  state.counters["of_limit"] = bound(NumThreads()).Share(seconds);
  state.counters["of_limit_cpu"] = bound(1).Share(cpu_seconds);
}
BENCHMARK(TrainingStep)->Name("training_step")->Unit(benchmark::kMillisecond)->UseRealTime();

// Samples that rendering the view asks the density network for.
double CountSamples(const nerf::NerfModel& model, const Camera& file_camera) {
  const Camera camera = file_camera.In(model.model_from_file());
  nerf::RayTracer tracer(nerf::ModelAccess::Traced(model), /*keep_waves=*/false);
  double samples = 0;
  for (int y = 0; y < camera.height; ++y) {
    const std::vector<nerf::Ray> rays = nerf::RaysOf(camera, {0, y, camera.width, y + 1});
    tracer.Begin(rays.data(), nullptr, int(rays.size()));
    while (tracer.NextWave())
      for (const nerf::RaySegment& segment : tracer.segments()) samples += segment.count;
  }
  return samples;
}

void Frame(benchmark::State& state) {
  bench::TrainedScene& trained = TrainedScene::Get();
  const nerf::NerfModel model = trained.trainer().Model();
  const Camera camera = trained.scene().views[size_t(trained.scene().TestViews().front())].camera.Resized(400, 400);
  const nerf::RadianceField& field = nerf::ModelAccess::Traced(model).field;
  const double samples = CountSamples(model, camera);
  const Stopwatch stopwatch(Stopwatch::kWall), cpu_stopwatch(Stopwatch::kProcess);
  for (auto _ : state) benchmark::DoNotOptimize(model.Render(camera, Job()));
  const double seconds = stopwatch.Seconds() / double(state.iterations());
  const double cpu_seconds = cpu_stopwatch.Seconds() / double(state.iterations());
  const auto bound = [&](int threads) {
    bench::Bound sum(threads);
    sum.AddFlops(samples * 2 * double(field.density.params().size()));
    sum.AddGridAccesses(field.grid.shape(), samples);
    return sum;
  };
  state.counters["seconds"] = seconds;
  state.counters["Msamples/s"] = samples / seconds / 1e6;
  state.counters["samples/ray"] = samples / (400 * 400);
  state.counters["of_limit"] = bound(NumThreads()).Share(seconds);
  state.counters["of_limit_cpu"] = bound(1).Share(cpu_seconds);
}
BENCHMARK(Frame)->Name("frame_400x400")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace sanerf::bench
