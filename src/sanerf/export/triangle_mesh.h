// A surface of triangles, as the writers of mesh files take it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sanerf/core/geometry.h"
#include "sanerf/core/image.h"

namespace sanerf::exports {

using Vec3f = Eigen::Vector3f;
using Vec2f = Eigen::Vector2f;
using Face = std::array<uint32_t, 3>;  // vertices, counterclockwise as seen from outside
using Rgb8 = std::array<uint8_t, 3>;   // sRGB-encoded

// Positions and units are those of the file frame. What was not asked for is empty.
struct Mesh {
  // By vertex.
  std::vector<Vec3> positions;
  std::vector<Vec3f> normals;  // outwards, unit length
  std::vector<Rgb8> colors;
  std::vector<float> probabilities;  // of the object that it is; 1 without one

  // By face.
  std::vector<Face> faces;
  std::vector<std::array<Vec2f, 3>>
      uv;  // of its corners in the texture: (0, 0) is the top left, (1, 1) the bottom right

  ImageU8 texture;                            // 3 channels
  int label = -1;                             // of the object; -1: the scene
  std::string name;                           // of the object, for readers
  Mat3 upright_from_file = Mat3::Identity();  // a rotation after which z is up
};

// Of at least one point.
Box BoundsOf(const std::vector<Vec3>& points);

// Of each face, its length twice the area: outwards.
std::vector<Vec3f> FaceNormals(const std::vector<Vec3>& positions, const std::vector<Face>& faces);
// Of each vertex the mean of its faces' normals, weighted by their areas; unit length.
std::vector<Vec3f> VertexNormals(const std::vector<Vec3>& positions, const std::vector<Face>& faces);

// "" or why the faces are no closed, consistently oriented surface without branches: every edge belongs to two faces
// that run along it in opposite directions, and the faces around each vertex are one fan. Vertices without faces do not
// matter.
std::string WhyNotClosed(const std::vector<Face>& faces);

}  // namespace sanerf::exports
