#include "sanerf/core/png_codec.h"

#include <png.h>

#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/orientation.h"

namespace sanerf {
namespace {

static_assert(std::endian::native == std::endian::little, "16-bit samples are swapped on the way in and out");

// libpng reports errors by longjmp. Everything with a destructor therefore lives in the frames above the one that
// calls setjmp; this state is what those frames share with it.
struct PngState {
  std::string_view input;
  size_t position = 0;
  std::string* output = nullptr;
  char message[200] = "";
};

void OnError(png_structp png, png_const_charp text) {
  auto* state = static_cast<PngState*>(png_get_error_ptr(png));
  std::snprintf(state->message, sizeof(state->message), "%s", text);
  longjmp(png_jmpbuf(png), 1);
}
void OnWarning(png_structp, png_const_charp) {}

void ReadBytes(png_structp png, png_bytep target, size_t size) {
  auto* state = static_cast<PngState*>(png_get_io_ptr(png));
  if (size > state->input.size() - state->position) png_error(png, "the file is truncated");
  std::memcpy(target, state->input.data() + state->position, size);
  state->position += size;
}

void AppendBytes(png_structp png, png_bytep bytes, size_t size) {
  static_cast<PngState*>(png_get_io_ptr(png))->output->append(reinterpret_cast<const char*>(bytes), size);
}
void FlushNothing(png_structp) {}

constexpr const char* kTooLarge = "the image is larger than 268 megapixels";
constexpr size_t kDeflateLimit = 1032;  // bytes that one compressed byte can stand for

enum class Depth { kEight, kSixteen };

// Owns libpng's read structures.
class Reader {
 public:
  explicit Reader(std::string_view bytes) {
    state_.input = bytes;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state_, OnError, OnWarning);
    SANERF_CHECK(png_ != nullptr);
    info_ = png_create_info_struct(png_);
    SANERF_CHECK(info_ != nullptr);
  }
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool ReadHeader() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, &state_, ReadBytes);
    png_set_user_limits(png_, 1 << 20, 1 << 20);
    png_read_info(png_, info_);
    return true;
  }

  bool Transform(Depth depth) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    if (color_type() == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png_);
    if (depth == Depth::kEight) {
      if (color_type() == PNG_COLOR_TYPE_GRAY && bits() < 8) png_set_expand_gray_1_2_4_to_8(png_);
      if (png_get_valid(png_, info_, PNG_INFO_tRNS) != 0) png_set_tRNS_to_alpha(png_);
      if (bits() == 16) png_set_scale_16(png_);
    } else {
      png_set_packing(png_);
      if (bits() == 16) png_set_swap(png_);
    }
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool ReadRows(png_bytep* rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  int width() const { return int(png_get_image_width(png_, info_)); }
  int height() const { return int(png_get_image_height(png_, info_)); }
  int channels() const { return png_get_channels(png_, info_); }
  int bits() const { return png_get_bit_depth(png_, info_); }
  size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  // As the decoded image will have them.
  int expanded_channels() const {
    const bool has_alpha = (color_type() & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    return ((color_type() & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1) + (has_alpha ? 1 : 0);
  }
  int orientation() {
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &exif) == 0) return 1;
    return ExifOrientation({reinterpret_cast<const char*>(exif), size});
  }
  // "" or why no memory is given to the pixels. Before Transform: row_bytes() are those that the file holds.
  std::string WhyNoMemory() const {
    if (too_large()) return kTooLarge;
    const bool too_short = row_bytes() / kDeflateLimit > state_.input.size() / size_t(height());
    return too_short ? "the file is truncated: it is too short for its size in pixels" : "";
  }
  bool too_large() const { return int64_t{width()} * height() > kMaxImagePixels; }
  std::string message() const { return state_.message; }

 private:
  int color_type() const { return png_get_color_type(png_, info_); }

  PngState state_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

template <class T>
bool ReadInto(Reader& reader, Image<T>* image) {
  *image = Image<T>(reader.width(), reader.height(), reader.channels());
  std::vector<png_bytep> rows(size_t(image->height));
  for (int y = 0; y < image->height; ++y) rows[size_t(y)] = reinterpret_cast<png_bytep>(image->Pixel(0, y));
  return reader.ReadRows(rows.data());
}

// exif: empty = none.
bool WriteRows(png_structp png, png_infop info, const ImageInfo& image, const std::string& exif, png_bytep* rows) {
  static constexpr int kColorTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                        PNG_COLOR_TYPE_RGB_ALPHA};
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_compression_level(png, 4);
  png_set_IHDR(png, info, png_uint_32(image.width), png_uint_32(image.height), image.bits,
               kColorTypes[image.channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (!exif.empty()) {
    png_set_eXIf_1(png, info, png_uint_32(exif.size()), reinterpret_cast<png_bytep>(const_cast<char*>(exif.data())));
  }
  png_write_info(png, info);
  if (image.bits == 16) png_set_swap(png);
  png_write_image(png, rows);
  png_write_end(png, info);
  return true;
}

template <class T>
std::string Encode(const Image<T>& image, int orientation) {
  SANERF_CHECK(!image.empty() && image.channels >= 1 && image.channels <= 4);
  std::string bytes;
  PngState state;
  state.output = &bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, OnError, OnWarning);
  SANERF_CHECK(png != nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &state, AppendBytes, FlushNothing);
  std::vector<png_bytep> rows(size_t(image.height));
  for (int y = 0; y < image.height; ++y) {
    rows[size_t(y)] = reinterpret_cast<png_bytep>(const_cast<T*>(image.Pixel(0, y)));
  }
  const std::string exif = orientation == 1 ? "" : ExifWithOrientation(orientation);
  const bool ok =
      WriteRows(png, info, {image.width, image.height, image.channels, int(8 * sizeof(T))}, exif, rows.data());
  png_destroy_write_struct(&png, &info);
  if (!ok) throw Error("cannot encode a PNG image", state.message);
  return bytes;
}

}  // namespace

std::string DecodePngInfo(std::string_view bytes, ImageInfo* info) {
  Reader reader(bytes);
  if (!reader.ReadHeader()) return reader.message();
  if (reader.too_large()) return kTooLarge;
  *info = {reader.width(), reader.height(), reader.expanded_channels(), reader.bits(), reader.orientation()};
  return "";
}

std::string DecodePng(std::string_view bytes, ImageU8* image) {
  Reader reader(bytes);
  if (!reader.ReadHeader()) return reader.message();
  if (const std::string why = reader.WhyNoMemory(); !why.empty()) return why;
  if (!reader.Transform(Depth::kEight) || !ReadInto(reader, image)) return reader.message();
  return "";
}

std::string DecodePng16(std::string_view bytes, ImageU16* image) {
  Reader reader(bytes);
  if (!reader.ReadHeader()) return reader.message();
  if (const std::string why = reader.WhyNoMemory(); !why.empty()) return why;
  const bool is_wide = reader.bits() == 16;
  if (!reader.Transform(Depth::kSixteen)) return reader.message();
  if (is_wide) return ReadInto(reader, image) ? "" : reader.message();
  ImageU8 narrow;
  if (!ReadInto(reader, &narrow)) return reader.message();
  *image = ImageU16(narrow.width, narrow.height, narrow.channels);
  image->data.assign(narrow.data.begin(), narrow.data.end());
  return "";
}

std::string EncodePng(const ImageU8& image, int orientation) { return Encode(image, orientation); }
std::string EncodePng16(const ImageU16& image) { return Encode(image, 1); }

}  // namespace sanerf
