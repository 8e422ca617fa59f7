// Which moments of a scene over time are used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sanerf::scene {

struct FrameRange {
  int64_t first = 0;
  std::optional<int64_t> end;  // left out itself; none = all that there are
  int64_t step = 1;

  bool IsAll() const { return first == 0 && !end && step == 1; }
  // The frames that are meant of so many. Throws UsageError when none is, or when the range reaches beyond them.
  std::vector<int64_t> Of(int64_t num_frames) const;
};

// "A:B", "A:B:STEP"; what is left out between the colons is 0, the last one and 1; "" means all. Throws UsageError.
FrameRange ParseFrameRange(const std::string& text);

}  // namespace sanerf::scene
