#include "sanerf/export/object_masks.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/system_info.h"

namespace sanerf::exports {

using mask_aggregator::ObjectModel;
using mask_aggregator::SegmentedView;

namespace {

constexpr uint8_t kHalf = 127;
constexpr size_t kMostObjects = 255;

// What was rendered smaller than the photo grows to its size: the outline runs where the halves meet.
ImageU8 MaskAtSize(const ImageU8& mask, int width, int height) {
  if (mask.width == width && mask.height == height) return mask;
  ImageU8 grown = Resize(mask, width, height);
  for (uint8_t& value : grown.data) value = value > kHalf ? 255 : 0;
  return grown;
}

ImageF ValuesAtSize(const ImageF& values, int width, int height) {
  return values.width == width && values.height == height ? values : Resize(values, width, height);
}

// Where masks of several fields overlap, the fields together decide.
ImageU8 NumbersOf(const ExportInput& input, const std::vector<ImageU8>& masks, const ImageU8& joined) {
  ImageU8 numbers(masks[0].width, masks[0].height, 1);
  for (size_t i = 0; i < numbers.data.size(); ++i) {
    for (size_t object = 0; object < masks.size(); ++object) {
      if (masks[object].data[i] == 0) continue;
      const bool is_first = numbers.data[i] == 0;
      const bool wins = !joined.empty() && joined.data[i] == input.labels[object];
      if (is_first || wins) numbers.data[i] = uint8_t(object + 1);
    }
  }
  return numbers;
}

bool Overlap(const std::vector<ImageU8>& masks) {
  for (size_t i = 0; i < masks[0].data.size(); ++i) {
    int count = 0;
    for (const ImageU8& mask : masks) count += mask.data[i] != 0;
    if (count > 1) return true;
  }
  return false;
}

}  // namespace

void ThrowEmpty(const std::vector<std::string>& names, const std::string& why) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back("'" + name + "'");
  throw Error(fmt::format("the {} {} {} empty", names.size() == 1 ? "object" : "objects", Listed(quoted),
                          IsAre(int64_t(names.size()))),
              why, "segment again, with a click in the middle of it: sanerf segment RUN --name NAME --click VIEW:X,Y");
}

ObjectMasks::ObjectMasks(const ExportInput& input, const std::vector<int>& views, int longest_side, const Job& job)
    : input_(input), longest_side_(longest_side), num_pixels_(input.names.size(), 0) {
  if (input.names.size() > kMostObjects)
    throw UsageError(Counted(int64_t(input.names.size()), "object") + " at once",
                     fmt::format("a picture of numbers holds {}", kMostObjects), "name some of them: --object NAME");
  // Labels, probability and what they are made of, in each pixel of the largest photo; masks of all objects.
  constexpr double kRendered = 16;
  double most = 0;
  int width = 0, height = 0;
  for (const int v : views) {
    const Camera& camera = input.scene.views[size_t(v)].camera;
    const double bytes = double(camera.width) * camera.height * (kRendered + 5.0 * double(input.names.size()));
    if (bytes <= most) continue;
    most = bytes;
    width = camera.width;
    height = camera.height;
  }
  CheckMemory(fmt::format("the masks of a photo of {}x{} pixels", width, height), most,
              "export fewer objects at a time", job);
}

MasksOfView ObjectMasks::Of(const scene::View& view, bool with_probabilities, const Job& job) {
  const Camera camera = longest_side_ > 0 ? view.camera.ResizedToLongest(longest_side_) : view.camera;
  const int width = view.camera.width, height = view.camera.height;
  MasksOfView result;
  result.masks.resize(input_.names.size());
  if (with_probabilities) result.probabilities.resize(input_.names.size());
  bool shares_field = true;
  for (size_t first = 0; first < input_.own.size(); ++first) {
    if (!result.masks[first].empty()) continue;
    const ObjectModel* field = input_.own[first].field;
    SegmentedView shown;  // objects that share a field are rendered at once, unless each needs its probability
    for (size_t object = first; object < input_.own.size(); ++object) {
      const OwnField& own = input_.own[object];
      if (own.field != field) {
        shares_field = false;
        continue;
      }
      if (with_probabilities || shown.labels.empty())
        shown = field->Render(camera, with_probabilities ? own.label : -1, job);
      result.masks[object] = MaskAtSize(MaskOfLabel(shown.labels, own.label), width, height);
      if (with_probabilities) result.probabilities[object] = ValuesAtSize(shown.probability, width, height);
    }
  }
  for (size_t object = 0; object < result.masks.size(); ++object) {
    const ImageU8& mask = result.masks[object];
    num_pixels_[object] += std::count(mask.data.begin(), mask.data.end(), uint8_t{255});
  }
  const bool needs_joined = !shares_field && Overlap(result.masks);
  const ImageU8 joined =
      needs_joined ? ResizeNearest(input_.objects->Render(camera, job).labels, width, height) : ImageU8();
  result.numbers = NumbersOf(input_, result.masks, joined);
  return result;
}

void ObjectMasks::CheckNotEmpty(const Job& job) const { CheckObjectsHavePixels(input_.names, num_pixels_, job); }

void CheckObjectsHavePixels(const std::vector<std::string>& names, const std::vector<int64_t>& num_pixels,
                            const Job& job) {
  std::vector<std::string> empty;
  for (size_t object = 0; object < names.size(); ++object)
    if (num_pixels[object] == 0) empty.push_back(names[object]);
  if (empty.size() == names.size()) ThrowEmpty(empty, "no photo that is exported shows a pixel of it");
  for (const std::string& name : empty) job.Warn(fmt::format("no photo that is exported shows the object '{}'", name));
}

}  // namespace sanerf::exports
