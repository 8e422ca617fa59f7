#include "sanerf/viewer/pictures/frames.h"

#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/viewer/pictures/frame_part.h"

namespace sanerf::viewer {
namespace {

constexpr int kQuality = 92;  // of JPEG, colors at full resolution

// How many times smaller the coarse pictures of a frame of so many pixels are; none: it is whole at once.
std::vector<int> CoarsePictures(int64_t num_pixels) {
  if (num_pixels <= 1 << 14) return {};
  if (num_pixels <= 1 << 16) return {4};
  return {8, num_pixels <= 300'000 ? 2 : 4};
}

std::string Encoded(const ImageU8& picture, FrameLayer layer) {
  const bool has_hard_edges = layer == FrameLayer::kMask || layer == FrameLayer::kCutout;
  return has_hard_edges ? EncodePng(picture) : EncodeJpeg(picture, kQuality);
}

void AppendLittleEndian(uint64_t value, int bytes, std::string* out) {
  for (int i = 0; i < bytes; ++i) out->push_back(char(value >> (8 * i) & 0xff));
}

}  // namespace

std::string Packed(const FrameRecord& record) {
  std::string bytes;
  bytes.reserve(12 + record.bytes.size());
  for (const int value : {record.x0, record.y0, record.width, record.height})
    AppendLittleEndian(uint64_t(value), 2, &bytes);
  AppendLittleEndian(record.bytes.size(), 4, &bytes);
  return bytes.append(record.bytes);
}

void RenderFrame(const FrameScene& scene, const FrameRequest& request,
                 const std::function<bool(const FrameRecord&)>& on_record, const Job& job) {
  SANERF_CHECK(scene.nerf != nullptr);
  const int width = request.camera.width, height = request.camera.height;
  DepthRange depth;
  const auto send = [&](const nerf::PixelBlock& pixels, const FramePart& part, Outlines outlines) {
    const ImageU8 picture = Paint(part, scene, request, depth, outlines);
    return on_record(
        {pixels.x0, pixels.y0, pixels.x1 - pixels.x0, pixels.y1 - pixels.y0, Encoded(picture, request.layer)});
  };

  const std::vector<int> coarse_pictures = CoarsePictures(int64_t(width) * height);
  if (coarse_pictures.empty()) {
    const FramePart whole = RenderFramePart(scene, request, request.camera, job);
    depth = DepthRangeOf(whole.depth);
    send({0, 0, width, height}, whole, Outlines::kDrawn);
    return;
  }
  // Full resolution follows.
  for (const int shrink : coarse_pictures) {
    const Camera coarse = request.camera.Resized((width + shrink - 1) / shrink, (height + shrink - 1) / shrink);
    const FramePart part = RenderFramePart(scene, request, coarse, job);
    depth = DepthRangeOf(part.depth);
    if (!send({0, 0, width, height}, part, Outlines::kNone)) return;
  }
  for (const nerf::PixelBlock& pixels : BlocksFromTheMiddle(width, height)) {
    const FramePart part = RenderFramePart(scene, request, nerf::PartOfView(request.camera, pixels), job);
    if (!send(pixels, part, Outlines::kDrawn)) return;
    job.ThrowIfStopped("the frame");
  }
}

}  // namespace sanerf::viewer
