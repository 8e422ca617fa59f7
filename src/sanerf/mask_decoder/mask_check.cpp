#include "sanerf/mask_decoder/mask_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/phrases.h"

namespace sanerf::mask_decoder {
namespace {

constexpr int64_t kMinMaskPixels = 10;  // the release's limit; smaller masks are specks

// The share of a pixel and its neighbors that the mask covers. A mask is taken from a lower resolution: next to a
// point is on it.
double CoveredNeighborhood(const ImageU8& mask, double x, double y) {
  const int column = static_cast<int>(x), row = static_cast<int>(y);
  int covered = 0, count = 0;
  for (int v = std::max(row - 1, 0); v <= std::min(row + 1, mask.height - 1); ++v) {
    for (int u = std::max(column - 1, 0); u <= std::min(column + 1, mask.width - 1); ++u) {
      covered += mask.At(u, v) != 0;
      ++count;
    }
  }
  return count > 0 ? static_cast<double>(covered) / count : 0;
}

bool ReachesInto(const ImageU8& mask, const sam::SamPrompt::Box& box) {
  for (int y = static_cast<int>(box.y0); y < static_cast<int>(std::ceil(box.y1)); ++y) {
    for (int x = static_cast<int>(box.x0); x < static_cast<int>(std::ceil(box.x1)); ++x) {
      if (mask.At(x, y)) return true;
    }
  }
  return false;
}

}  // namespace

int64_t CountNonZero(const ImageU8& mask) {
  return std::count_if(mask.data.begin(), mask.data.end(), [](uint8_t v) { return v != 0; });
}

bool CoversAPositivePoint(const ImageU8& mask, const ViewDecision& decision) {
  for (const auto& point : decision.points) {
    if (point.label == 1 && point.state == PointState::kVisible && CoveredNeighborhood(mask, point.x, point.y) > 0)
      return true;
  }
  return false;
}

double KeptShare(const ImageU8& mask, const ViewDecision& decision) {
  int kept = 0, visible = 0;
  for (const auto& point : decision.points) {
    if (point.state != PointState::kVisible) continue;
    const double covered = CoveredNeighborhood(mask, point.x, point.y);
    kept += point.label == 1 ? covered > 0 : covered < 1;
    ++visible;
  }
  return visible > 0 ? static_cast<double>(kept) / visible : 1;
}

void JudgeMask(const std::optional<sam::SamPrompt::Box>& box, ViewDecision& decision) {
  const int64_t num_pixels = CountNonZero(decision.mask);
  decision.area = static_cast<double>(num_pixels) / static_cast<double>(decision.mask.num_pixels());
  if (num_pixels == 0) {
    Reject(decision, Outcome::kEmpty, "empty mask");
  } else if (num_pixels < kMinMaskPixels) {
    Reject(decision, Outcome::kTiny,
           fmt::format("mask of {}, at least {} needed", Counted(num_pixels, "pixel"), kMinMaskPixels));
  } else if (box ? !ReachesInto(decision.mask, *box) : !CoversAPositivePoint(decision.mask, decision)) {
    Reject(decision, Outcome::kMissed,
           box ? "the mask lies outside the box" : "the mask holds none of the visible positive points");
  } else {
    decision.used = true;
    decision.outcome = Outcome::kUsed;
    decision.reason = "used";
  }
}

}  // namespace sanerf::mask_decoder
