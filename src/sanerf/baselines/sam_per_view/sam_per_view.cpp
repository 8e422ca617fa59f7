#include "sanerf/baselines/sam_per_view/sam_per_view.h"

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/places.h"

namespace sanerf::baselines {
namespace {

// The mask at another size, its outline smooth.
ImageU8 ResizeMask(const ImageU8& mask, int width, int height) {
  if (mask.width == width && mask.height == height) return mask;
  ImageU8 resized = Resize(mask, width, height);
  for (uint8_t& value : resized.data) value = value >= 128 ? 255 : 0;
  return resized;
}

}  // namespace

void SamPerView::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  objects_.clear();
  for (const mask_decoder::ObjectPrompt& object : prompts.objects)
    objects_.emplace_back(object, input_.ForDecoding(options_), job);
}

std::vector<ImageU8> SamPerView::MasksFor(int view_idx, const Job& job) {
  if (!input_.features->Has(view_idx)) input_.features->Features(view_idx, job);  // throws the container's own error
  const Camera& photo = input_.scene->views.at(size_t(view_idx)).camera;
  std::vector<ImageU8> masks;
  for (const mask_decoder::PerViewDecoder& object : objects_) {
    const ImageU8 mask = object.Decide(view_idx, job).mask;
    masks.push_back(mask.empty() ? ImageU8(photo.width, photo.height, 1) : ResizeMask(mask, photo.width, photo.height));
  }
  return masks;
}

}  // namespace sanerf::baselines
