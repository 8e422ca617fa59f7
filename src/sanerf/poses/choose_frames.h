// Which frames of a video become photos.
#pragma once

#include <vector>

namespace sanerf::poses {

// A frame that may be chosen, in the order of the video.
struct Candidate {
  double sharpness = 0;
  double motion = 0;  // since the candidate before, any unit; of the first it does not matter
};

// `count` candidates (all, when there are not more) by increasing index: the way that the camera has gone is divided
// into as many parts of equal length, and of each the sharpest candidate is taken, of equals the middle one. A camera
// that stands still moves on a little all the same, so that what changes in front of it is seen.
std::vector<int> ChooseFrames(const std::vector<Candidate>& candidates, int count);

}  // namespace sanerf::poses
