#include "sanerf/viewer/frames.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/viewer/frame_part.h"

namespace sanerf::viewer {
namespace {

constexpr int kQuality = 92;           // of JPEG, colors at full resolution
constexpr int kCoarse = 8;             // shrinks the first picture: a 64th of the rays
constexpr int kSmallFrame = 300'000;   // pixels
constexpr int kFewPixels = 128 * 128;  // a frame that is done at once
constexpr size_t kClients = 64;

std::string Encoded(const ImageU8& picture, FrameLayer layer) {
  const bool has_hard_edges = layer == FrameLayer::kMask || layer == FrameLayer::kCutout;
  return has_hard_edges ? EncodePng(picture) : EncodeJpeg(picture, kQuality);
}

}  // namespace

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

  const int64_t num_pixels = int64_t(width) * height;
  if (num_pixels <= kFewPixels) {
    const FramePart whole = RenderFramePart(scene, request, request.camera, job);
    depth = DepthRangeOf(whole.depth);
    send({0, 0, width, height}, whole, Outlines::kDrawn);
    return;
  }
  // Coarse pictures; full resolution follows.
  for (const int shrink : {kCoarse, num_pixels > kSmallFrame ? kCoarse / 2 : kCoarse / 4}) {
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

StopToken NewestWins::Begin(const std::string& client, int64_t seq) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client);
  if (found != clients_.end() && seq < found->second.seq) {
    StopSource outdated;
    outdated.RequestStop();
    return outdated.token();
  }
  if (found != clients_.end()) found->second.stop.RequestStop();
  if (found == clients_.end() && clients_.size() >= kClients) {  // the one that has been silent for longest is gone
    clients_.erase(std::min_element(clients_.begin(), clients_.end(), [](const auto& a, const auto& b) {
      return a.second.last_use < b.second.last_use;
    }));
  }
  Client& newest = clients_[client] = {seq, StopSource(), ++num_requests_};
  return newest.stop.token();
}

}  // namespace sanerf::viewer
