// Photos and one click to a 3D mask, from one's own program:
//   train_and_segment SCENE OUT VIEW X Y [stage.key=value ...]
// Prints how well held-out photos are rendered and, where the scene knows what was clicked, how well the object is
// found in them. Ctrl-C stops it; the same command goes on.
#include <sanerf/api/radiance_field.h>
#include <sanerf/api/scene.h>
#include <sanerf/api/segmentation.h>
#include <sanerf/api/session.h>
#include <sanerf/core/error.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "scores.h"

namespace api = sanerf::api;

namespace {

sanerf::StopSource stop_source;

// One line per task and per tenth of it.
class Progress : public sanerf::EventSink {
 public:
  void Take(const sanerf::Event& event) override {
    using Kind = sanerf::Event::Kind;
    if (event.kind == Kind::kWarning)
      std::fprintf(stderr, "warning: %.*s\n", int(event.text.size()), event.text.data());
    if (event.kind != Kind::kProgress || event.total == 0) return;
    const long tenth = long(10 * event.done / event.total);
    if (event.task_id == task_ && tenth == tenth_) return;
    task_ = event.task_id;
    tenth_ = tenth;
    std::fprintf(stderr, "%.*s: %ld %%\n", int(event.title.size()), event.title.data(), 10 * tenth);
  }

 private:
  uint64_t task_ = 0;
  long tenth_ = -1;
};

// The instance that lies under the clicked pixel, -1 where the scene does not know.
int InstanceAt(const api::Scene& scene, int view, int x, int y) {
  for (int instance = 1; instance < 255; ++instance) {
    const sanerf::ImageU8 mask = scene.TrueMask(view, instance);
    if (mask.empty()) return -1;
    if (mask.At(x, y) != 0) return instance;
  }
  return -1;
}

int Run(int argc, char** argv) {
  const std::filesystem::path out = argv[2];
  const std::string clicked = argv[3];
  const int x = std::atoi(argv[4]), y = std::atoi(argv[5]);
  api::Options options;
  for (int i = 6; i < argc; ++i) options.Set(argv[i]);

  Progress progress;
  const sanerf::Job job(progress, stop_source.token());
  const api::Scene scene = api::Scene::Open(argv[1], options, job);
  const api::RadianceField field = api::RadianceField::Train(scene, out / "model.ckpt", options, job);
  const api::EncodedViews encoded = api::EncodedViews::Encode(scene, field, out / "features", options, job);

  api::Prompt prompt;
  prompt.clicks.push_back({clicked, double(x), double(y)});
  const api::Objects objects = api::Segment(scene, field, encoded, {prompt}, options, job);
  objects.Save(out / "object.ckpt");

  const int instance = InstanceAt(scene, scene.Find(clicked), x, y);
  double psnr = 0;
  Iou iou;
  for (const int view : scene.test_views()) {
    psnr += Psnr(field.Render(scene.camera(view), job).rgb, scene.Photo(view)) / double(scene.test_views().size());
    if (instance > 0) iou.Add(objects.Mask(scene.camera(view), 0, job), scene.TrueMask(view, instance));
  }
  std::printf("psnr %.2f\n", psnr);
  if (instance > 0) std::printf("iou %.4f\n", iou.value());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: train_and_segment SCENE OUT VIEW X Y [stage.key=value ...]\n");
    return 2;
  }
  std::signal(SIGINT, [](int) { stop_source.RequestStop(); });
  try {
    return Run(argc, argv);
  } catch (const sanerf::Error& error) {
    std::fprintf(stderr, "error: %s\nhint: %s\n", error.what(), error.hint().c_str());
    return 1;
  }
}
