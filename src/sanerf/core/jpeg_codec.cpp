#include "sanerf/core/jpeg_codec.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// After <cstdio>, whose types it uses without including it.
#include <jerror.h>
#include <jpeglib.h>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/orientation.h"

namespace sanerf {
namespace {

// libjpeg reports errors by longjmp: no object with a destructor may live in the frames that call setjmp.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void OnError(j_common_ptr codec) {
  auto* errors = reinterpret_cast<ErrorManager*>(codec->err);
  if (codec->err->msg_code == JWRN_JPEG_EOF) {
    std::strcpy(errors->message, "the file is truncated");
  } else {
    codec->err->format_message(codec, errors->message);
  }
  longjmp(errors->jump, 1);
}

// libjpeg fills the rest of a truncated image with gray and only warns. That is an error here.
void OnMessage(j_common_ptr codec, int level) {
  if (level >= 0) return;
  const int code = codec->err->msg_code;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) OnError(codec);
}

void Prepare(ErrorManager* errors) {
  jpeg_std_error(&errors->base);
  errors->base.error_exit = OnError;
  errors->base.emit_message = OnMessage;
  errors->message[0] = '\0';
}

constexpr const char* kTooLarge = "the image is larger than 268 megapixels";
// A block of 8 x 8 samples takes a bit at least and covers at most 32 x 32 pixels (a component subsampled by 4).
constexpr int64_t kMostPixelsPerByte = 8 * 32 * 32;
constexpr int kMostScans = 200;  // progressive files have about ten; each goes over the whole picture

void StopAfterTooManyScans(j_common_ptr codec) {
  if (reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number <= kMostScans) return;
  auto* errors = reinterpret_cast<ErrorManager*>(codec->err);
  std::strcpy(errors->message, "the picture is stored in more passes than any program writes");
  longjmp(errors->jump, 1);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    Prepare(&errors_);
    codec_.err = &errors_.base;
    jpeg_create_decompress(&codec_);
    progress_.progress_monitor = StopAfterTooManyScans;
    codec_.progress = &progress_;
  }
  ~Reader() { jpeg_destroy_decompress(&codec_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool ReadHeader() {
    if (setjmp(errors_.jump) != 0) return false;
    jpeg_mem_src(&codec_, reinterpret_cast<const unsigned char*>(bytes_.data()),
                 static_cast<unsigned long>(bytes_.size()));
    jpeg_save_markers(&codec_, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&codec_, TRUE);
    if (is_cmyk()) {
      codec_.out_color_space = JCS_CMYK;
    } else {
      codec_.out_color_space = codec_.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    }
    return true;
  }

  // rows: height() pointers to width() * stored_channels() bytes.
  bool ReadRows(JSAMPROW* rows) {
    if (setjmp(errors_.jump) != 0) return false;
    jpeg_start_decompress(&codec_);
    while (codec_.output_scanline < codec_.output_height) {
      jpeg_read_scanlines(&codec_, rows + codec_.output_scanline, codec_.output_height - codec_.output_scanline);
    }
    jpeg_finish_decompress(&codec_);
    return true;
  }

  int width() const { return int(codec_.image_width); }
  int height() const { return int(codec_.image_height); }
  bool is_cmyk() const { return codec_.jpeg_color_space == JCS_CMYK || codec_.jpeg_color_space == JCS_YCCK; }
  int orientation() const {
    constexpr std::string_view kExif("Exif\0\0", 6);
    for (auto* marker = codec_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (data.substr(0, kExif.size()) == kExif) return ExifOrientation(data.substr(kExif.size()));
    }
    return 1;
  }
  bool cmyk_is_inverted() const { return codec_.saw_Adobe_marker == TRUE; }
  int stored_channels() const { return codec_.out_color_space == JCS_GRAYSCALE ? 1 : is_cmyk() ? 4 : 3; }
  // "" or why no memory is given to the pixels.
  std::string WhyNoMemory() const {
    const bool too_short = int64_t{width()} * height() / kMostPixelsPerByte > int64_t(bytes_.size());
    return too_large() ? kTooLarge : too_short ? "the file is truncated: it is too short for its size in pixels" : "";
  }
  bool too_large() const { return int64_t{width()} * height() > kMaxImagePixels; }
  std::string message() const { return errors_.message; }

 private:
  std::string_view bytes_;
  ErrorManager errors_;
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct codec_{};
};

ImageU8 RgbFromCmyk(const ImageU8& cmyk, bool is_inverted) {
  ImageU8 rgb(cmyk.width, cmyk.height, 3);
  for (size_t i = 0; i < size_t(cmyk.num_pixels()); ++i) {
    const auto light = [&](int c) {
      return is_inverted ? cmyk.data[4 * i + size_t(c)] : 255 - cmyk.data[4 * i + size_t(c)];
    };
    for (int c = 0; c < 3; ++c) rgb.data[3 * i + size_t(c)] = uint8_t(light(c) * light(3) / 255);
  }
  return rgb;
}

struct Compressor {
  jpeg_compress_struct codec;
  ErrorManager errors;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

bool WriteRows(Compressor* compressor, const ImageInfo& image, int quality, JSAMPROW* rows) {
  if (setjmp(compressor->errors.jump) != 0) return false;
  jpeg_compress_struct& codec = compressor->codec;
  jpeg_mem_dest(&codec, &compressor->bytes, &compressor->size);
  codec.image_width = JDIMENSION(image.width);
  codec.image_height = JDIMENSION(image.height);
  codec.input_components = image.channels;
  codec.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  if (quality >= 90 && image.channels == 3) codec.comp_info[0].h_samp_factor = codec.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < codec.image_height) {
    jpeg_write_scanlines(&codec, rows + codec.next_scanline, codec.image_height - codec.next_scanline);
  }
  jpeg_finish_compress(&codec);
  return true;
}

}  // namespace

