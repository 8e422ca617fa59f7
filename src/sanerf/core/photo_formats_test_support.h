// Photos in formats that only tests write.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#ifdef SANERF_HAS_WEBP
#include <webp/encode.h>
#endif
#ifdef SANERF_HAS_TIFF
#include <tiffio.h>
#endif
#ifdef SANERF_HAS_HEIF
#include <libheif/heif.h>
#endif
#ifdef SANERF_HAS_OPENEXR
#include <ImfRgbaFile.h>
#endif

#include "sanerf/core/error.h"
#include "sanerf/core/exif_test_support.h"
#include "sanerf/core/image.h"

namespace sanerf {

#ifdef SANERF_HAS_WEBP
// Lossless, of 3 or 4 channels; with EXIF when the orientation is not 1.
inline std::string EncodeWebp(const ImageU8& image, int orientation = 1) {
  uint8_t* made = nullptr;
  const int stride = image.width * image.channels;
  const size_t size = image.channels == 4
                          ? WebPEncodeLosslessRGBA(image.data.data(), image.width, image.height, stride, &made)
                          : WebPEncodeLosslessRGB(image.data.data(), image.width, image.height, stride, &made);
  const std::string bytes(reinterpret_cast<const char*>(made), size);
  WebPFree(made);
  if (orientation == 1) return bytes;
  const auto number = [](size_t value, int length) {
    std::string text;
    for (int i = 0; i < length; ++i) text += char(value >> (8 * i) & 0xff);
    return text;
  };
  const std::string exif = ExifOf(orientation);  // of even length
  const std::string chunks = std::string("WEBPVP8X") + number(10, 4) + number(0x08, 4) +
                             number(size_t(image.width) - 1, 3) + number(size_t(image.height) - 1, 3) +
                             bytes.substr(12) + "EXIF" + number(exif.size(), 4) + exif;
  return "RIFF" + number(chunks.size(), 4) + chunks;
}
#endif

#ifdef SANERF_HAS_TIFF
// Deflated; 8 or 16 bits by T. alpha: what a fourth channel is, EXTRASAMPLE_UNASSALPHA for one that did not multiply.
template <class T>
void WriteTiff(const std::filesystem::path& path, const Image<T>& image, int orientation = 1,
               uint16_t alpha = EXTRASAMPLE_UNASSALPHA) {
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, uint32_t(image.width));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, uint32_t(image.height));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, image.channels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, int(8 * sizeof(T)));
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, image.channels < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
  if (image.channels == 4) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
  for (int y = 0; y < image.height; ++y) TIFFWriteScanline(tiff, const_cast<T*>(image.Pixel(0, y)), uint32_t(y), 0);
  TIFFClose(tiff);
}
#endif

#ifdef SANERF_HAS_HEIF
// False where libheif has no encoder of that kind.
inline bool WriteHeif(const std::filesystem::path& path, const ImageU8& image, heif_compression_format format) {
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  if (heif_context_get_encoder_for_format(context, format, &encoder).code != heif_error_Ok) {
    heif_context_free(context);
    return false;
  }
  heif_encoder_set_lossy_quality(encoder, 95);
  heif_image* picture = nullptr;
  heif_image_create(image.width, image.height, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &picture);
  heif_image_add_plane(picture, heif_channel_interleaved, image.width, image.height, 8);
  int stride = 0;
  uint8_t* rows = heif_image_get_plane(picture, heif_channel_interleaved, &stride);
  for (int y = 0; y < image.height; ++y)
    for (int i = 0; i < 3 * image.width; ++i) rows[y * stride + i] = image.Pixel(0, y)[i];
  const bool is_made = heif_context_encode_image(context, picture, encoder, nullptr, nullptr).code == heif_error_Ok &&
                       heif_context_write_to_file(context, path.c_str()).code == heif_error_Ok;
  heif_image_release(picture);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return is_made;
}
#endif

#ifdef SANERF_HAS_OPENEXR
// Of 3 or 4 channels, colors not multiplied by alpha; the file's are. border: pixels that are stored beside what is
// shown.
inline void WriteExr(const std::filesystem::path& path, const ImageF& image, int border = 0) {
  const int width = image.width + 2 * border;
  std::vector<Imf::Rgba> pixels(size_t(width) * size_t(image.height + 2 * border), Imf::Rgba(9, 9, 9, 1));
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const float* c = image.Pixel(x, y);
      const float alpha = image.channels == 4 ? c[3] : 1;
      pixels[size_t(y + border) * size_t(width) + size_t(x + border)] =
          Imf::Rgba(c[0] * alpha, c[1] * alpha, c[2] * alpha, alpha);
    }
  }
  const Imath::Box2i shown(Imath::V2i(0, 0), Imath::V2i(image.width - 1, image.height - 1));
  const Imath::Box2i stored(Imath::V2i(-border, -border),
                            Imath::V2i(image.width - 1 + border, image.height - 1 + border));
  Imf::RgbaOutputFile file(path.c_str(), shown, stored, image.channels == 4 ? Imf::WRITE_RGBA : Imf::WRITE_RGB, 1,
                           Imath::V2f(0, 0), 1, Imf::INCREASING_Y, Imf::ZIP_COMPRESSION, 0);
  file.setFrameBuffer(pixels.data() + border + int64_t{border} * width, 1, size_t(width));
  file.writePixels(image.height + 2 * border);
}
#endif

}  // namespace sanerf
