// Numbered photos in one folder, for the layouts that keep everything else under the photo's name or number: what
// Panoptic Lifting's scenes and Messy Rooms share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

struct Frame {
  std::string name;  // without extension
  std::filesystem::path image;
};

// color/, else images/; empty when neither is a folder.
std::filesystem::path FrameFolder(const std::filesystem::path& root);
// By number when all names are numbers (2 before 10), else by name. Throws Error when there is no photo.
std::vector<Frame> ListFrames(const std::filesystem::path& root);

// The camera's own pose from one with OpenCV's axes (x right, y down, z forward). scale: see CheckedRotation.
Pose PoseFromOpenCv(const Mat3& rotation, const Vec3& center, const std::string& where, double* scale = nullptr);

// The view of a frame; the camera's size and intrinsics are those of photos of its own size.
ListedView ViewOfFrame(const std::filesystem::path& root, const Frame& frame, const Camera& camera,
                       const std::string& where, const Job& job);

// Throws Error when the principal point lies outside of the photo: then the intrinsics belong to photos of another
// size.
void CheckPrincipalPoint(const Camera& camera, const std::string& where);

}  // namespace sanerf::scene
