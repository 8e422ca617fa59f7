#include "sanerf/core/image_io.h"

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr size_t kHeaderBytes = size_t{1} << 17;

enum class Format { kPng, kJpeg, kOther };

Format Detect(std::string_view bytes) {
  if (bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n") return Format::kPng;
  if (bytes.substr(0, 3) == "\xff\xd8\xff") return Format::kJpeg;
  return Format::kOther;
}

[[noreturn]] void Fail(const fs::path& path, const std::string& why) {
  const bool is_unknown = why.empty();
  throw Error("cannot read image " + path.string(), is_unknown ? "it is neither PNG nor JPEG" : why,
              is_unknown ? "convert it to PNG or JPEG" : "copy or export the image again");
}

std::string Truncated(std::string_view bytes) { return bytes.empty() ? "the file is empty" : ""; }

std::string Beginning(const fs::path& path) {
  const InputFile file(path, FileKind::kImage);
  std::string bytes(kHeaderBytes, '\0');
  bytes.resize(file.ReadAt(0, bytes.data(), bytes.size()));
  return bytes;
}

std::string DecodeInfo(std::string_view bytes, ImageInfo* info) {
  return Detect(bytes) == Format::kPng ? DecodePngInfo(bytes, info) : DecodeJpegInfo(bytes, info);
}

}  // namespace

ImageInfo ReadImageInfo(const fs::path& path) {
  const std::string beginning = Beginning(path);
  if (Detect(beginning) == Format::kOther) Fail(path, Truncated(beginning));
  ImageInfo info;
  std::string why = DecodeInfo(beginning, &info);
  // Large metadata can push the size out of the first block.
  if (!why.empty() && beginning.size() == kHeaderBytes) why = DecodeInfo(ReadFile(path, FileKind::kImage), &info);
  if (!why.empty()) Fail(path, why);
  return info;
}

ImageU8 ReadImage(const fs::path& path) {
  const std::string bytes = ReadFile(path, FileKind::kImage);
  const Format format = Detect(bytes);
  if (format == Format::kOther) Fail(path, Truncated(bytes));
  ImageU8 image;
  const std::string why = format == Format::kPng ? DecodePng(bytes, &image) : DecodeJpeg(bytes, &image);
  if (!why.empty()) Fail(path, why);
  return image;
}

ImageU16 ReadPng16(const fs::path& path) {
  const std::string bytes = ReadFile(path, FileKind::kImage);
  if (Detect(bytes) != Format::kPng) Fail(path, bytes.empty() ? "the file is empty" : "it is not a PNG file");
  ImageU16 image;
  const std::string why = DecodePng16(bytes, &image);
  if (!why.empty()) Fail(path, why);
  return image;
}

void WritePng(const fs::path& path, const ImageU8& image) { WriteFileAtomic(path, EncodePng(image)); }
void WritePng(const fs::path& path, const ImageU16& image) { WriteFileAtomic(path, EncodePng16(image)); }

}  // namespace sanerf
