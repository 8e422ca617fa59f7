#include "sanerf/scene/frame_range.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace {

constexpr size_t kMostDigits = 9;

std::string RangeText(const FrameRange& range) {
  return fmt::format("scene.frames={}:{}:{} (--frames)", range.first, range.end ? std::to_string(*range.end) : "",
                     range.step);
}

[[noreturn]] void FailRange(const std::string& text) {
  throw UsageError(fmt::format("scene.frames={} (--frames)", text),
                   "expected first:end or first:end:step, whole numbers from 0, the end beyond the first",
                   "the first hundred moments: --frames 0:100; every second of all: --frames ::2");
}

// None for an empty part.
std::optional<int64_t> FrameNumber(const std::string& part, const std::string& text) {
  if (part.empty()) return std::nullopt;
  if (part.size() > kMostDigits || part.find_first_not_of("0123456789") != std::string::npos) FailRange(text);
  return std::stoll(part);
}

}  // namespace

std::vector<int64_t> FrameRange::Of(int64_t num_frames) const {
  if (first >= num_frames || (end && *end > num_frames))
    throw UsageError(RangeText(*this), fmt::format("there are {}", Counted(num_frames, "moment")),
                     fmt::format("the last end is --frames {}:{}", first < num_frames ? first : 0, num_frames));
  std::vector<int64_t> frames;
  for (int64_t frame = first; frame < end.value_or(num_frames); frame += step) frames.push_back(frame);
  return frames;
}

FrameRange ParseFrameRange(const std::string& text) {
  FrameRange range;
  if (text.empty()) return range;
  std::vector<std::string> parts = {""};
  for (const char c : text) {
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  if (parts.size() < 2 || parts.size() > 3) FailRange(text);
  range.first = FrameNumber(parts[0], text).value_or(0);
  range.end = FrameNumber(parts[1], text);
  if (parts.size() == 3) range.step = FrameNumber(parts[2], text).value_or(1);
  if (range.step < 1 || (range.end && *range.end <= range.first)) FailRange(text);
  return range;
}

}  // namespace sanerf::scene
