#include "sanerf/core/image_io.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/exr_codec.h"
#include "sanerf/core/files.h"
#include "sanerf/core/heif_codec.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/tiff_codec.h"
#include "sanerf/core/tone_map.h"
#include "sanerf/core/webp_codec.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr size_t kHeaderBytes = size_t{1} << 17;

enum class Format { kPng, kJpeg, kWebp, kTiff, kHeif, kExr, kOther };

Format Detect(std::string_view bytes) {
  if (bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n") return Format::kPng;
  if (bytes.substr(0, 3) == "\xff\xd8\xff") return Format::kJpeg;
  if (bytes.substr(0, 4) == "RIFF" && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return Format::kWebp;
  for (const std::string_view magic : {std::string_view("II*\0", 4), std::string_view("MM\0*", 4),
                                       std::string_view("II+\0", 4), std::string_view("MM\0+", 4)}) {
    if (bytes.substr(0, 4) == magic) return Format::kTiff;
  }
  if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp") {
    for (const std::string_view brand : {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif", "avis"}) {
      if (bytes.substr(8, 4) == brand) return Format::kHeif;
    }
  }
  if (bytes.substr(0, 4) == "\x76\x2f\x31\x01") return Format::kExr;
  return Format::kOther;
}

// Formats that are known by name only.
std::string_view NameOfOther(std::string_view bytes) {
  const std::string_view box = bytes.size() >= 8 ? bytes.substr(4, 4) : "";
  const bool is_jxl = bytes.substr(0, 2) == "\xff\x0a" || box == "JXL ";
  const bool is_jp2 = box == "jP  " || bytes.substr(0, 4) == "\xff\x4f\xff\x51";
  return bytes.substr(0, 3) == "GIF"           ? "a GIF"
         : bytes.substr(0, 2) == "BM"          ? "a BMP"
         : bytes.substr(0, 10) == "#?RADIANCE" ? "a Radiance HDR"
         : is_jxl                              ? "a JPEG XL"
         : is_jp2                              ? "a JPEG 2000"
                                               : "";
}

[[noreturn]] void Fail(const fs::path& path, const std::string& why) {
  const bool lacks_library = why.starts_with("this program was built without"), cannot_be_told_more = why.empty();
  const std::string convert = "convert it to PNG or JPEG";
  throw Error(
      "cannot read image " + path.string(),
      cannot_be_told_more ? "it is neither PNG nor JPEG, WebP, TIFF, HEIC or OpenEXR" : why,
      lacks_library         ? "run scripts/setup.sh --formats and build again, or " + convert
      : cannot_be_told_more ? convert
      : why.find("raw file") != std::string::npos || why.starts_with("it is a ") || why.starts_with("libheif cannot")
          ? convert
          : "copy or export the image again");
}

// "" when it is only not known.
std::string WhyOther(std::string_view bytes) {
  const std::string_view name = NameOfOther(bytes);
  return bytes.empty()  ? "the file is empty"
         : name.empty() ? ""
                        : fmt::format("it is {} picture, which is not read", name);
}

std::string Beginning(const InputFile& file) {
  std::string bytes(kHeaderBytes, '\0');
  bytes.resize(file.ReadAt(0, bytes.data(), bytes.size()));
  return bytes;
}

std::string DecodeInfo(Format format, std::string_view bytes, ImageInfo* info) {
  return format == Format::kPng    ? DecodePngInfo(bytes, info)
         : format == Format::kJpeg ? DecodeJpegInfo(bytes, info)
         : format == Format::kWebp ? DecodeWebpInfo(bytes, info)
                                   : DecodeHeifInfo(bytes, info);
}

std::string ReadExrToneMapped(const InputFile& file, float exposure, ImageU8* image) {
  ImageF linear;
  std::string why = DecodeExr(file, &linear);
  if (why.empty()) *image = ToneMapped(linear, exposure);
  return why;
}

}  // namespace

ImageInfo ReadImageInfo(const fs::path& path) {
  InputFile file(path, FileKind::kImage);
  const std::string beginning = Beginning(file);
  const Format format = Detect(beginning);
  if (format == Format::kOther) Fail(path, WhyOther(beginning));
  ImageInfo info;
  std::string why;
  if (format == Format::kTiff) {
    why = DecodeTiffInfo(file, &info);
  } else if (format == Format::kExr) {
    why = DecodeExrInfo(file, &info);
  } else {
    // Large metadata can push the size out of the first block; of these two it lies anywhere.
    const bool needs_all = (format == Format::kWebp || format == Format::kHeif) && beginning.size() == kHeaderBytes;
    if (!needs_all) why = DecodeInfo(format, beginning, &info);
    if (needs_all || (!why.empty() && beginning.size() == kHeaderBytes))
      why = DecodeInfo(format, file.ReadAll(), &info);
  }
  if (!why.empty()) Fail(path, why);
  info.is_linear = format == Format::kExr;
  return info;
}

ImageU8 ReadImage(const fs::path& path, float exposure) {
  InputFile file(path, FileKind::kImage);
  std::string magic(16, '\0');
  magic.resize(file.ReadAt(0, magic.data(), magic.size()));
  const Format format = Detect(magic);
  if (format == Format::kOther) Fail(path, WhyOther(magic));
  ImageU8 image;
  std::string why;
  if (format == Format::kTiff) {
    why = DecodeTiff(file, &image);
  } else if (format == Format::kExr) {
    why = ReadExrToneMapped(file, exposure, &image);
  } else {
    const std::string bytes = file.ReadAll();
    why = format == Format::kPng    ? DecodePng(bytes, &image)
          : format == Format::kJpeg ? DecodeJpeg(bytes, &image)
          : format == Format::kWebp ? DecodeWebp(bytes, &image)
                                    : DecodeHeif(bytes, &image);
  }
  if (!why.empty()) Fail(path, why);
  return image;
}

ImageF ReadLinear(const fs::path& path) {
  const InputFile file(path, FileKind::kImage);
  ImageF linear;
  if (const std::string why = DecodeExr(file, &linear); !why.empty()) Fail(path, why);
  return linear;
}

ImageU16 ReadPng16(const fs::path& path) {
  const std::string bytes = ReadFile(path, FileKind::kImage);
  if (Detect(bytes) != Format::kPng) Fail(path, bytes.empty() ? "the file is empty" : "it is not a PNG file");
  ImageU16 image;
  const std::string why = DecodePng16(bytes, &image);
  if (!why.empty()) Fail(path, why);
  return image;
}

void WritePng(const fs::path& path, const ImageU8& image, int orientation) {
  WriteFileAtomic(path, EncodePng(image, orientation));
}
void WritePng(const fs::path& path, const ImageU16& image) { WriteFileAtomic(path, EncodePng16(image)); }

}  // namespace sanerf
