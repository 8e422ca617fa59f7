// Pictures of the field for the page: coarse at once, then blocks of full resolution from the middle outwards.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/viewer/pictures/frame_part.h"

namespace sanerf::viewer {

// An encoded picture (JPEG, or PNG for masks and where it has transparency) to be stretched over that part of the
// frame.
struct FrameRecord {
  int x0 = 0, y0 = 0, width = 0, height = 0;
  std::string bytes;
};

// The bytes of docs/viewer.md.
std::string Packed(const FrameRecord& record);

// Records in the order they should be shown: the whole frame coarsely (twice when it is large; a tiny one is whole at
// once), then its blocks. on_record returns false when nobody listens any more, which ends it. The layers that show an
// object throw Error while there is no answer. Throws InterruptedError within 50 ms of a stop. Several frames may be
// rendered at once.
void RenderFrame(const FrameScene& scene, const FrameRequest& request,
                 const std::function<bool(const FrameRecord&)>& on_record, const Job& job);

}  // namespace sanerf::viewer
