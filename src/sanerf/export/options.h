// Options of what is taken home. Each struct is a stage of `sanerf options`; a format names those of their fields that
// matter to it (formats.h).
#pragma once

#include <cstdint>

#include "sanerf/core/option_values.h"
#include "sanerf/core/options.h"
#include "sanerf/export/mesh_options.h"
#include "sanerf/export/points.h"
#include "sanerf/export/splat_options.h"
#include "sanerf/export/voxels.h"

namespace sanerf::exports {

// How the pictures of a photo lie that EXIF says is on its side.
enum class Lying : uint8_t {
  kStored,   // as its pixels do in the file, with the same note in EXIF: whatever a tool does, it does to both
  kUpright,  // as viewers show it
};
// What a data set is for.
enum class Keep : uint8_t {
  kObject,  // pixels of the objects alone are looked at
  kRest,    // all others
};
enum class Photos : uint8_t { kLink, kCopy };

// Pictures and data sets of the scene's photos.
struct PhotoOptions {
  std::string views = "all";
  int longest_side = 0;
  Lying lying = Lying::kStored;
  bool labels = true, arrays = false, hard_edge = false;
  Keep keep = Keep::kObject;
  Photos photos = Photos::kLink;
  int points = 100'000;

  template <class V>
  void Visit(V&& v) {
    v("views", views, "which of the scene's photos", OneOf("all", "train", "test"));
    v("longest_side", longest_side,
      "pixels on the longer side that are rendered, at most; masks keep the photo's size (0 = that of the photo)",
      Range(16, 16384).OrZero());
    v("lying", lying, "masks of photos on their side: as the pixels are stored, with the same note in EXIF, or upright",
      OneOf(Choice{"stored", Lying::kStored}, Choice{"upright", Lying::kUpright}));
    v("labels", labels, "also one picture per photo with the number of the object in each pixel");
    v("arrays", arrays, "also the probability of each pixel as an array for NumPy (.npy)");
    v("hard_edge", hard_edge, "cut along the mask's pixels, without a soft outline");
    v("keep", keep, "what there is to see in it, or to be trained on: the objects alone, or all but them",
      OneOf(Choice{"object", Keep::kObject}, Choice{"rest", Keep::kRest}));
    v("photos", photos, "the photos of a data set: another name of the same file, or a copy",
      OneOf(Choice{"link", Photos::kLink}, Choice{"copy", Photos::kCopy}));
    v("points", points, "points on surfaces, at most, for tools that start from some (0 = none)",
      Range(100, 5'000'000).OrZero());
  }
};

enum class Path : uint8_t { kTurntable, kFly };
enum class Shown : uint8_t {
  kAlone,    // the objects, also where something stands in front of them
  kOverlay,  // the scene with the first object under a veil
  kScene,
  kWithout,  // the scene without the objects
};
enum class VideoFile : uint8_t { kMp4, kWebm, kProres, kPng };
enum class Ground : uint8_t { kWhite, kGray, kBlack };

struct VideoOptions {
  Path path = Path::kTurntable;
  Shown show = Shown::kAlone;
  VideoFile file = VideoFile::kMp4;
  double seconds = 6;
  int fps = 30;
  int longest_side = 800;
  Ground ground = Ground::kWhite;
  int quality = 18;

  template <class V>
  void Visit(V&& v) {
    v("path", path, "all around the objects, or a flight along the photos' cameras",
      OneOf(Choice{"turntable", Path::kTurntable}, Choice{"fly", Path::kFly}));
    v("show", show, "the objects alone, the scene with a veil over them, the scene, or the scene without them",
      OneOf(Choice{"alone", Shown::kAlone}, Choice{"overlay", Shown::kOverlay}, Choice{"scene", Shown::kScene},
            Choice{"without", Shown::kWithout}));
    v("file", file, "MP4; with transparency WebM (VP9), ProRes 4444 (.mov), or a folder of PNG pictures",
      OneOf(Choice{"mp4", VideoFile::kMp4}, Choice{"webm", VideoFile::kWebm}, Choice{"prores", VideoFile::kProres},
            Choice{"png", VideoFile::kPng}));
    v("seconds", seconds, "how long it plays", Range(0.1, 600));
    v("fps", fps, "pictures per second", Range(1, 120));
    v("longest_side", longest_side, "pixels on the longer side", Range(16, 4096));
    v("ground", ground, "what is behind the objects alone, in a file without transparency",
      OneOf(Choice{"white", Ground::kWhite}, Choice{"gray", Ground::kGray}, Choice{"black", Ground::kBlack}));
    v("quality", quality, "the encoder's constant rate factor: smaller is better and larger on the disk", Range(0, 51));
  }
};

struct ExportOptions {
  PhotoOptions photos;
  VideoOptions video;
  SplatOptions splats;
  PointOptions cloud;
  MeshOptions mesh;
  VoxelOptions voxels;
};
// Refers to `options`.
void AddTo(OptionRegistry& registry, ExportOptions& options);

}  // namespace sanerf::exports
