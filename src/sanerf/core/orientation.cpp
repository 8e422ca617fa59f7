#include "sanerf/core/orientation.h"

#include <cstdint>

namespace sanerf {
namespace {

constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kEntrySize = 12, kShort = 3, kLong = 4;

// Numbers of either byte order; 0 beyond the end.
class TiffBytes {
 public:
  explicit TiffBytes(std::string_view bytes) : bytes_(bytes), is_big_(bytes.substr(0, 2) == "MM") {}

  bool IsTiff() const { return (is_big_ || bytes_.substr(0, 2) == "II") && Number(2, 2) == 42; }
  uint32_t Number(uint64_t at, int size) const {
    if (at + uint64_t(size) > bytes_.size()) return 0;
    uint32_t value = 0;
    for (int i = 0; i < size; ++i) {
      const uint32_t byte = static_cast<unsigned char>(bytes_[size_t(at) + size_t(i)]);
      value |= byte << (8 * (is_big_ ? size - 1 - i : i));
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool is_big_;
};

}  // namespace

int ExifOrientation(std::string_view tiff) {
  const TiffBytes bytes(tiff);
  if (!bytes.IsTiff()) return 1;
  const uint64_t directory = bytes.Number(4, 4);
  const uint32_t num_entries = bytes.Number(directory, 2);
  for (uint32_t i = 0; i < num_entries; ++i) {
    const uint64_t entry = directory + 2 + uint64_t(i) * kEntrySize;
    if (entry + kEntrySize > tiff.size()) break;
    if (bytes.Number(entry, 2) != kOrientationTag) continue;
    const uint32_t type = bytes.Number(entry + 2, 2);
    const uint32_t value = type == kShort ? bytes.Number(entry + 8, 2) : type == kLong ? bytes.Number(entry + 8, 4) : 0;
    return value >= 1 && value <= 8 ? int(value) : 1;
  }
  return 1;
}

std::string ExifWithOrientation(int orientation) {
  const auto number = [](uint32_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += char(value >> (8 * i) & 0xff);
    return bytes;
  };
  constexpr uint32_t kTiff = 42, kDirectory = 8, kOne = 1, kNoNext = 0;
  return "II" + number(kTiff, 2) + number(kDirectory, 4) + number(kOne, 2) + number(kOrientationTag, 2) +
         number(kShort, 2) + number(kOne, 4) + number(uint32_t(orientation), 4) + number(kNoNext, 4);
}

int TurnAlone(int orientation) {
  constexpr int kWithoutMirror[9] = {1, 1, 1, 3, 3, 6, 6, 8, 8};
  return orientation >= 1 && orientation <= 8 ? kWithoutMirror[orientation] : 1;
}

int NumTurnsClockwise(int orientation) {
  return orientation == 6 ? 1 : orientation == 3 ? 2 : orientation == 8 ? 3 : 0;
}

}  // namespace sanerf
