// A segmenter of one's own: masks of single photos, made by any means, become an object in space.
//   own_segmenter SCENE MODEL_CKPT INSTANCE
// This one takes the scene's own masks and spoils them as a bad segmenter would: every third view says nothing, in
// every fourth a square of the object is missing. Prints how well the object is found in held-out views all the same.
#include <sanerf/api/radiance_field.h>
#include <sanerf/api/scene.h>
#include <sanerf/api/segmentation.h>
#include <sanerf/core/error.h>

#include <cstdio>
#include <cstdlib>

#include "scores.h"

namespace api = sanerf::api;

namespace {

class SpoiledMasks : public api::MaskSource {
 public:
  SpoiledMasks(const api::Scene& scene, int instance) : scene_(scene), instance_(instance) {}

  std::vector<std::string> names() const override { return {"object"}; }

  sanerf::ImageU8 Labels(int view, const sanerf::ImageF&) override {
    if (++asked_ % 3 == 0) return {};
    sanerf::ImageU8 labels = scene_.TrueMask(view, instance_);
    for (uint8_t& label : labels.data) label = label != 0 ? 1 : 0;
    if (asked_ % 4 == 0)
      for (int y = 0; y < labels.height / 2; ++y)
        for (int x = 0; x < labels.width / 2; ++x) labels.At(x, y) = 0;
    return labels;
  }

 private:
  const api::Scene& scene_;
  int instance_, asked_ = 0;
};

int Run(char** argv) {
  const sanerf::Job job;  // reports to nobody, is never stopped
  const api::Options options = api::Options().Set("object.iters=100");
  const api::Scene scene = api::Scene::Open(argv[1], options, job);
  const api::RadianceField field = api::RadianceField::Load(argv[2]);
  const int instance = std::atoi(argv[3]);
  SpoiledMasks masks(scene, instance);
  const api::Objects objects = api::FitMasks(scene, field, masks, options, job);
  Iou iou;
  for (const int view : scene.test_views())
    iou.Add(objects.Mask(scene.camera(view), 0, job), scene.TrueMask(view, instance));
  std::printf("iou %.4f\n", iou.value());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: own_segmenter SCENE MODEL_CKPT INSTANCE\n");
    return 2;
  }
  try {
    return Run(argv);
  } catch (const sanerf::Error& error) {
    std::fprintf(stderr, "error: %s\nhint: %s\n", error.what(), error.hint().c_str());
    return 1;
  }
}
