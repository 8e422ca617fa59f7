#include "sanerf/core/webp_codec.h"

#ifdef SANERF_HAS_WEBP
#include <webp/decode.h>
#endif

#include <algorithm>
#include <cstring>

#include "sanerf/core/orientation.h"
#include "sanerf/core/picture_limits.h"

namespace sanerf {

#ifdef SANERF_HAS_WEBP
namespace {

const uint8_t* WebpData(std::string_view bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

// The chunk EXIF of the RIFF file: behind the picture, so that it is there only when all of the file is.
int WebpOrientation(std::string_view bytes) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  for (size_t at = 12; at + 8 <= bytes.size();) {
    uint32_t size = 0;
    for (size_t i = 0; i < 4; ++i) size |= uint32_t(static_cast<unsigned char>(bytes[at + 4 + i])) << (8 * i);
    if (bytes.substr(at, 4) == "EXIF") {
      const std::string_view data = bytes.substr(at + 8, size);
      return ExifOrientation(data.substr(0, kExif.size()) == kExif ? data.substr(kExif.size()) : data);
    }
    at += 8 + size_t(size) + (size & 1);
  }
  return 1;
}

std::string ReadWebpFeatures(std::string_view bytes, WebPBitstreamFeatures* features) {
  const VP8StatusCode status = WebPGetFeatures(WebpData(bytes), bytes.size(), features);
  if (status == VP8_STATUS_NOT_ENOUGH_DATA) return "the file is truncated";
  if (status != VP8_STATUS_OK) return "it is no whole WebP picture";
  return features->has_animation != 0 ? "it is an animation, not a photo" : "";
}

}  // namespace

std::string DecodeWebpInfo(std::string_view bytes, ImageInfo* info) {
  WebPBitstreamFeatures features;
  if (const std::string why = ReadWebpFeatures(bytes, &features); !why.empty()) return why;
  *info = {features.width, features.height, features.has_alpha != 0 ? 4 : 3, 8, WebpOrientation(bytes)};
  return "";
}

std::string DecodeWebp(std::string_view bytes, ImageU8* image) {
  WebPBitstreamFeatures features;
  std::string why = ReadWebpFeatures(bytes, &features);
  if (why.empty()) why = WhyNoPixels(features.width, features.height, int64_t(bytes.size()));
  if (!why.empty()) return why;
  *image = ImageU8(features.width, features.height, features.has_alpha != 0 ? 4 : 3);
  const int stride = image->width * image->channels;
  const uint8_t* decoded =
      image->channels == 4
          ? WebPDecodeRGBAInto(WebpData(bytes), bytes.size(), image->data.data(), image->data.size(), stride)
          : WebPDecodeRGBInto(WebpData(bytes), bytes.size(), image->data.data(), image->data.size(), stride);
  return decoded != nullptr ? "" : "the file is truncated or damaged";
}
#else
std::string DecodeWebpInfo(std::string_view, ImageInfo*) { return "this program was built without WebP (libwebp)"; }
std::string DecodeWebp(std::string_view, ImageU8*) { return "this program was built without WebP (libwebp)"; }
#endif

}  // namespace sanerf
