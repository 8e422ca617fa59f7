// Photos that say how they lie in their files. For tests only.
#pragma once

#include <string>

namespace sanerf {

// A TIFF structure whose only entry is the orientation.
inline std::string ExifOf(int orientation, bool is_big_endian = false) {
  const auto number = [&](unsigned value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += char(value >> (8 * (is_big_endian ? size - 1 - i : i)) & 0xff);
    return bytes;
  };
  // Where the directory is, how many entries it has; tag, type, how many values, the value; no next directory.
  return (is_big_endian ? "MM" : "II") + number(42, 2) + number(8, 4) + number(1, 2) + number(0x112, 2) + number(3, 2) +
         number(1, 4) + number(unsigned(orientation), 2) + number(0, 2) + number(0, 4);
}

// A JPEG with the marker that cameras write first.
inline std::string WithExif(const std::string& jpeg, int orientation) {
  const std::string data = std::string("Exif\0\0", 6) + ExifOf(orientation);
  const size_t length = data.size() + 2;
  return jpeg.substr(0, 2) + "\xff\xe1" + char(length >> 8) + char(length & 0xff) + data + jpeg.substr(2);
}

}  // namespace sanerf
