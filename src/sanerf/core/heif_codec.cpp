#include "sanerf/core/heif_codec.h"

#ifdef SANERF_HAS_HEIF
#include <libheif/heif.h>
#endif

#include <algorithm>
#include <memory>

#include "sanerf/core/image_ops.h"
#include "sanerf/core/picture_limits.h"

namespace sanerf {

#ifdef SANERF_HAS_HEIF
namespace {

using HeifContext = std::unique_ptr<heif_context, decltype(&heif_context_free)>;
using HeifHandle = std::unique_ptr<heif_image_handle, decltype(&heif_image_handle_release)>;
using HeifImage = std::unique_ptr<heif_image, decltype(&heif_image_release)>;
using HeifOptions = std::unique_ptr<heif_decoding_options, decltype(&heif_decoding_options_free)>;

std::string HeifMessage(const heif_error& error) {
  if (error.code == heif_error_Unsupported_filetype || error.code == heif_error_Unsupported_feature ||
      error.code == heif_error_Decoder_plugin_error)
    return std::string("libheif cannot decode it: ") + error.message;
  return std::string("the file is truncated or damaged: ") + error.message;
}

// The file's main picture; "" or why there is none.
std::string OpenHeif(std::string_view bytes, HeifContext* context, HeifHandle* handle) {
  context->reset(heif_context_alloc());
  heif_error error = heif_context_read_from_memory_without_copy(context->get(), bytes.data(), bytes.size(), nullptr);
  if (error.code != heif_error_Ok) return HeifMessage(error);
  heif_image_handle* primary = nullptr;
  error = heif_context_get_primary_image_handle(context->get(), &primary);
  if (error.code != heif_error_Ok) return HeifMessage(error);
  handle->reset(primary);
  return WhyNoPixels(heif_image_handle_get_width(primary), heif_image_handle_get_height(primary),
                     int64_t(bytes.size()));
}

}  // namespace

std::string DecodeHeifInfo(std::string_view bytes, ImageInfo* info) {
  HeifContext context(nullptr, heif_context_free);
  HeifHandle handle(nullptr, heif_image_handle_release);
  if (const std::string why = OpenHeif(bytes, &context, &handle); !why.empty()) return why;
  *info = {heif_image_handle_get_width(handle.get()), heif_image_handle_get_height(handle.get()),
           heif_image_handle_has_alpha_channel(handle.get()) != 0 ? 4 : 3, 8};
  return "";
}

std::string DecodeHeif(std::string_view bytes, ImageU8* image) {
  HeifContext context(nullptr, heif_context_free);
  HeifHandle handle(nullptr, heif_image_handle_release);
  if (const std::string why = OpenHeif(bytes, &context, &handle); !why.empty()) return why;
  const bool has_alpha = heif_image_handle_has_alpha_channel(handle.get()) != 0;
  const bool is_multiplied = has_alpha && heif_image_handle_is_premultiplied_alpha(handle.get()) != 0;
  const HeifOptions options(heif_decoding_options_alloc(), heif_decoding_options_free);
  options->convert_hdr_to_8bit = 1;
  heif_image* made = nullptr;
  const heif_error error =
      heif_decode_image(handle.get(), &made, heif_colorspace_RGB,
                        has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  if (error.code != heif_error_Ok) return HeifMessage(error);
  const HeifImage decoded(made, heif_image_release);
  int stride = 0;
  const uint8_t* rows = heif_image_get_plane_readonly(made, heif_channel_interleaved, &stride);
  if (rows == nullptr) return "the file is truncated or damaged";
  *image = ImageU8(heif_image_get_primary_width(made), heif_image_get_primary_height(made), has_alpha ? 4 : 3);
  for (int y = 0; y < image->height; ++y) {
    const uint8_t* row = rows + size_t(y) * size_t(stride);
    std::copy_n(row, size_t(image->width) * size_t(image->channels), image->Pixel(0, y));
  }
  for (size_t p = 0; is_multiplied && p < size_t(image->num_pixels()); ++p) {
    uint8_t* pixel = &image->data[4 * p];
    for (int c = 0; c < 3 && pixel[3] > 0; ++c) pixel[c] = WithoutAlpha(pixel[c], pixel[3]);
  }
  return "";
}
#else
std::string DecodeHeifInfo(std::string_view, ImageInfo*) {
  return "this program was built without HEIC and AVIF (libheif)";
}
std::string DecodeHeif(std::string_view, ImageU8*) { return "this program was built without HEIC and AVIF (libheif)"; }
#endif

}  // namespace sanerf