std::string DecodeJpegInfo(std::string_view bytes, ImageInfo* info) {
  Reader reader(bytes);
  if (!reader.ReadHeader()) return reader.message();
  if (reader.too_large()) return kTooLarge;
  *info = {reader.width(), reader.height(), reader.is_cmyk() ? 3 : reader.stored_channels(), 8, reader.orientation()};
  return "";
}

std::string DecodeJpeg(std::string_view bytes, ImageU8* image) {
  Reader reader(bytes);
  if (!reader.ReadHeader()) return reader.message();
  if (const std::string why = reader.WhyNoMemory(); !why.empty()) return why;
  *image = ImageU8(reader.width(), reader.height(), reader.stored_channels());
  std::vector<JSAMPROW> rows(size_t(image->height));
  for (int y = 0; y < image->height; ++y) rows[size_t(y)] = image->Pixel(0, y);
  if (!reader.ReadRows(rows.data())) return reader.message();
  if (reader.is_cmyk()) *image = RgbFromCmyk(*image, reader.cmyk_is_inverted());
  return "";
}

std::string EncodeJpeg(const ImageU8& image, int quality) {
  SANERF_CHECK(!image.empty() && (image.channels == 1 || image.channels == 3));
  std::vector<JSAMPROW> rows(size_t(image.height));
  for (int y = 0; y < image.height; ++y) rows[size_t(y)] = const_cast<uint8_t*>(image.Pixel(0, y));
  Compressor compressor;
  Prepare(&compressor.errors);
  compressor.codec.err = &compressor.errors.base;
  jpeg_create_compress(&compressor.codec);
  const bool ok = WriteRows(&compressor, {image.width, image.height, image.channels, 8}, quality, rows.data());
  jpeg_destroy_compress(&compressor.codec);
  const std::string bytes(reinterpret_cast<const char*>(compressor.bytes), ok ? compressor.size : 0);
  std::free(compressor.bytes);
  if (!ok) throw Error("cannot encode a JPEG image", compressor.errors.message);
  return bytes;
}

}  // namespace sanerf
