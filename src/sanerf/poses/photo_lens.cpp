#include "sanerf/poses/photo_lens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/input_file.h"

namespace sanerf::poses {
namespace {

// EXIF 2.32, sections 4.6.4 and 4.6.5.
constexpr uint32_t kMake = 0x010F, kModel = 0x0110, kExifDirectory = 0x8769, kFocalLength = 0x920A,
                   kFocalLengthIn35mm = 0xA405;
constexpr uint32_t kEntryBytes = 12, kMostEntries = 1000;
constexpr size_t kHeadBytes = size_t{1} << 17;  // an APP1 segment has at most half of it, and comes first

// Numbers of either byte order; 0 beyond the end.
class ExifBytes {
 public:
  explicit ExifBytes(std::string_view bytes) : bytes_(bytes), is_big_(bytes.substr(0, 2) == "MM") {}

  bool IsTiff() const { return (is_big_ || bytes_.substr(0, 2) == "II") && Number(2, 2) == 42; }
  uint32_t Number(uint64_t at, int size) const {
    if (at + uint64_t(size) > bytes_.size()) return 0;
    uint32_t value = 0;
    for (int i = 0; i < size; ++i)
      value |= uint32_t(static_cast<unsigned char>(bytes_[size_t(at) + size_t(i)]))
               << (8 * (is_big_ ? size - 1 - i : i));
    return value;
  }
  // Where the entry of a tag stands in the directory.
  std::optional<uint64_t> Find(uint64_t directory, uint32_t tag) const {
    const uint32_t count = std::min(Number(directory, 2), kMostEntries);
    for (uint32_t i = 0; i < count; ++i) {
      const uint64_t entry = directory + 2 + uint64_t(i) * kEntryBytes;
      if (Number(entry, 2) == tag) return entry;
    }
    return std::nullopt;
  }
  std::string Text(uint64_t directory, uint32_t tag) const {
    const auto entry = Find(directory, tag);
    if (!entry) return "";
    const uint32_t count = Number(*entry + 4, 4);
    const uint64_t at = count <= 4 ? *entry + 8 : Number(*entry + 8, 4);
    std::string text;
    for (uint64_t i = at; i < at + count && i < bytes_.size() && bytes_[size_t(i)] != '\0' && text.size() < 100; ++i)
      text += std::isprint(static_cast<unsigned char>(bytes_[size_t(i)])) != 0 ? bytes_[size_t(i)] : '?';
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }

 private:
  std::string_view bytes_;
  bool is_big_;
};

// The TIFF structure of a JPEG's beginning: segments of two bytes of marker and two of length, big-endian.
std::string_view ExifIn(std::string_view jpeg) {
  const auto byte = [&](size_t at) { return uint32_t(static_cast<unsigned char>(jpeg[at])); };
  if (jpeg.substr(0, 2) != "\xFF\xD8") return {};
  for (size_t at = 2; at + 4 <= jpeg.size() && byte(at) == 0xFF;) {
    const size_t length = (byte(at + 2) << 8) | byte(at + 3);
    const std::string_view body = jpeg.substr(at + 4);
    if (length < 2 || byte(at + 1) == 0xDA) return {};  // the picture itself begins
    constexpr std::string_view kExif("Exif\0\0", 6);
    if (byte(at + 1) == 0xE1 && body.substr(0, 6) == kExif) return body.substr(6, length - 8);
    at += 2 + length;
  }
  return {};
}

}  // namespace

std::string LensOfExif(std::string_view tiff) {
  const ExifBytes bytes(tiff);
  if (!bytes.IsTiff()) return "";
  std::vector<std::string> words;
  const uint64_t first = bytes.Number(4, 4);
  for (const uint32_t tag : {kMake, kModel})
    if (std::string text = bytes.Text(first, tag); !text.empty()) words.push_back(std::move(text));
  if (const auto exif = bytes.Find(first, kExifDirectory)) {
    const uint64_t directory = bytes.Number(*exif + 8, 4);
    if (const auto focal = bytes.Find(directory, kFocalLength)) {
      const uint64_t at = bytes.Number(*focal + 8, 4);
      const uint32_t above = bytes.Number(at, 4), below = bytes.Number(at + 4, 4);
      if (above > 0 && below > 0) words.push_back(fmt::format("{:.2f}mm", double(above) / double(below)));
    }
    if (const auto focal = bytes.Find(directory, kFocalLengthIn35mm))
      if (const uint32_t mm = bytes.Number(*focal + 8, 2); mm > 0) words.push_back(fmt::format("{}mm", mm));
  }
  return fmt::format("{}", fmt::join(words, " "));
}

std::string LensOf(const std::filesystem::path& photo) {
  try {
    InputFile file(photo, FileKind::kImage);
    std::string head(kHeadBytes, '\0');
    head.resize(file.Read(head.data(), head.size()));
    return LensOfExif(ExifIn(head));
  } catch (const Error&) {
    return "";
  }
}

}  // namespace sanerf::poses
