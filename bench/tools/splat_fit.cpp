// Seconds per step and dB of 3D Gaussians fitted to a run's field; then seconds of the parts of a step.
//   splat_fit RUN [--object NAME] [--set splats.KEY=VALUE …] [--out FILE.ply]
// Without --object the whole scene. Prints a Markdown table.
#include "sanerf/export/splat_fit.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "bench/tools/encoded_run.h"
#include "sanerf/core/options.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/export/splat_start.h"
#include "sanerf/export/splat_views.h"
#include "sanerf/export/splat_writers.h"
#include "sanerf/export/splats.h"
#include "sanerf/run/open_run.h"
#include "sanerf/run/stored_object.h"

namespace {

using namespace sanerf;
using namespace sanerf::exports;

struct Flags {
  std::string run, object, out;
  std::vector<std::string> sets;
};

// Of drawing, loss and backward on the first views, and of the field's own pictures; seconds each.
void TimeParts(const SplatViews& views, const SplatParameters& splats, const SplatOptions& options) {
  constexpr int kRounds = 10;
  SplatRaster raster;
  SplatLoss loss(options.error, options.ssim);
  PlanarImage gradient_image;
  SplatParameters gradient(splats.size(), splats.color_degree);
  SplatAdam adam(splats);
  SplatParameters moved = splats;
  double draw = 0, compare = 0, back = 0, step = 0, pairs = 0;
  for (int i = 0; i < kRounds; ++i) {
    const SplatView& view = views.fitted[size_t(i) % views.fitted.size()];
    const std::array<float, 3> background = {0.5f, 0.5f, 0.5f};
    const PlanarImage target = view.Over(background);
    const Stopwatch watch;
    const PlanarImage& picture = raster.Draw(splats, view.camera, background);
    const double drawn = watch.seconds();
    loss.Of(picture, target, &gradient_image);
    const double compared = watch.seconds();
    raster.Backward(splats, gradient_image, &gradient, nullptr);
    const double backward = watch.seconds();
    adam.Step({}, &moved, &gradient);
    draw += drawn;
    compare += compared - drawn;
    back += backward - compared;
    step += watch.seconds() - backward;
    pairs += double(raster.num_pairs());
  }
  fmt::print("\n| part of a step | ms |\n|---|---|\n| draw ({:.0f} pairs of tile and Gaussian) | {:.1f} |\n",
             pairs / kRounds, 1e3 * draw / kRounds);
  fmt::print("| loss | {:.1f} |\n| backward | {:.1f} |\n| Adam | {:.1f} |\n", 1e3 * compare / kRounds,
             1e3 * back / kRounds, 1e3 * step / kRounds);
}

void Run(const Flags& flags) {
  run::OpenRun run(flags.run, std::nullopt, run::OpenRun::Access::kRead, Job());
  const nerf::NerfModel& nerf = run.nerf(Job());
  SplatOptions options;
  OptionRegistry registry = RegistryOf("splats", options);
  for (const std::string& assignment : flags.sets) registry.Set(assignment);
  registry.Check();

  std::optional<run::LoadedObject> object;
  SplatSubject subject;
  if (!flags.object.empty()) {
    object = run::LoadObject(run.folder(), flags.object, nerf);
    subject = {SplatSubject::What::kObjects, {object->stored.label}};
  }
  const mask_aggregator::ObjectModel* objects = object ? &object->field : nullptr;
  const Stopwatch watch;
  const SplatViews views =
      MakeSplatViews(nerf, objects, subject, run.scene(), options, int64_t{8} * options.count, Job());
  const double at_views = watch.seconds();
  SplatFit fit(views.fitted, SplatsOnSurface(views.points, options.count * 3 / 5, options.color_degree), 0, options);
  const double at_start = watch.seconds();
  const double psnr_before = PsnrOfSplats(fit.splats(), views.fitted, Job());
  const int64_t count_before = fit.splats().size();
  const Stopwatch fitting;
  while (fit.step() < options.steps) fit.Step();
  const double fitted = fitting.seconds();
  fmt::print("| what | value |\n|---|---|\n");
  fmt::print("| pictures of the field | {} in {:.1f} s, {} points |\n", views.fitted.size() + views.held_out.size(),
             at_views, views.points.size());
  fmt::print("| Gaussians at first | {} in {:.1f} s, {:.2f} dB |\n", count_before, at_start - at_views, psnr_before);
  fmt::print("| steps | {} in {:.1f} s, {:.1f} ms each |\n", options.steps, fitted, 1e3 * fitted / options.steps);
  fmt::print("| Gaussians at last | {} |\n", fit.splats().size());
  fmt::print("| views fitted to | {:.2f} dB |\n", PsnrOfSplats(fit.splats(), views.fitted, Job()));
  if (!views.held_out.empty())
    fmt::print("| views held out | {:.2f} dB |\n", PsnrOfSplats(fit.splats(), views.held_out, Job()));
  TimeParts(views, fit.splats(), options);
  if (flags.out.empty()) return;
  const Splats splats = FitSplats(nerf, objects, subject, run.scene(), options, Job());
  const SplatFile file = WriteSplatPly(splats, {}, flags.out);
  fmt::print("\n{}: {} Gaussians, {:.2f} dB\n", file.files[0].string(), splats.size(), splats.psnr);
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("seconds and dB of 3D Gaussians fitted to a radiance field");
  app.add_option("RUN", flags.run, "run folder")->required();
  app.add_option("--object", flags.object, "an object of the run (default: the whole scene)");
  app.add_option("--set", flags.sets, "splats.KEY=VALUE (repeatable)")->allow_extra_args(false);
  app.add_option("--out", flags.out, "also write the Gaussians as a PLY");
  CLI11_PARSE(app, argc, argv);
  return ReportErrors([&] { Run(flags); });
}
