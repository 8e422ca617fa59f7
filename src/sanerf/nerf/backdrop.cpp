#include "sanerf/nerf/backdrop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/quantiles.h"

namespace sanerf::nerf {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostForMedian = 64;     // photos: enough of them, and quick
constexpr int kStill = 8;                 // levels of 255: most photos' distance from their median where nothing moves
constexpr int kSameColor = 16;            // levels: noise and compression of one photo
constexpr double kOutlineMargin = 0.005;  // of the longest side: outlines are soft, and so is the picture of a lens
constexpr int kWindow = 2;                // pixels around one that shows the backdrop that have to show it too
constexpr int kDarkest = 16;              // levels: what is darker says nothing about brightness

// 255 only where all pixels within `reach` are.
ImageU8 Eroded(const ImageU8& mask, int reach) {
  ImageU8 rows(mask.width, mask.height, 1), out(mask.width, mask.height, 1);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      const int x0 = std::max(0, x - reach), x1 = std::min(mask.width - 1, x + reach);
      rows.At(x, y) = *std::min_element(mask.Pixel(x0, y), mask.Pixel(x1, y) + 1);
    }
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      uint8_t least = 255;
      for (int v = std::max(0, y - reach); v <= std::min(mask.height - 1, y + reach); ++v)
        least = std::min(least, rows.At(x, v));
      out.At(x, y) = least;
    }
  return out;
}

// What is left of the mask when only what is connected to the border stays.
ImageU8 ReachingTheBorder(const ImageU8& mask) {
  ImageU8 reached(mask.width, mask.height, 1);
  std::vector<std::pair<int, int>> open;
  const auto visit = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= mask.width || y >= mask.height || mask.At(x, y) == 0 || reached.At(x, y) != 0) return;
    reached.At(x, y) = 255;
    open.emplace_back(x, y);
  };
  for (int x = 0; x < mask.width; ++x) visit(x, 0), visit(x, mask.height - 1);
  for (int y = 0; y < mask.height; ++y) visit(0, y), visit(mask.width - 1, y);
  while (!open.empty()) {
    const auto [x, y] = open.back();
    open.pop_back();
    visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
  }
  return reached;
}

int MarginOf(const ImageU8& image) {
  return std::max(1, int(std::lround(kOutlineMargin * double(std::max(image.width, image.height)))));
}

fs::path FileOf(const fs::path& folder, size_t i) { return folder / fmt::format("backdrop_{}.png", i); }

}  // namespace

Backdrop MakeBackdrop(const std::vector<const ImageU8*>& all) {
  std::vector<const ImageU8*> photos;
  const size_t count = std::min(all.size(), kMostForMedian);
  for (size_t i = 0; i < count; ++i) photos.push_back(all[i * all.size() / count]);
  const int width = photos[0]->width, height = photos[0]->height;
  Backdrop backdrop{ImageU8(width, height, 3), ImageU8(width, height, 1)};
  ParallelFor(height, [&](int64_t row) {
    const int y = int(row);
    std::vector<double> values(count), distances(count);
    for (int x = 0; x < width; ++x) {
      distances.assign(count, 0);
      for (int c = 0; c < 3; ++c) {
        for (size_t i = 0; i < count; ++i) values[i] = photos[i]->At(x, y, c);
        const double median = Median(values);
        backdrop.plate.At(x, y, c) = uint8_t(median);
        for (size_t i = 0; i < count; ++i) distances[i] = std::max(distances[i], std::abs(values[i] - median));
      }
      backdrop.known.At(x, y) = Median(distances) <= kStill ? 255 : 0;
    }
  });
  backdrop.known = Eroded(ReachingTheBorder(backdrop.known), MarginOf(backdrop.known));
  return backdrop;
}

BackdropInPhoto LookFor(const Backdrop& backdrop, const ImageU8& photo) {
  BackdropInPhoto found;
  const ImageU8& known = backdrop.known;
  std::vector<double> ratios[3];
  const int step = std::max(1, std::max(known.width, known.height) / 100);
  for (int y = 0; y < known.height; y += step)
    for (int x = 0; x < known.width; x += step)
      for (int c = 0; c < 3 && known.At(x, y) != 0; ++c)
        if (backdrop.plate.At(x, y, c) >= kDarkest)
          ratios[c].push_back(double(photo.At(x, y, c)) / backdrop.plate.At(x, y, c));
  for (int c = 0; c < 3; ++c)
    if (!ratios[c].empty()) found.gain[c] = float(Median(ratios[c]));
  ImageU8 same(known.width, known.height, 1);
  for (int y = 0; y < known.height; ++y)
    for (int x = 0; x < known.width; ++x) {
      bool is_same = known.At(x, y) != 0;
      for (int c = 0; c < 3 && is_same; ++c) {
        const float behind = std::min(255.0f, found.gain[c] * float(backdrop.plate.At(x, y, c)));
        is_same = std::abs(float(photo.At(x, y, c)) - behind) <= float(kSameColor);
      }
      same.At(x, y) = is_same ? 255 : 0;
    }
  found.shown = Eroded(same, kWindow);
  return found;
}

Backdrop Resized(const Backdrop& backdrop, int width, int height) {
  if (backdrop.plate.width == width && backdrop.plate.height == height) return backdrop;
  Backdrop resized{Resize(backdrop.plate, width, height), Resize(backdrop.known, width, height)};
  for (uint8_t& value : resized.known.data) value = value == 255 ? 255 : 0;
  return resized;
}

ImageU8 ShownIn(const std::vector<Backdrop>& backdrops, const ImageU8& photo) {
  ImageU8 best(photo.width, photo.height, 1);
  int64_t most = 0;
  for (const Backdrop& backdrop : backdrops) {
    ImageU8 shown = LookFor(Resized(backdrop, photo.width, photo.height), photo).shown;
    const int64_t count = std::count(shown.data.begin(), shown.data.end(), uint8_t(255));
    if (count <= most) continue;
    most = count;
    best = std::move(shown);
  }
  return best;
}

void StoreBackdrops(const fs::path& folder, const std::vector<Backdrop>& backdrops) {
  std::error_code ec;
  for (size_t i = 0; i < backdrops.size(); ++i) {
    const Backdrop& backdrop = backdrops[i];
    ImageU8 picture(backdrop.plate.width, backdrop.plate.height, 4);
    for (int64_t p = 0; p < picture.num_pixels(); ++p) {
      std::copy_n(&backdrop.plate.data[size_t(3 * p)], 3, &picture.data[size_t(4 * p)]);
      picture.data[size_t(4 * p + 3)] = backdrop.known.data[size_t(p)];
    }
    WritePng(FileOf(folder, i), picture);
  }
  for (size_t i = backdrops.size(); fs::remove(FileOf(folder, i), ec); ++i) continue;
}

std::vector<Backdrop> LoadBackdrops(const fs::path& folder) {
  std::vector<Backdrop> backdrops;
  std::error_code ec;
  for (size_t i = 0; fs::exists(FileOf(folder, i), ec); ++i) {
    const ImageU8 picture = ReadImage(FileOf(folder, i));
    backdrops.push_back({ToRgb(picture), ImageU8(picture.width, picture.height, 1, 255)});
    for (int64_t p = 0; p < picture.num_pixels() && picture.channels == 4; ++p)
      backdrops.back().known.data[size_t(p)] = picture.data[size_t(4 * p + 3)];
  }
  return backdrops;
}

}  // namespace sanerf::nerf
