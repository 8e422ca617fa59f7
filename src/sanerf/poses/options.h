// Options of `sanerf poses`.
#pragma once

#include <cstdint>

#include "sanerf/core/option_values.h"

namespace sanerf::poses {

enum class Matching : uint8_t { kAuto, kSequential, kExhaustive };
enum class LensChoice : uint8_t { kAuto, kSimpleRadial, kOpenCv, kFisheye };
enum class Undistort : uint8_t { kAuto, kAlways };
enum class SharedCameras : uint8_t { kAuto, kOne, kEach };

struct PosesOptions {
  int frames = 150;
  Matching matching = Matching::kAuto;
  LensChoice lens = LensChoice::kAuto;
  SharedCameras cameras = SharedCameras::kAuto;
  Undistort undistort = Undistort::kAuto;
  int features = 4096;
  int photo_size = 1600;
  int seed = 1;

  template <class V>
  void Visit(V&& v) {
    v("frames", frames, "photos to choose from a video, by sharpness and motion", Range(3, 5000));
    v("matching", matching,
      "which photos are compared: neighbors of a sequence and what closes its loops, or all with all; auto: sequential "
      "for videos, numbered photos whose neighbors look alike and more than 150 photos",
      OneOf(Choice{"auto", Matching::kAuto}, Choice{"sequential", Matching::kSequential},
            Choice{"exhaustive", Matching::kExhaustive}));
    v("lens", lens,
      "COLMAP's lens model; auto: opencv for cameras with 20 photos or more, else simple_radial, which fewer can fix",
      OneOf(Choice{"auto", LensChoice::kAuto}, Choice{"simple_radial", LensChoice::kSimpleRadial},
            Choice{"opencv", LensChoice::kOpenCv}, Choice{"opencv_fisheye", LensChoice::kFisheye}));
    v("cameras", cameras,
      "which photos were taken by one camera: those of the same size, focal length and device (auto), all, or each by "
      "its own",
      OneOf(Choice{"auto", SharedCameras::kAuto}, Choice{"one", SharedCameras::kOne},
            Choice{"each", SharedCameras::kEach}));
    v("undistort", undistort,
      "straighten the photos: only where a lens model does not cover its whole picture (auto), or always, for programs "
      "that know no distortion",
      OneOf(Choice{"auto", Undistort::kAuto}, Choice{"always", Undistort::kAlways}));
    v("features", features, "features of a photo at most; matching takes as long as their square", Range(256, 32768));
    v("photo_size", photo_size, "longest side, pixels, at which features are looked for", Range(128, 16384));
    v("seed", seed, "random seed of COLMAP", kSeeds);
  }
};

}  // namespace sanerf::poses
