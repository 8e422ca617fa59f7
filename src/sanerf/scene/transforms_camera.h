// The camera of one frame of a transforms.json: its keys may stand in the frame or at the top of the file.
#pragma once

#include "sanerf/core/json.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// A frame's own value, else the file's.
class FrameKeys {
 public:
  FrameKeys(const JsonCursor& file, const JsonCursor& frame) : file_(file), frame_(frame) {}

  bool Has(const std::string& key) const { return frame_.Has(key) || file_.Has(key); }
  JsonCursor operator[](const std::string& key) const { return frame_.Has(key) ? frame_[key] : file_[key]; }
  double NumberOr(const std::string& key, double fallback) const { return Has(key) ? (*this)[key].Number() : fallback; }
  const JsonCursor& frame() const { return frame_; }

 private:
  const JsonCursor& file_;
  const JsonCursor& frame_;
};

// Pixel intrinsics hold at w x h when the file says so, else at the image's own size. Throws Error for lenses that are
// not supported and when there are no intrinsics.
Camera FrameIntrinsics(const FrameKeys& keys, const ImageInfo& image);

// transform_matrix, 4x4 or 3x4. scale: what is taken out of it (CheckedRotation); null = that is an error. `where`
// names it in the error for a matrix that is not rigid.
Pose FramePose(const JsonCursor& frame, const std::string& where, double* scale = nullptr);

// Whether the frame's own values are no finite numbers, where a camera needs them.
bool HasNoFiniteCamera(const JsonCursor& frame);

}  // namespace sanerf::scene
