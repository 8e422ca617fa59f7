// What a photo's EXIF data say of the camera that took it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sanerf::poses {

// Device and focal length as one text, "Apple iPhone 13 5.7mm 26mm", to tell lenses of one telephone from each other;
// "" where a JPEG says nothing, and for other files. Never throws.
std::string LensOf(const std::filesystem::path& photo);
// Of the TIFF structure that EXIF is kept in.
std::string LensOfExif(std::string_view tiff);

}  // namespace sanerf::poses
