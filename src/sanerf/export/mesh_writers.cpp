#include "sanerf/export/mesh_writers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ostream>

#include "sanerf/core/check.h"
#include "sanerf/core/files.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/export/far_coordinates.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

template <class T>
void Append(std::string* bytes, const T& value) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

std::string PlyHeader(const PointSet& points, bool has_doubles) {
  std::string header =
      "ply\nformat binary_little_endian 1.0\ncomment made by sanerf; frame and units are the scene's own\n";
  header += PlyCommentsOf(points.names);
  header += fmt::format("element vertex {}\n", points.points.size());
  for (const char* axis : {"x", "y", "z"})
    header += fmt::format("property {} {}\n", has_doubles ? "double" : "float", axis);
  for (const char* name : {"nx", "ny", "nz"}) header += fmt::format("property float {}\n", name);
  for (const char* name : {"red", "green", "blue"}) header += fmt::format("property uchar {}\n", name);
  return header + "property int object_id\nproperty float probability\nend_header\n";
}

// Digits behind the point, so that nothing moves by more than a ten-millionth of the size.
int DecimalsFor(const Box& box) {
  return std::clamp(int(std::ceil(7 - std::log10(std::max((box.max - box.min).norm(), 1e-12)))), 0, 15);
}

// Programs split the name at spaces.
fs::path Beside(const fs::path& path, const char* extension) {
  std::string stem = path.stem().string();
  std::replace_if(
      stem.begin(), stem.end(), [](unsigned char c) { return c <= ' ' || c == '#'; }, '_');
  return path.parent_path() / (stem + extension);
}

void WriteObjText(std::ostream& out, const Mesh& mesh, const fs::path& material) {
  const bool has_texture = !mesh.texture.empty();
  const int decimals = DecimalsFor(BoundsOf(mesh.positions));
  out << "# made by sanerf; frame and units are the scene's own\n";
  if (has_texture) out << "mtllib " << material.filename().string() << "\n";
  for (size_t i = 0; i < mesh.positions.size(); ++i) {
    const Vec3& p = mesh.positions[i];
    out << fmt::format("v {1:.{0}f} {2:.{0}f} {3:.{0}f}", decimals, p.x(), p.y(), p.z());
    if (!has_texture)
      out << fmt::format(" {:.4f} {:.4f} {:.4f}", mesh.colors[i][0] / 255.0, mesh.colors[i][1] / 255.0,
                         mesh.colors[i][2] / 255.0);
    out << "\n";
  }
  for (const Vec3f& n : mesh.normals) out << fmt::format("vn {:.5f} {:.5f} {:.5f}\n", n.x(), n.y(), n.z());
  for (const std::array<Vec2f, 3>& corners : mesh.uv)
    for (const Vec2f& uv : corners) out << fmt::format("vt {:.6f} {:.6f}\n", uv.x(), 1 - uv.y());  // from the bottom
  if (has_texture) out << "usemtl surface\n";
  for (size_t f = 0; f < mesh.faces.size(); ++f) {
    out << "f";
    for (size_t k = 0; k < 3; ++k) {
      const uint32_t v = mesh.faces[f][k] + 1;
      if (has_texture)
        out << fmt::format(" {}/{}/{}", v, 3 * f + k + 1, v);
      else
        out << fmt::format(" {}//{}", v, v);
    }
    out << "\n";
  }
}

}  // namespace

void WritePointSetPly(const fs::path& path, const PointSet& points) {
  SANERF_CHECK(!points.points.empty());
  const bool has_doubles = OffsetOf(BoundsOf(points.points)) != Vec3::Zero();
  WriteFileAtomic(path, [&](std::ostream& out) {
    out << PlyHeader(points, has_doubles);
    std::string row;
    for (size_t i = 0; i < points.points.size(); ++i) {
      row.clear();
      for (const double x : points.points[i]) {
        if (has_doubles)
          Append(&row, x);
        else
          Append(&row, float(x));
      }
      Append(&row, points.normals[i]);
      Append(&row, points.colors[i]);
      Append(&row, int32_t(points.labels[i]));
      Append(&row, points.probabilities[i]);
      out.write(row.data(), std::streamsize(row.size()));
    }
  });
}

std::vector<fs::path> WriteObj(const fs::path& path, const Mesh& mesh) {
  const fs::path material = Beside(path, ".mtl"), picture = Beside(path, ".png");
  std::vector<fs::path> written;
  try {
    if (!mesh.texture.empty()) {
      WriteFileAtomic(picture, EncodePng(mesh.texture));
      written.push_back(picture);
      WriteFileAtomic(material, fmt::format("newmtl surface\nKa 1 1 1\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd {}\n",
                                            picture.filename().string()));
      written.push_back(material);
    }
    WriteFileAtomic(path, [&](std::ostream& out) { WriteObjText(out, mesh, material); });
    written.push_back(path);
  } catch (...) {
    std::error_code ignored;  // half of it is of no use
    for (const fs::path& file : written) fs::remove(file, ignored);
    throw;
  }
  return written;
}

void WriteStl(const fs::path& path, const Mesh& mesh) {
  SANERF_CHECK(!mesh.faces.empty());
  const Vec3 offset = OffsetOf(BoundsOf(mesh.positions));
  // 80 bytes, which must not begin with "solid": that is how the other kind of STL begins.
  std::string header = "sanerf; the scene's own frame";
  if (offset != Vec3::Zero())
    header = fmt::format("sanerf; add {:.12g} {:.12g} {:.12g}", offset.x(), offset.y(), offset.z());
  header.resize(80, ' ');
  const std::vector<Vec3f> normals = FaceNormals(mesh.positions, mesh.faces);
  WriteFileAtomic(path, [&](std::ostream& out) {
    std::string bytes = header;
    Append(&bytes, uint32_t(mesh.faces.size()));
    out.write(bytes.data(), std::streamsize(bytes.size()));
    for (size_t f = 0; f < mesh.faces.size(); ++f) {
      bytes.clear();
      const float length = normals[f].norm();
      Append(&bytes, length > 0 ? Vec3f(normals[f] / length) : Vec3f::Zero().eval());
      for (const uint32_t v : mesh.faces[f]) Append(&bytes, Vec3f((mesh.positions[v] - offset).cast<float>()));
      Append(&bytes, uint16_t{0});
      out.write(bytes.data(), std::streamsize(bytes.size()));
    }
  });
}

}  // namespace sanerf::exports
