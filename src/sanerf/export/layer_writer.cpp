#include "sanerf/export/layer_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/export/layers.h"
#include "sanerf/export/matting.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

constexpr std::array<const char*, 7> kLayerNames = {"rgb",     "depth",  "opacity", "mask",
                                                    "overlay", "cutout", "labels"};  // by Layer

// The pictures of one view on their way to their files.
class ViewFiles {
 public:
  ViewFiles(const fs::path& folder, const std::string& name, bool arrays)
      : folder_(folder), name_(name), arrays_(arrays) {}

  // values: what the picture was made from, where that is worth an array; null = nothing.
  void Save(Layer layer, const ImageU8& picture, const ImageF* values) {
    const fs::path base = folder_ / NameOf(layer) / name_;
    files_.push_back(base.string() + ".png");
    WritePng(files_.back(), picture);
    if (!arrays_ || values == nullptr) return;
    std::vector<int64_t> shape = {values->height, values->width};
    if (values->channels > 1) shape.push_back(values->channels);
    files_.push_back(base.string() + ".npy");
    WriteNpy(files_.back(), shape, values->data.data());
  }
  std::vector<fs::path> Take() { return std::move(files_); }

 private:
  const fs::path& folder_;
  const std::string& name_;
  const bool arrays_;
  std::vector<fs::path> files_;
};

}  // namespace

const char* NameOf(Layer layer) { return kLayerNames[size_t(layer)]; }

std::vector<std::string> LayerNames() { return {kLayerNames.begin(), kLayerNames.end()}; }

Layer ParseLayer(const std::string& name) {
  const auto found = std::find(kLayerNames.begin(), kLayerNames.end(), name);
  if (found != kLayerNames.end()) return Layer(found - kLayerNames.begin());
  const std::string nearest = DidYouMean(name, LayerNames());
  throw UsageError("unknown layer '" + name + "'", "",
                   nearest.empty() ? fmt::format("choose from {}", fmt::join(kLayerNames, ",")) : nearest);
}

bool ShowsObject(Layer layer) { return layer >= Layer::kMask; }

// Per pixel: color, depth and opacity as floats; of an object its label, mask and probability; the picture of a layer
// as floats and bytes, and its PNG file. Of a soft cut-out coverage and alpha, both colors, the object's mean color and
// the window means on their way; what its equations take along an outline of usual length, half a kilobyte a pixel.
double FrameBytes(int width, int height, bool with_object, bool with_matte) {
  constexpr double kRadiance = 5 * 4, kObject = 2 + 4, kPicture = 4 * 4 + 4 + 4;
  constexpr double kMatte = 3 * 4 + 3 * 3 * 4 + 3 * 4 * 4, kEquations = 500, kBand = 0.04;  // share of the pixels
  return double(width) * height *
         (kRadiance + kPicture + (with_object ? kObject : 0) + (with_matte ? kMatte + kBand * kEquations : 0));
}

LayerWriter::LayerWriter(fs::path folder, LayerChoice choice, const nerf::NerfModel& nerf, ShownObject object)
    : folder_(std::move(folder)), choice_(std::move(choice)), nerf_(nerf), object_(object) {
  for (const Layer layer : choice_.layers) EnsureWritableFolder(folder_ / NameOf(layer));
}

std::vector<fs::path> LayerWriter::Write(const std::string& name, const Camera& camera, const OnPart& on_part,
                                         const Job& job) const {
  const double num_pixels = double(camera.width) * camera.height;
  int64_t num_done = 0;
  const auto say_done = [&](const nerf::RenderedBlock& block) {
    num_done += int64_t(block.width) * block.height;
    on_part(fmt::format("colors {:.0f}%", 100.0 * double(num_done) / num_pixels));
  };
  const bool needs_radiance =
      std::any_of(choice_.layers.begin(), choice_.layers.end(), [](Layer layer) { return layer != Layer::kMask; });
  const nerf::RenderedView radiance = needs_radiance ? nerf_.Render(camera, say_done, job) : nerf::RenderedView{};
  mask_aggregator::SegmentedView segmented;
  ImageU8 mask;
  if (object_.field != nullptr) {
    on_part("mask");
    segmented = object_.field->Render(camera, object_.label, job);
    mask = MaskOfLabel(segmented.labels, object_.label);
  }
  ViewFiles files(folder_, name, choice_.arrays);
  for (const Layer layer : choice_.layers) {
    switch (layer) {
      case Layer::kRgb:
        files.Save(layer, ToU8(radiance.rgb), &radiance.rgb);
        break;
      case Layer::kDepth:
        files.Save(layer, ColorizeDepth(radiance.depth), &radiance.depth);
        break;
      case Layer::kOpacity:
        files.Save(layer, ToU8(radiance.opacity), &radiance.opacity);
        break;
      case Layer::kMask:
        files.Save(layer, mask, &segmented.probability);
        break;
      case Layer::kOverlay:
        files.Save(layer, Overlay(radiance.rgb, mask), nullptr);
        break;
      case Layer::kCutout:
        files.Save(layer,
                   choice_.hard_edge ? Cutout(radiance.rgb, ToFloat(mask))
                                     : SoftCutout(camera, radiance.rgb, segmented.labels, on_part, job),
                   nullptr);
        break;
      case Layer::kLabels:
        files.Save(layer, LabelOverlay(radiance.rgb, segmented.labels), nullptr);
        break;
    }
  }
  return files.Take();
}

ImageU8 LayerWriter::SoftCutout(const Camera& camera, const ImageF& rgb, const ImageU8& labels, const OnPart& on_part,
                                const Job& job) const {
  const auto say = [&](const std::string& part) { on_part("cut-out: " + part); };
  say("coverage");
  const Matte matte = MatteOf(rgb, object_.field->Coverage(camera, labels, object_.label, job), job, say);
  return Cutout(matte.foreground, matte.alpha);
}

}  // namespace sanerf::exports
