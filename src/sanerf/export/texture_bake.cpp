#include "sanerf/export/texture_bake.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/parallel.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/photo_colors.h"
#include "sanerf/export/texture_atlas.h"

namespace sanerf::exports {
namespace {

constexpr Rgb8 kGrayColor{128, 128, 128};  // of a mesh that no photo sees

// From the vertices whose colors are known to those around them, and on, each ring the mean of those before.
void SpreadColors(const std::vector<Face>& faces, std::vector<uint8_t>* is_known, std::vector<Rgb8>* colors) {
  std::vector<Vec3f> sums(colors->size());
  std::vector<int> counts(colors->size());
  for (bool is_growing = true; is_growing;) {
    is_growing = false;
    std::fill(sums.begin(), sums.end(), Vec3f::Zero());
    std::fill(counts.begin(), counts.end(), 0);
    for (const Face& face : faces)
      for (const uint32_t from : face) {
        if ((*is_known)[from] == 0) continue;
        const Rgb8& color = (*colors)[from];
        for (const uint32_t to : face) {
          if ((*is_known)[to] != 0) continue;
          sums[to] += Vec3f(color[0], color[1], color[2]);
          ++counts[to];
        }
      }
    for (size_t v = 0; v < counts.size(); ++v) {
      if (counts[v] == 0) continue;
      is_growing = true;
      (*is_known)[v] = 1;
      for (size_t c = 0; c < 3; ++c) (*colors)[v][c] = uint8_t(std::lround(sums[v][int(c)] / float(counts[v])));
    }
  }
  for (size_t v = 0; v < is_known->size(); ++v)
    if ((*is_known)[v] == 0) (*colors)[v] = kGrayColor;
}

Vec3f Mixed(const std::array<Vec3f, 3>& corners, const std::array<float, 3>& shares) {
  return shares[0] * corners[0] + shares[1] * corners[1] + shares[2] * corners[2];
}

struct TexturePixel {
  int32_t x, y, face;
};

std::array<float, 3> SharesAt(const TextureAtlas& atlas, const TexturePixel& pixel) {
  return CornerShares(atlas.corners[size_t(pixel.face)], Vec2f(float(pixel.x) + 0.5f, float(pixel.y) + 0.5f));
}

// The mean color of what is filled of each 2 x 2, 4 x 4, … pixels, with its share.
struct ColorLevel {
  int size = 0;
  std::vector<Eigen::Vector4f> sums;  // color times share, share
};
std::vector<ColorLevel> LevelsOf(const ImageU8& texture, const std::vector<int32_t>& filled) {
  std::vector<ColorLevel> levels;
  for (int size = texture.width; size > 1;) {
    const int below = size;
    size = (size + 1) / 2;
    ColorLevel level{size, std::vector<Eigen::Vector4f>(size_t(size) * size_t(size), Eigen::Vector4f::Zero())};
    for (int y = 0; y < below; ++y)
      for (int x = 0; x < below; ++x) {
        const size_t from = size_t(y) * size_t(below) + size_t(x);
        Eigen::Vector4f& sum = level.sums[size_t(y / 2) * size_t(size) + size_t(x / 2)];
        if (!levels.empty())
          sum += levels.back().sums[from] / 4;
        else if (filled[from] >= 0)
          sum += Eigen::Vector4f(texture.At(x, y, 0), texture.At(x, y, 1), texture.At(x, y, 2), 1) / 4;
      }
    levels.push_back(std::move(level));
  }
  return levels;
}

// What no chart is near: the color of what is, so that neither smaller pictures of the texture nor JPEG bring another
// one into the charts.
void FillBackground(const std::vector<int32_t>& filled, ImageU8* texture) {
  const std::vector<ColorLevel> levels = LevelsOf(*texture, filled);
  ParallelFor(texture->height, [&](int64_t row) {
    const int y = int(row);
    for (int x = 0; x < texture->width; ++x) {
      if (filled[size_t(y) * size_t(texture->width) + size_t(x)] >= 0) continue;
      for (size_t l = 0; l < levels.size(); ++l) {
        const Eigen::Vector4f& sum =
            levels[l].sums[size_t(y >> (l + 1)) * size_t(levels[l].size) + size_t(x >> (l + 1))];
        if (sum[3] <= 0) continue;
        for (int c = 0; c < 3; ++c) texture->At(x, y, c) = uint8_t(std::lround(sum[c] / sum[3]));
        break;
      }
    }
  });
}

// Into the pixels around the charts, ring by ring.
void Pad(std::vector<int32_t> filled, int size, ImageU8* texture) {
  for (int ring = 0; ring < kAtlasPadding; ++ring) {
    std::vector<int32_t> wider = filled;
    ParallelFor(size, [&](int64_t row) {
      const int y = int(row);
      for (int x = 0; x < size; ++x) {
        if (filled[size_t(y) * size_t(size) + size_t(x)] >= 0) continue;
        int sum[3] = {0, 0, 0}, count = 0;
        for (int v = std::max(0, y - 1); v <= std::min(size - 1, y + 1); ++v)
          for (int u = std::max(0, x - 1); u <= std::min(size - 1, x + 1); ++u) {
            if (filled[size_t(v) * size_t(size) + size_t(u)] < 0) continue;
            for (int c = 0; c < 3; ++c) sum[c] += texture->At(u, v, c);
            ++count;
          }
        if (count == 0) continue;
        for (int c = 0; c < 3; ++c) texture->At(x, y, c) = uint8_t((sum[c] + count / 2) / count);
        wider[size_t(y) * size_t(size) + size_t(x)] = 0;
      }
    });
    filled = std::move(wider);
  }
  FillBackground(filled, texture);
}

SurfacePoints PointsOfVertices(const Mesh& mesh) {
  SurfacePoints points;
  const Box box = BoundsOf(mesh.positions);
  points.origin = 0.5 * (box.min + box.max);
  for (const Vec3& p : mesh.positions) points.positions.push_back((p - points.origin).cast<float>());
  points.normals = mesh.normals;
  return points;
}

// Half of the mean edge: between vertices there is nothing finer to be seen.
double VertexSpacing(const Mesh& mesh) {
  double sum = 0;
  for (const Face& face : mesh.faces) sum += (mesh.positions[face[0]] - mesh.positions[face[1]]).norm();
  return std::max(0.5 * sum / double(mesh.faces.size()), 1e-300);
}

void DrawTexture(const TextureAtlas& atlas, const std::vector<TexturePixel>& pixels, const PhotoColors& from_photos,
                 size_t first, Mesh* mesh) {
  mesh->texture = ImageU8(atlas.size, atlas.size, 3, kGrayColor[0]);
  ParallelFor(int64_t(pixels.size()), [&](int64_t i) {
    const TexturePixel& pixel = pixels[size_t(i)];
    Rgb8 color = from_photos.colors[first + size_t(i)];
    if (from_photos.is_known[first + size_t(i)] == 0) {
      std::array<Vec3f, 3> corners;
      for (size_t k = 0; k < 3; ++k) {
        const Rgb8& c = mesh->colors[mesh->faces[size_t(pixel.face)][k]];
        corners[k] = Vec3f(c[0], c[1], c[2]);
      }
      const Vec3f mixed = Mixed(corners, SharesAt(atlas, pixel));
      for (size_t c = 0; c < 3; ++c) color[c] = uint8_t(std::lround(std::clamp(mixed[int(c)], 0.0f, 255.0f)));
    }
    for (size_t c = 0; c < 3; ++c) mesh->texture.At(pixel.x, pixel.y, int(c)) = color[c];
  });
  Pad(atlas.face_at, atlas.size, &mesh->texture);
  mesh->uv.resize(mesh->faces.size());
  for (size_t f = 0; f < mesh->uv.size(); ++f)
    for (size_t k = 0; k < 3; ++k) mesh->uv[f][k] = atlas.corners[f][k] / float(atlas.size);
}

}  // namespace

void ColorMesh(const std::vector<SurfaceView>& views, const scene::Scene& scene, double tolerance, int size, Mesh* mesh,
               const Job& job) {
  const ThreadLimit threads(job.num_threads());
  SurfacePoints points = PointsOfVertices(*mesh);
  double spacing = VertexSpacing(*mesh);
  // The texture's pixels behind the vertices.
  const size_t num_vertices = points.positions.size();
  TextureAtlas atlas;
  std::vector<TexturePixel> pixels;
  if (size > 0) {
    CheckMemory(fmt::format("a texture of {0}x{0} pixels", size),
                double(size) * size * (BytesPerPlace() + sizeof(TexturePixel) + 3 * sizeof(int32_t)),
                "make it smaller: --set mesh.texture=1024", job);
    atlas = MakeAtlas(mesh->positions, mesh->faces, size, job);
    spacing = std::min(spacing, atlas.spacing);
    for (int y = 0; y < size; ++y)
      for (int x = 0; x < size; ++x) {
        const int32_t face = atlas.face_at[size_t(y) * size_t(size) + size_t(x)];
        if (face >= 0) pixels.push_back({x, y, face});
      }
    points.positions.resize(num_vertices + pixels.size());
    points.normals.resize(num_vertices + pixels.size());
    ParallelFor(int64_t(pixels.size()), [&](int64_t i) {
      const Face& face = mesh->faces[size_t(pixels[size_t(i)].face)];
      const std::array<float, 3> shares = SharesAt(atlas, pixels[size_t(i)]);
      const size_t at = num_vertices + size_t(i);
      points.positions[at] =
          Mixed({points.positions[face[0]], points.positions[face[1]], points.positions[face[2]]}, shares);
      const Vec3f normal = Mixed({mesh->normals[face[0]], mesh->normals[face[1]], mesh->normals[face[2]]}, shares);
      points.normals[at] = normal.squaredNorm() > 0 ? Vec3f(normal.normalized()) : mesh->normals[face[0]];
    });
  }
  PhotoColors from_photos = ColorsFromPhotos(points, views, scene, tolerance, spacing, job);
  mesh->colors.assign(from_photos.colors.begin(), from_photos.colors.begin() + std::ptrdiff_t(num_vertices));
  std::vector<uint8_t> is_known(from_photos.is_known.begin(),
                                from_photos.is_known.begin() + std::ptrdiff_t(num_vertices));
  SpreadColors(mesh->faces, &is_known, &mesh->colors);
  if (size > 0) DrawTexture(atlas, pixels, from_photos, num_vertices, mesh);
}

}  // namespace sanerf::exports
