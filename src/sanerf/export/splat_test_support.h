// For tests: 3D Gaussians drawn once more, as the formulas are written: one pixel at a time, in double precision, no
// tiles; and a PLY of them read by somebody else.
#pragma once

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/files.h"
#include "sanerf/nerf/ray.h"

namespace sanerf::exports {

// A Gaussian as a file has it.
struct PlainSplat {
  Vec3 position, scale;
  Eigen::Quaterniond rotation;
  double opacity;
  std::array<Vec3, 4> color;  // coefficients of degree 0 and 1, by channel
};

// RGB of the part's pixels, row by row, over a background of one gray. camera: file frame, straight lines.
inline std::vector<Vec3> DrawPlainly(const std::vector<PlainSplat>& splats, const nerf::PartOfView& part, double gray) {
  struct Drawn {
    double depth, opacity;
    Vec2 mean;
    Eigen::Matrix2d inverse;
    Vec3 rgb;
    double reach;
  };
  const Camera& camera = part.camera;
  const Mat3 cam_from_world = camera.world_from_cam.rotation.transpose();
  std::vector<Drawn> drawn;
  for (const PlainSplat& splat : splats) {
    const Vec3 p = cam_from_world * (splat.position - camera.center());  // looks along -z
    if (p.z() > -1e-3) continue;
    const double z = -p.z();
    Eigen::Matrix<double, 2, 3> jacobian;
    jacobian << camera.fx / z, 0, camera.fx * p.x() / (z * z), 0, -camera.fy / z, -camera.fy * p.y() / (z * z);
    const Mat3 axes = splat.rotation.normalized().toRotationMatrix();
    const Mat3 covariance = axes * splat.scale.cwiseAbs2().asDiagonal() * axes.transpose();
    const Eigen::Matrix2d in_picture =
        jacobian * cam_from_world * covariance * cam_from_world.transpose() * jacobian.transpose() +
        0.3 * Eigen::Matrix2d::Identity();
    const Vec3 d = (splat.position - camera.center()).normalized();
    Vec3 rgb = Vec3::Constant(0.5) + 0.28209479177387814 * splat.color[0];
    rgb += 0.4886025119029199 * (-d.y() * splat.color[1] + d.z() * splat.color[2] - d.x() * splat.color[3]);
    drawn.push_back({z,
                     splat.opacity,
                     {camera.cx + camera.fx * p.x() / z, camera.cy - camera.fy * p.y() / z},
                     in_picture.inverse(),
                     rgb.cwiseMax(0),
                     3.4 * std::sqrt(in_picture.trace())});
  }
  std::stable_sort(drawn.begin(), drawn.end(), [](const Drawn& a, const Drawn& b) { return a.depth < b.depth; });
  std::vector<Vec3> picture(size_t(part.width()) * size_t(part.height()), Vec3::Zero());
  std::vector<double> light(picture.size(), 1.0);
  for (const Drawn& s : drawn) {
    const auto bound = [&](double value, int first, int last) {
      return int(std::clamp(value, double(first), double(last)));
    };
    const nerf::PixelBlock& px = part.pixels;
    for (int y = bound(s.mean.y() - s.reach, px.y0, px.y1); y < bound(s.mean.y() + s.reach + 1, px.y0, px.y1); ++y)
      for (int x = bound(s.mean.x() - s.reach, px.x0, px.x1); x < bound(s.mean.x() + s.reach + 1, px.x0, px.x1); ++x) {
        const Vec2 offset = Vec2(x + 0.5, y + 0.5) - s.mean;
        const double alpha = std::min(0.99, s.opacity * std::exp(-0.5 * offset.dot(s.inverse * offset)));
        const size_t at = size_t(y - px.y0) * size_t(part.width()) + size_t(x - px.x0);
        if (alpha < 1.0 / 255 || light[at] < 1e-4) continue;
        picture[at] += light[at] * alpha * s.rgb;
        light[at] *= 1 - alpha;
      }
  }
  for (size_t i = 0; i < picture.size(); ++i) picture[i] += Vec3::Constant(light[i] * gray);
  return picture;
}

// A binary PLY of floats and bytes, by the words of its header.
struct PlainPly {
  std::vector<std::string> comments, properties;
  std::map<std::string, std::vector<double>> columns;

  explicit PlainPly(const std::filesystem::path& path) {
    const std::string bytes = ReadFile(path);
    const std::string end = "end_header\n";
    const size_t at = bytes.find(end);
    EXPECT_NE(at, std::string::npos);
    std::istringstream header(bytes.substr(0, at));
    std::vector<bool> is_byte;
    size_t count = 0, offset = at + end.size();
    for (std::string line; std::getline(header, line);) {
      std::istringstream words(line);
      std::string word, type, name;
      words >> word;
      if (word == "comment") comments.push_back(line.substr(8));
      if (word == "format") {
        EXPECT_EQ(line, "format binary_little_endian 1.0");
      }
      if (word == "element") words >> name >> count;
      if (word != "property") continue;
      words >> type >> name;
      EXPECT_TRUE(type == "float" || type == "uchar") << line;
      properties.push_back(name);
      is_byte.push_back(type == "uchar");
    }
    for (size_t i = 0; i < count; ++i)
      for (size_t p = 0; p < properties.size(); ++p) {
        const size_t width = is_byte[p] ? 1 : 4;
        if (offset + width > bytes.size()) {
          ADD_FAILURE() << "the file ends in Gaussian " << i;
          return;
        }
        float value = 0;
        if (!is_byte[p]) std::memcpy(&value, &bytes[offset], 4);
        columns[properties[p]].push_back(is_byte[p] ? double(uint8_t(bytes[offset])) : double(value));
        offset += width;
      }
    EXPECT_EQ(offset, bytes.size());
  }

  size_t size() const { return columns.at("x").size(); }
  // Of degree 0 or 1.
  std::vector<PlainSplat> Splats(const Vec3& origin) const {
    std::vector<PlainSplat> splats;
    const auto of = [&](const std::string& name, size_t i) { return columns.at(name)[i]; };
    for (size_t i = 0; i < size(); ++i) {
      PlainSplat s;
      s.position = origin + Vec3(of("x", i), of("y", i), of("z", i));
      s.scale = Vec3(of("scale_0", i), of("scale_1", i), of("scale_2", i)).array().exp();
      s.rotation = Eigen::Quaterniond(of("rot_0", i), of("rot_1", i), of("rot_2", i), of("rot_3", i));
      s.opacity = 1 / (1 + std::exp(-of("opacity", i)));
      s.color.fill(Vec3::Zero());
      for (int c = 0; c < 3; ++c) {
        s.color[0][c] = of("f_dc_" + std::to_string(c), i);
        for (size_t k = 1; k < 4 && columns.contains("f_rest_8"); ++k)
          s.color[k][c] = of("f_rest_" + std::to_string(size_t(3 * c) + k - 1), i);
      }
      splats.push_back(s);
    }
    return splats;
  }
};

}  // namespace sanerf::exports
