#include "sanerf/core/tiff_codec.h"

#ifdef SANERF_HAS_TIFF
#include <tiffio.h>
#endif

#include <cstdarg>
#include <cstdio>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/picture_limits.h"

namespace sanerf {

#ifdef SANERF_HAS_TIFF
namespace {

constexpr uint32_t kDngVersion = 50706;  // Adobe's tag of raw files

// What libtiff reads through, and what it complained about.
struct TiffSource {
  const InputFile& file;
  uint64_t position = 0;
  std::string message{};
};

TiffSource& SourceOf(thandle_t handle) { return *static_cast<TiffSource*>(handle); }

tmsize_t ReadTiffBytes(thandle_t handle, void* into, tmsize_t size) try {
  TiffSource& source = SourceOf(handle);
  const size_t read = source.file.ReadAt(int64_t(source.position), static_cast<char*>(into), size_t(size));
  source.position += read;
  return tmsize_t(read);
} catch (const Error& error) {
  SourceOf(handle).message = error.what();
  return 0;
}
tmsize_t WriteNoTiff(thandle_t, void*, tmsize_t) { return 0; }
toff_t SeekTiff(thandle_t handle, toff_t offset, int whence) {
  TiffSource& source = SourceOf(handle);
  const uint64_t from = whence == SEEK_CUR ? source.position : whence == SEEK_END ? uint64_t(source.file.size()) : 0;
  return source.position = from + offset;
}
toff_t SizeOfTiff(thandle_t handle) { return toff_t(SourceOf(handle).file.size()); }
int CloseTiff(thandle_t) { return 0; }

// libtiff has one handler for all files of the process; the handle says which one it is about.
void NoteTiffError(thandle_t handle, const char*, const char* format, va_list arguments) {
  if (handle == nullptr || !SourceOf(handle).message.empty()) return;
  char text[300];
  std::vsnprintf(text, sizeof(text), format, arguments);
  SourceOf(handle).message = text;
}

class TiffReader {
 public:
  explicit TiffReader(const InputFile& file) : source_{file} {
    static const bool is_set = [] {
      TIFFSetErrorHandler(nullptr);
      TIFFSetWarningHandler(nullptr);
      TIFFSetErrorHandlerExt(NoteTiffError);
      return true;
    }();
    static_cast<void>(is_set);
    // m: no mapping, which a file that shrinks would crash.
    tiff_ = TIFFClientOpen("photo", "rm", &source_, ReadTiffBytes, WriteNoTiff, SeekTiff, CloseTiff, SizeOfTiff,
                           nullptr, nullptr);
  }
  ~TiffReader() {
    if (is_begun_) TIFFRGBAImageEnd(&rgba_);
    if (tiff_ != nullptr) TIFFClose(tiff_);
  }
  TiffReader(const TiffReader&) = delete;
  TiffReader& operator=(const TiffReader&) = delete;

  // "" or why it is no photo that can be read.
  std::string Begin() {
    if (tiff_ == nullptr) return WithMessage("it is no whole TIFF file");
    // Raw files of cameras are TIFF files whose first picture is a thumbnail.
    uint32_t kind = 0;
    const void* version = nullptr;
    uint16_t count = 0;
    const bool is_reduced = TIFFGetField(tiff_, TIFFTAG_SUBFILETYPE, &kind) != 0 && (kind & FILETYPE_REDUCEDIMAGE) != 0;
    if (is_reduced || FindTag(kDngVersion, &count, &version))
      return "it is a camera's raw file; its picture has to be developed";
    char why[1024] = "";
    if (TIFFRGBAImageOK(tiff_, why) == 0) return why;
    if (TIFFRGBAImageBegin(&rgba_, tiff_, /*stop=*/1, why) == 0) return why;
    is_begun_ = true;
    return WhyNoPixels(rgba_.width, rgba_.height, source_.file.size());
  }

  ImageInfo info() const {
    uint16_t orientation = ORIENTATION_TOPLEFT;
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_ORIENTATION, &orientation);
    const bool is_known = orientation >= ORIENTATION_TOPLEFT && orientation <= ORIENTATION_LEFTBOT;
    return {int(rgba_.width), int(rgba_.height), rgba_.alpha != 0 ? 4 : 3, rgba_.bitspersample > 8 ? 16 : 8,
            is_known ? orientation : 1};
  }

  std::string Read(ImageU8* image) {
    rgba_.orientation = rgba_.req_orientation = ORIENTATION_TOPLEFT;  // as stored: others turn it
    std::vector<uint32_t> raster(size_t(rgba_.width) * rgba_.height);
    if (TIFFRGBAImageGet(&rgba_, raster.data(), rgba_.width, rgba_.height) == 0)
      return WithMessage("the file is truncated or damaged");
    *image = ImageU8(int(rgba_.width), int(rgba_.height), rgba_.alpha != 0 ? 4 : 3);
    for (size_t p = 0; p < raster.size(); ++p) {
      const uint32_t value = raster[p], alpha = TIFFGetA(value);
      uint8_t* pixel = &image->data[p * size_t(image->channels)];
      pixel[0] = uint8_t(TIFFGetR(value)), pixel[1] = uint8_t(TIFFGetG(value)), pixel[2] = uint8_t(TIFFGetB(value));
      if (image->channels != 4) continue;
      pixel[3] = uint8_t(alpha);
      for (int c = 0; c < 3 && alpha > 0; ++c)  // libtiff has multiplied by it
        pixel[c] = WithoutAlpha(pixel[c], alpha);
    }
    return source_.message.empty() ? "" : "the file is truncated or damaged: " + source_.message;
  }

 private:
  bool FindTag(uint32_t tag, uint16_t* count, const void** value) const {
    return TIFFFindField(tiff_, tag, TIFF_ANY) != nullptr && TIFFGetField(tiff_, tag, count, value) != 0;
  }
  std::string WithMessage(const std::string& why) const {
    return source_.message.empty() ? why : why + ": " + source_.message;
  }

  TiffSource source_;
  TIFF* tiff_ = nullptr;
  TIFFRGBAImage rgba_{};
  bool is_begun_ = false;
};

}  // namespace

std::string DecodeTiffInfo(const InputFile& file, ImageInfo* info) {
  TiffReader reader(file);
  std::string why = reader.Begin();
  if (why.empty()) *info = reader.info();
  return why;
}

std::string DecodeTiff(const InputFile& file, ImageU8* image) {
  TiffReader reader(file);
  std::string why = reader.Begin();
  return why.empty() ? reader.Read(image) : why;
}
#else
std::string DecodeTiffInfo(const InputFile&, ImageInfo*) { return "this program was built without TIFF (libtiff)"; }
std::string DecodeTiff(const InputFile&, ImageU8*) { return "this program was built without TIFF (libtiff)"; }
#endif

}  // namespace sanerf
