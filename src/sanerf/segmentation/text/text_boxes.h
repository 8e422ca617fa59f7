// What the boxes of a detector show, each lifted to 3D, and which of them show the same.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/mask_decoder.h"

namespace sanerf::segmentation {

// The words name nothing that was found. Other words of the same text may have been.
class NothingFound : public Error {
 public:
  using Error::Error;
};

// A box that somebody, a detector say, has drawn around a thing in one view.
struct BoxInView {
  int view_idx = -1;
  mask_decoder::BoxPrompt box;
  double score = 0;  // confidence, [0, 1]
};

// A box's mask and points from inside of it.
struct BoxEvidence {
  ImageU8 mask;              // working camera; empty when the box is of no use
  std::vector<Vec3> points;  // file frame
  std::string why_not;       // why it is of no use
  bool is_double = false;    // another box of its view is around the same thing
};

// What SAM takes the boxes for. num_points: per box, at most. Throws as DecodeMasks; a box that gives no mask is no
// error.
std::vector<BoxEvidence> DecodeBoxes(const std::vector<BoxInView>& boxes, int num_points,
                                     const mask_decoder::DecodeContext& context, const Job& job);

enum class Seen : int8_t {
  kHidden,
  kOutside,
  kInside
};  // a point in another box's view: not visible, off, on its mask

// Every point of every box looked up in the view of every other.
class Sightings {
 public:
  Sightings(const std::vector<BoxInView>& boxes, const std::vector<BoxEvidence>& evidence,
            const mask_decoder::DecodeContext& context, const Job& job);

  Seen Of(size_t box, size_t point, size_t in_box) const { return seen_[box][point * num_boxes_ + in_box]; }
  // The smaller of the two shares of visible points that lie on the other's mask: 1 = the same thing. -1 when too few
  // points of either are visible to the other; both sides of a box have nothing to say about each other.
  double Agreement(size_t a, size_t b) const;

 private:
  double Share(size_t box, size_t in_box) const;

  size_t num_boxes_;
  std::vector<std::vector<Seen>> seen_;  // per box: points x boxes
};

}  // namespace sanerf::segmentation
