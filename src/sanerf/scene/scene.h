// A posed photo collection, whatever format it came in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/option_values.h"

namespace sanerf::scene {

// What the masks of a scene mean that does not say so itself.
enum class MasksAre {
  kGuess,      // from what they hold and who wrote the file; the guess is in Scene::notes
  kIgnore,     // black pixels show what does not belong to the scene
  kObject,     // ground truth: what is not black is one object
  kInstances,  // ground truth: a pixel is an instance id
};

// A picture of any size and the photo's shape, of which some pixels are not to be looked at.
struct IgnoreMask {
  std::filesystem::path path;
  bool where_black = true;  // black is left out, else all that is not black
};

// A point of the sparse reconstruction that the poses came from.
struct ScenePoint {
  Vec3 position;       // file frame
  float error_px = 0;  // mean reprojection error; 0 = unknown
};

struct View {
  std::string name;                  // the image's path inside the scene folder, as written there ("train/000.png")
  std::filesystem::path image_path;  // absolute
  std::filesystem::path mask_path;   // empty when there is no ground truth
  bool mask_is_object = false;       // of the ground truth: one object, id 255, wherever it is not black
  std::vector<IgnoreMask> ignored;   // people, tripods: never trained on, never scored; see ignored_pixels.h
  Camera camera;                     // file frame, at the resolution of the image file, upright
  float exposure = 1;                // of photos in linear light
  bool ignores_alpha = false;        // its alpha channel says nothing
  int orientation = 1;               // EXIF's: how the file's pixels lie before they are turned upright
  bool is_test = false;
  std::optional<double> time;  // dynamic scenes, 0..1
  std::vector<int> points;     // those of Scene::points that were found in this photo, in order
};

struct SceneOptions {
  int test_every = 8;  // every n-th view in name order is a test view when the scene names no split; 0 = none
  MasksAre masks_are = MasksAre::kGuess;
  int model = -1;           // of several COLMAP models the one in sparse/N; -1 = that of which most photos are there
  int max_train_views = 0;  // as if no more photos had been taken; what is held out stays. 0 = all

  template <class V>
  void Visit(V&& v) {
    v("test_every", test_every, "hold out every n-th view when the scene names no split (0 = none)",
      Range(2, 100'000).OrZero());  // every single one would leave nothing to train on
    v("masks_are", masks_are,
      "what the masks of a scene mean that does not say so (mask_path of a transforms.json, masks/ of COLMAP)",
      OneOf(Choice{"guess", MasksAre::kGuess}, Choice{"ignore", MasksAre::kIgnore}, Choice{"object", MasksAre::kObject},
            Choice{"instances", MasksAre::kInstances}));
    v("model", model, "of several COLMAP models the one of this number, as in sparse/1 (-1 = the one with most photos)",
      Range(-1, 9999));
    v("max_train_views", max_train_views,
      "train on so many photos at most, evenly chosen in name order; the held-out ones stay (0 = all)",
      Range(2, 100'000).OrZero());
  }
};

// Two frames: *file* (the data set's own world) and *model*. In the model frame what the cameras look at together lies
// inside [-1, 1]^3; everything visible lies inside [-extent, extent]^3.
struct Scene {
  std::filesystem::path root;
  std::string format;                 // "nerf-synthetic", "instant-ngp", "3d-front", "llff", "colmap",
                                      // "panoptic-lifting", "messy-rooms"
  std::string summary;                // one sentence: "67 photos, 848x566, instant-ngp transforms.json, masks"
  std::vector<View> views;            // sorted by name, train and test together
  std::vector<ScenePoint> points;     // of formats that have them with what photos they were found in (COLMAP)
  std::vector<std::string> warnings;  // things left out, one sentence each
  std::vector<std::string> notes;     // what was guessed, one sentence each
  std::optional<MasksAre> masks_are;  // what such masks were taken for; none without any
  Similarity model_from_file;
  double extent = 1;       // power of two, >= 1
  double near = 0.05;      // model units, z-depth of the closest thing any camera may see
  bool has_alpha = false;  // RGBA images: train on a random background, show on white
  bool is_dynamic = false;

  std::vector<int> TrainViews() const;  // indices into views
  std::vector<int> TestViews() const;
  // By index ("12"), file name with or without extension, with as much of its folder as makes it unique.
  // Throws UsageError with the nearest names, or with the candidates when ambiguous.
  int FindView(const std::string& name) const;
};

// The photo in [0, 1], sRGB-encoded, 3 or 4 channels, resized to width x height (0 = as stored). What the lens does not
// see is transparent.
// Throws Error when the file is truncated or its size is not the camera's.
ImageF LoadViewImage(const View& view, int width = 0, int height = 0);

}  // namespace sanerf::scene
