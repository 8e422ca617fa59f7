#include <array>

#include "fuzz.h"
#include "sanerf/core/image_io.h"

namespace sanerf::fuzz::png {
namespace {

// CRC-32 as PNG defines it.
uint32_t CrcOf(std::string_view bytes) {
  static const std::array<uint32_t, 256> table = [] {
    std::array<uint32_t, 256> remainders;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      uint32_t value = byte;
      for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
      remainders[byte] = value;
    }
    return remainders;
  }();
  uint32_t crc = ~uint32_t{0};
  for (const char byte : bytes) crc = table[(crc ^ uint8_t(byte)) & 0xff] ^ crc >> 8;
  return ~crc;
}

// With the checksum that each chunk needs: what is in it is read only then.
std::string Mended(std::string_view bytes) {
  constexpr size_t kSignature = 8, kLength = 4, kType = 4, kCrc = 4;
  std::string mended(bytes);
  for (size_t at = kSignature; at + kLength + kType + kCrc <= bytes.size();) {
    size_t length = 0;
    for (size_t i = 0; i < kLength; ++i) length = length << 8 | uint8_t(mended[at + i]);
    if (length > bytes.size() - at - kLength - kType - kCrc) break;
    const size_t end = at + kLength + kType + length;
    const uint32_t crc = CrcOf(std::string_view(mended).substr(at + kLength, kType + length));
    for (size_t i = 0; i < kCrc; ++i) mended[end + i] = char(crc >> (24 - 8 * i));
    at = end + kCrc;
  }
  return mended;
}

}  // namespace

int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  Expect([&] { ReadImage(file.With(Bytes(data, size))); });
  const std::filesystem::path& path = file.With(Mended(Bytes(data, size)));
  Expect([&] { ReadImageInfo(path); });
  Expect([&] { ReadPng16(path); });
  return Expect([&] { ReadImage(path); });
}

}  // namespace sanerf::fuzz::png
