#include "sanerf/mask_decoder/scribbles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/scene/listing.h"

namespace fs = std::filesystem;

namespace sanerf::mask_decoder {

namespace {

struct Pixel {
  int x = 0, y = 0;
};

// 1 where something was drawn.
ImageU8 ReadStrokes(const fs::path& path, const scene::View& view) {
  const ImageU8 image = ReadImage(path);
  if (!scene::HaveSameShape(image.width, image.height, view.camera.width, view.camera.height)) {
    throw Error(path.string(), fmt::format("the strokes are drawn on {}x{} pixels, but {} has {}x{}", image.width,
                                           image.height, view.name, view.camera.width, view.camera.height));
  }
  const int num_colors = image.channels - (HasAlpha(image.channels) ? 1 : 0);
  ImageU8 strokes(image.width, image.height, 1);
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    for (int c = 0; c < num_colors; ++c) strokes.data[size_t(p)] |= image.data[size_t(p * image.channels + c)] != 0;
  }
  return strokes;
}

// Chamfer distance (3 per straight, 4 per diagonal step) to the nearest pixel that is not drawn on; the picture's edge
// does not count as one.
std::vector<int> StepsToBorder(const ImageU8& strokes) {
  const int width = strokes.width, height = strokes.height;
  constexpr int kFar = std::numeric_limits<int>::max() / 2;
  std::vector<int> distance(strokes.data.size());
  for (size_t i = 0; i < distance.size(); ++i) distance[i] = strokes.data[i] ? kFar : 0;
  const auto relax = [&](int x, int y, int dx, int dy, int cost) {
    if (x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= height) return;
    int& own = distance[size_t(y) * width + x];
    own = std::min(own, distance[size_t(y + dy) * width + (x + dx)] + cost);
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      relax(x, y, -1, 0, 3), relax(x, y, 0, -1, 3), relax(x, y, -1, -1, 4), relax(x, y, 1, -1, 4);
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x)
      relax(x, y, 1, 0, 3), relax(x, y, 0, 1, 3), relax(x, y, 1, 1, 4), relax(x, y, -1, 1, 4);
  }
  return distance;
}

// Pixels from which no neighbor is farther from the border: the middle line of a stroke.
std::vector<Pixel> MiddleLine(const ImageU8& strokes) {
  const std::vector<int> distance = StepsToBorder(strokes);
  std::vector<Pixel> line;
  for (int y = 0; y < strokes.height; ++y) {
    for (int x = 0; x < strokes.width; ++x) {
      const int own = distance[size_t(y) * strokes.width + x];
      bool is_ridge = own > 0;
      for (int ny = std::max(0, y - 1); ny <= std::min(strokes.height - 1, y + 1) && is_ridge; ++ny) {
        for (int nx = std::max(0, x - 1); nx <= std::min(strokes.width - 1, x + 1); ++nx) {
          is_ridge = is_ridge && distance[size_t(ny) * strokes.width + nx] <= own;
        }
      }
      if (is_ridge) line.push_back({x, y});
    }
  }
  return line;
}

int64_t SquaredDistance(const Pixel& a, const Pixel& b) {
  const int64_t dx = a.x - b.x, dy = a.y - b.y;
  return dx * dx + dy * dy;
}

// Farthest-point sampling; of equals the first in reading order is taken.
std::vector<Pixel> Thin(const std::vector<Pixel>& line, int count) {
  if (line.empty() || count < 1) return {};
  int64_t sum_x = 0, sum_y = 0;
  for (const Pixel& pixel : line) sum_x += pixel.x, sum_y += pixel.y;
  const Pixel center{int(sum_x / int64_t(line.size())), int(sum_y / int64_t(line.size()))};
  const auto first = std::min_element(line.begin(), line.end(), [&](const Pixel& a, const Pixel& b) {
    return SquaredDistance(a, center) < SquaredDistance(b, center);
  });
  std::vector<Pixel> taken = {*first};
  std::vector<int64_t> nearest(line.size(), std::numeric_limits<int64_t>::max());
  while (int(taken.size()) < count) {
    for (size_t i = 0; i < line.size(); ++i) nearest[i] = std::min(nearest[i], SquaredDistance(line[i], taken.back()));
    const auto farthest = std::max_element(nearest.begin(), nearest.end());
    if (*farthest == 0) break;  // all are taken
    taken.push_back(line[size_t(farthest - nearest.begin())]);
  }
  return taken;
}

// The strokes of one kind, all pictures together; clicks in pixels of the photo.
void AddClicks(const std::vector<fs::path>& pictures, const scene::View& view, int label, ObjectPrompt* prompt) {
  ImageU8 strokes;
  for (const fs::path& path : pictures) {
    const ImageU8 more = ReadStrokes(path, view);
    if (strokes.empty()) {
      strokes = more;
      continue;
    }
    if (more.width != strokes.width || more.height != strokes.height)
      throw Error(path.string(), "it has another size than " + pictures[0].string());
    for (size_t i = 0; i < more.data.size(); ++i) strokes.data[i] |= more.data[i];
  }
  if (strokes.empty()) return;
  const Vec2 scale(double(view.camera.width) / strokes.width, double(view.camera.height) / strokes.height);
  for (const Pixel& pixel : Thin(MiddleLine(strokes), kClicksOfStrokes)) {
    // Pixel centers are at +0.5; a click's whole number names a pixel.
    const Vec2 px = Vec2(pixel.x + 0.5, pixel.y + 0.5).cwiseProduct(scale);
    prompt->clicks.push_back({view.name, Vec2(std::floor(px.x()), std::floor(px.y())), label});
  }
}

}  // namespace

Scribbles FindScribbles(const fs::path& folder) {
  if (!fs::is_directory(folder)) throw UsageError("scribbles " + folder.string(), "no such folder");
  Scribbles found;
  for (const fs::path& path : scene::ImagesIn(folder)) {
    const std::string name = path.filename().string();
    if (name.starts_with("pos")) found.positive.push_back(path);
    if (name.starts_with("neg")) found.negative.push_back(path);
  }
  if (found.positive.empty()) {
    throw Error(folder.string(), "it has no picture of strokes on the object",
                "name the pictures pos_0.png and neg_0.png, as NVOS does");
  }
  const fs::path whole = fs::absolute(folder / "").lexically_normal().parent_path();
  const std::vector<fs::path> photos =
      scene::ImagesIn(whole.parent_path().parent_path() / "reference_image" / whole.filename());
  if (photos.size() == 1) found.view = photos[0].stem().string();
  return found;
}

ObjectPrompt PromptsFromScribbles(const Scribbles& scribbles, const scene::View& view, const std::string& object_name) {
  ObjectPrompt prompt;
  prompt.name = object_name;
  AddClicks(scribbles.positive, view, 1, &prompt);
  if (prompt.clicks.empty()) {
    throw Error(scribbles.positive.empty() ? object_name : scribbles.positive[0].string(),
                "there is no stroke on the object", "draw in white on black");
  }
  AddClicks(scribbles.negative, view, 0, &prompt);
  return prompt;
}

}  // namespace sanerf::mask_decoder
