// How well a field explains each photo, and which it does not: a wrong pose, another light, something that moved.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// A photo to be explained, at a small size.
struct ComparedPhoto {
  int view_idx = 0;
  bool is_held_out = false;
  Camera camera;    // file frame, at the picture's size
  ImageF picture;   // 3 channels
  ImageU8 ignored;  // 255: does not count; empty = all count
};

struct ViewResidual {
  int view_idx = 0;
  bool is_held_out = false;
  double psnr = 0;  // dB, over the pixels that count
  double deviation =
      0;                // of the logarithm of the error from the training photos' median, in robust standard deviations
  bool is_bad = false;  // of training photos: worse than the others by more than kBadDeviation
  float weight = 1;     // how often it was drawn in training at the end
  double agreement = -1;  // of its depth with that of others (depth_agreement.h), -1 = nobody can tell
};

// More robust standard deviations than good photos are ever away: docs/studies.
inline constexpr double kBadDeviation = 4;
// Longest side at which so many photos are compared: all together they cost a share of a training.
int ComparedSize(size_t num_photos);

// Renders every photo's view and compares. fit_gains: the photo's brightness is none of the field's business, and is
// fitted per channel. Throws InterruptedError.
std::vector<ViewResidual> MeasureViews(const std::vector<ComparedPhoto>& photos, const NerfModel& model, bool fit_gains,
                                       const Job& job);

// Sets deviation and is_bad. The median and the median absolute deviation are those of the training photos: up to half
// of these may be bad without moving them.
void Judge(std::vector<ViewResidual>* residuals);
// How often a photo is drawn, given its deviation: Huber's weights, 1 up to half of kBadDeviation, or all or nothing.
float WeightFor(const ViewResidual& residual, BadViews rule);

// "3 photos that the field cannot explain (median 29.1 dB): b.png 14.2 dB, …"; "" when there are none.
std::string BadViewsText(const std::vector<ViewResidual>& residuals, const scene::Scene& scene);

// RUN/nerf/views.json: all that of every view, by name, and the fingerprint of the field.
void WriteViewResiduals(const std::filesystem::path& file, const std::vector<ViewResidual>& residuals,
                        const scene::Scene& scene, uint64_t fingerprint);
// As it is in the file; none when there is no file, or it is of another field. Throws Error when it is damaged.
struct StoredResidual {
  std::string view;
  bool is_held_out = false, is_bad = false;
  double psnr = 0, deviation = 0, weight = 1, agreement = -1;
};
std::optional<std::vector<StoredResidual>> ReadViewResiduals(const std::filesystem::path& file,
                                                             const std::string& fingerprint);

}  // namespace sanerf::nerf
