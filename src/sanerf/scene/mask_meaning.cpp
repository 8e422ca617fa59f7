#include "sanerf/scene/mask_meaning.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sanerf/core/image_io.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/mask_files.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr int kSampledMasks = 8;        // masks; one photographer does not change his mind on the way
constexpr double kBothEnds = 0.9;       // of the pixels that are not black are white: the rest are soft edges
constexpr double kMostlyIgnored = 0.5;  // of the pixels: rarely what was meant
constexpr int kJpegNoise = 24;

// What some masks of a scene hold.
struct MaskValues {
  int64_t pixels = 0, black = 0, white = 0;

  // noise: what compression adds to 0 or takes from 255.
  void Add(const ImageU8& mask, int noise) {
    pixels += mask.num_pixels();
    for (int64_t p = 0; p < mask.num_pixels(); ++p) {
      const uint8_t value = mask.data[size_t(p * mask.channels)];
      black += value <= noise;
      white += value >= 255 - noise;
    }
  }
  // Black and white, as one paints what to leave out; instance ids are small numbers, one or many.
  bool IsBinary() const { return white > 0 && double(white) >= kBothEnds * double(pixels - black); }
  double WhiteShare() const { return double(white) / double(std::max<int64_t>(1, pixels)); }
};

bool IsPicture(const fs::path& path) { return path.extension() != ".npy" && !IsHdf5(path); }

MaskValues SampleMasks(const std::vector<const ListedView*>& views, const Job& job) {
  MaskValues values;
  const size_t step = std::max<size_t>(1, views.size() / kSampledMasks);
  for (size_t i = 0; i < views.size(); i += step) {
    job.ThrowIfStopped("reading the masks");
    const fs::path& path = views[i]->mask;
    if (!IsPicture(path) || ReadImageInfo(path).bits == 16) return {};  // ids
    values.Add(ReadImage(path), IsJpeg(path) ? kJpegNoise : 0);
  }
  return values;
}

MasksAre GuessMeaning(const MaskValues& values, bool black_is_ignored) {
  if (!values.IsBinary()) return MasksAre::kInstances;
  return black_is_ignored || values.WhiteShare() > 0.5 ? MasksAre::kIgnore : MasksAre::kObject;
}

// The guess, aloud. Instance ids cannot be meant otherwise.
void SayGuess(const MaskValues& values, MasksAre guess, int64_t num_masks, SceneListing& listing) {
  if (!values.IsBinary()) return;
  const std::string masks = Counted(num_masks, "mask");
  const double black = 100 * (1 - values.WhiteShare());
  if (guess == MasksAre::kObject) {
    listing.notes.push_back(fmt::format(
        "the {} of black and white, {:.0f} % black, {} taken for ground truth: white is the object. If black "
        "is what to leave out of training, say --masks-are ignore",
        masks, black, IsAre(num_masks)));
    return;
  }
  listing.notes.push_back(
      fmt::format("the {} of black and white {} taken to say what to ignore: what is black ({:.1f} % of the pixels) is "
                  "neither trained on nor scored, and there is no ground truth. If white is an object, say --masks-are "
                  "object",
                  masks, IsAre(num_masks), black));
  if (black > 100 * kMostlyIgnored) {
    listing.warnings.push_back(fmt::format(
        "the masks leave out {:.0f} % of the pixels, of which nothing will be learned; if white is an object "
        "to be found, say --masks-are object",
        black));
  }
}

void GiveMeaning(MasksAre meaning, const fs::path& mask, View* view) {
  if (meaning == MasksAre::kIgnore) {
    view->ignored.push_back({mask, /*where_black=*/true});
  } else {
    view->mask_path = mask;
    view->mask_is_object = meaning == MasksAre::kObject;
  }
}

void FindDynamicMasks(SceneListing& listing) {
  for (ListedView& listed : listing.views) {
    const fs::path& photo = listed.view.image_path;
    const fs::path mask = photo.parent_path() / (kDynamicMask + photo.stem().string() + ".png");
    if (ExistsAsFile(mask)) listed.view.ignored.push_back({mask, /*where_black=*/false});
  }
}

}  // namespace

const char* NameOf(MasksAre meaning) {
  switch (meaning) {
    case MasksAre::kIgnore:
      return "ignore";
    case MasksAre::kObject:
      return "object";
    case MasksAre::kInstances:
      return "instances";
    case MasksAre::kGuess:
      break;
  }
  return "guess";
}

void MeanAsBefore(const Json& recorded_options, SceneOptions* options) {
  const Json scene = recorded_options.value("scene", Json());
  if (scene.is_object() && !scene.contains("masks_are")) options->masks_are = MasksAre::kInstances;
}

std::optional<MasksAre> DecideMasks(SceneListing& listing, MasksAre said, const Job& job) {
  FindDynamicMasks(listing);
  std::vector<const ListedView*> undecided;
  bool any_decided = false;
  for (ListedView& listed : listing.views) {
    any_decided = any_decided || !listed.view.mask_path.empty();
    if (said != MasksAre::kGuess && !listed.view.mask_path.empty()) {  // the user knows better than the format
      const fs::path mask = std::exchange(listed.view.mask_path, {});
      GiveMeaning(said, mask, &listed.view);
    }
    if (!listed.mask.empty()) undecided.push_back(&listed);
  }
  MasksAre meaning = said;
  if (said == MasksAre::kGuess && !undecided.empty()) {
    const MaskValues values = SampleMasks(undecided, job);
    meaning = GuessMeaning(values, listing.black_is_ignored);
    SayGuess(values, meaning, int64_t(undecided.size()), listing);
  }
  for (ListedView& listed : listing.views) {
    if (!listed.mask.empty()) GiveMeaning(meaning, listed.mask, &listed.view);
    CheckIgnoreMasks(listed.view);
  }
  if (undecided.empty() && !any_decided && (said == MasksAre::kIgnore || said == MasksAre::kObject)) {
    listing.warnings.push_back(
        fmt::format("scene.masks_are={} (--masks-are) is not used: the scene has no masks of which that could be said",
                    NameOf(said)));
  }
  const bool has_effect = !undecided.empty() || (any_decided && said != MasksAre::kGuess);
  return has_effect ? std::optional(meaning) : std::nullopt;
}

}  // namespace sanerf::scene
