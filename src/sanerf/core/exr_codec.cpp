#include "sanerf/core/exr_codec.h"

#ifdef SANERF_HAS_OPENEXR
#include <ImfArray.h>
#include <ImfChannelList.h>
#include <ImfHeader.h>
#include <ImfIO.h>
#include <ImfRgbaFile.h>
#endif

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <stdexcept>

#include "sanerf/core/picture_limits.h"

namespace sanerf {

#ifdef SANERF_HAS_OPENEXR
namespace {

class ExrSource : public Imf::IStream {
 public:
  explicit ExrSource(const InputFile& file) : IStream("photo"), file_(file) {}
  bool read(char c[], int n) override {
    if (file_.ReadAt(int64_t(position_), c, size_t(n)) != size_t(n)) throw std::runtime_error("the file is truncated");
    position_ += uint64_t(n);
    return position_ < uint64_t(file_.size());
  }
  uint64_t tellg() override { return position_; }
  void seekg(uint64_t position) override { position_ = position; }
  void clear() override {}

 private:
  const InputFile& file_;
  uint64_t position_ = 0;
};

bool HasColor(const Imf::RgbaInputFile& file) { return (file.channels() & (Imf::WRITE_RGB | Imf::WRITE_Y)) != 0; }

// Renderers put the picture into a layer ("ViewLayer.Combined"); "" when there is none in color.
std::string ExrColorLayer(const Imf::Header& header) {
  std::set<std::string> layers;
  header.channels().layers(layers);
  std::string found;
  for (const std::string& layer : layers) {
    const bool has_color = header.channels().findChannel(layer + ".R") != nullptr &&
                           header.channels().findChannel(layer + ".G") != nullptr &&
                           header.channels().findChannel(layer + ".B") != nullptr;
    if (!has_color) continue;
    const bool is_whole = layer.find("Combined") != std::string::npos || layer.find("rgb") != std::string::npos;
    if (found.empty() || is_whole) found = layer;
    if (is_whole) break;
  }
  return found;
}

struct ExrPicture {
  explicit ExrPicture(const InputFile& file) : source(file), rgba(std::make_unique<Imf::RgbaInputFile>(source, 0)) {}

  // "" or why it is none.
  std::string Begin(int64_t bytes) {
    if (!HasColor(*rgba)) {
      const std::string layer = ExrColorLayer(rgba->header());
      if (layer.empty()) return "it has no color (channels R, G, B or Y)";
      source.seekg(0);
      rgba = std::make_unique<Imf::RgbaInputFile>(source, layer, 0);
    }
    const Imath::Box2i shown = rgba->displayWindow(), stored = rgba->dataWindow();
    for (const Imath::Box2i& window : {shown, stored}) {
      const std::string why =
          WhyNoPixels(int64_t{window.max.x} - window.min.x + 1, int64_t{window.max.y} - window.min.y + 1, bytes);
      if (!why.empty()) return why;
    }
    return "";
  }
  int width() const { return rgba->displayWindow().max.x - rgba->displayWindow().min.x + 1; }
  int height() const { return rgba->displayWindow().max.y - rgba->displayWindow().min.y + 1; }
  int num_channels() const { return (rgba->channels() & Imf::WRITE_A) != 0 ? 4 : 3; }

  ExrSource source;
  std::unique_ptr<Imf::RgbaInputFile> rgba;
};

float FiniteOrNone(float value) { return std::isfinite(value) ? value : 0.0f; }

void ReadExrRows(ExrPicture& picture, ImageF* linear) {
  const Imath::Box2i shown = picture.rgba->displayWindow(), stored = picture.rgba->dataWindow();
  const int width = stored.max.x - stored.min.x + 1;
  Imf::Array2D<Imf::Rgba> row(1, width);
  for (int y = stored.min.y; y <= stored.max.y; ++y) {
    // The library computes from a row's number and place where pixel (0, 0) would be.
    picture.rgba->setFrameBuffer(&row[0][0] - stored.min.x - int64_t{y} * width, 1, size_t(width));
    picture.rgba->readPixels(y);
    if (y < shown.min.y || y > shown.max.y) continue;
    for (int x = std::max(stored.min.x, shown.min.x); x <= std::min(stored.max.x, shown.max.x); ++x) {
      const Imf::Rgba& from = row[0][x - stored.min.x];
      float* to = linear->Pixel(x - shown.min.x, y - shown.min.y);
      const float alpha = linear->channels == 4 ? std::clamp(FiniteOrNone(from.a), 0.0f, 1.0f) : 1.0f;
      const float undo = alpha > 0 ? 1 / alpha : 1;
      to[0] = FiniteOrNone(from.r) * undo, to[1] = FiniteOrNone(from.g) * undo, to[2] = FiniteOrNone(from.b) * undo;
      if (linear->channels == 4) to[3] = alpha;
    }
  }
}

}  // namespace

std::string DecodeExrInfo(const InputFile& file, ImageInfo* info) try {
  ExrPicture picture(file);
  const std::string why = picture.Begin(file.size());
  if (why.empty()) *info = {picture.width(), picture.height(), picture.num_channels(), 16};
  return why;
} catch (const std::exception& error) {
  return std::string("it is no whole OpenEXR picture: ") + error.what();
}

std::string DecodeExr(const InputFile& file, ImageF* linear) try {
  ExrPicture picture(file);
  if (const std::string why = picture.Begin(file.size()); !why.empty()) return why;
  *linear = ImageF(picture.width(), picture.height(), picture.num_channels());
  ReadExrRows(picture, linear);
  return "";
} catch (const std::exception& error) {
  return std::string("the file is truncated or damaged: ") + error.what();
}
#else
std::string DecodeExrInfo(const InputFile&, ImageInfo*) {
  return "this program was built without OpenEXR (libopenexr)";
}
std::string DecodeExr(const InputFile&, ImageF*) { return "this program was built without OpenEXR (libopenexr)"; }
#endif

}  // namespace sanerf
