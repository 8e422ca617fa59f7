// What every reader hands over: the photos, cameras and bounds that a folder lists. What all formats share (split,
// order, sentences, the model frame) happens afterwards in load_scene.cpp and model_frame.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/image_io.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

struct DepthBounds {
  double near = 0, far = 0;  // z-depth, file units
};

struct ListedView {
  View view;                          // is_test is final only when the listing has a split
  ImageInfo image;                    // what the photo's file says
  std::optional<DepthBounds> bounds;  // what this view sees, when the format knows
  std::filesystem::path mask;         // of which the format does not say what it means; see mask_meaning.h
  double pose_scale = 1;              // that its stored pose had, see CheckedRotation
};

struct SceneListing {
  std::filesystem::path root;
  std::string format;  // Scene::format
  std::string source;  // for the summary: "instant-ngp transforms.json", "COLMAP sparse/0 (binary), images_4"
  std::vector<ListedView> views;        // only those whose image exists
  std::vector<std::string> missing;     // listed images that the folder lacks, as written there
  std::vector<std::string> not_finite;  // photos left out because their cameras are not finite numbers
  std::vector<std::string> warnings;    // anything else that was left out
  std::vector<std::string> notes;       // what was guessed
  bool black_is_ignored = false;        // by the format's convention, in masks of two values
  bool has_split = false;
  bool z_up = false;           // the format's world has z up by convention
  std::vector<Vec3> points;    // sparse reconstruction, file frame
  std::optional<Box> content;  // the box that holds everything visible, file frame (aabb_scale)
};

// Whether a file of that name should be a photo that is read, in any case.
bool HasImageExtension(const std::filesystem::path& path);
// PNG or JPEG. Files of other formats count only where there is none of these: depth, and what a telephone saved twice,
// lie beside the photos.
bool HasUsualImageExtension(const std::filesystem::path& path);
// Whether a file of that name should be a video, in any case.
bool HasVideoExtension(const std::filesystem::path& path);

// What instant-ngp puts before a photo's name in that of its mask: dynamic_mask_0001.png beside 0001.jpg.
inline constexpr const char* kDynamicMask = "dynamic_mask_";

// Candidates for the photos of formats that only name files, full size first: images, images_2, images_4, images_8, …
std::vector<std::filesystem::path> ImageFolders(const std::filesystem::path& root);
std::vector<std::filesystem::path> ImagesIn(const std::filesystem::path& folder);  // by file name

// The rotation part of a pose, made exactly orthonormal. Axes that are all longer or all shorter than 1 are a rotation
// with a scale, which says nothing of the camera: it goes to `scale` (1 within what rounding does); without a place for
// it, it is an error. `where` names the pose in the error for values that are not finite, singular, mirrored or
// sheared.
Mat3 CheckedRotation(const Mat3& matrix, const std::string& where, double* scale = nullptr);

// The camera at the resolution of its image file: as stored, or, when only that fits, as it is turned upright (EXIF;
// see upright.h). Throws when the image has another shape than the camera.
Camera FitToImage(const Camera& camera, const ImageInfo& image, const std::string& where);

// Whether two pictures show the same at different scales; shrinking rounds each side to whole pixels.
bool HaveSameShape(int width_a, int height_a, int width_b, int height_b);

// The image's path inside the scene folder, with forward slashes.
std::string NameInScene(const std::filesystem::path& root, const std::filesystem::path& image);

// "a.png, b.png and 3 more": a warning names eight.
std::string ListOfNames(const std::vector<std::string>& names);

}  // namespace sanerf::scene
