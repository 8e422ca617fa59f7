// Files of meshes, read again by readers of their own.
#include "sanerf/export/mesh_writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tiny_gltf.h>

#include <cstdlib>
#include <cstring>
#include <sstream>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/export/glb_writer.h"
#include "sanerf/export/html_writer.h"
#include "sanerf/export/mesh_test_support.h"
#include "sanerf/export/voxels.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Vec3 kUtm(500'000.25, 4'200'000.5, 120);

template <class T>
T Next(const std::string& bytes, size_t* at) {
  T value;
  std::memcpy(&value, bytes.data() + *at, sizeof(T));
  *at += sizeof(T);
  return value;
}

struct ReadPly {
  std::vector<std::string> header;
  std::vector<std::array<double, 11>> vertices;  // x y z nx ny nz red green blue object_id probability
};
// Goes by the header alone.
ReadPly Read(const fs::path& path) {
  const std::string bytes = ReadFile(path);
  ReadPly ply;
  size_t at = 0, num_vertices = 0;
  std::vector<std::string> types;
  for (std::string line; line != "end_header";) {
    const size_t end = bytes.find('\n', at);
    line = bytes.substr(at, end - at);
    at = end + 1;
    ply.header.push_back(line);
    std::istringstream words(line);
    std::string first, second, third;
    words >> first >> second >> third;
    if (first == "element") num_vertices = std::stoul(third);
    if (first == "property") types.push_back(second);
  }
  for (size_t i = 0; i < num_vertices; ++i) {
    std::array<double, 11> vertex{};
    for (size_t k = 0; k < types.size(); ++k)
      vertex.at(k) = types[k] == "double"  ? Next<double>(bytes, &at)
                     : types[k] == "float" ? double(Next<float>(bytes, &at))
                     : types[k] == "int"   ? double(Next<int32_t>(bytes, &at))
                                           : double(Next<uint8_t>(bytes, &at));
    ply.vertices.push_back(vertex);
  }
  EXPECT_EQ(at, bytes.size());
  return ply;
}

class MeshWritersTest : public ::testing::Test {
 protected:
  TestFolder folder_;
};

PointSet TwoPoints(const Vec3& at) {
  PointSet points;
  points.points = {at, at + Vec3(3, 3, 3)};
  points.normals = {Vec3f::UnitX(), Vec3f::UnitY()};
  points.colors = {{1, 2, 3}, {4, 5, 6}};
  points.labels = {0, 7};
  points.probabilities = {0.5f, 1.0f};
  points.names = {{7, "line\nbreak"}};
  return points;
}

TEST_F(MeshWritersTest, PlyHoldsAllThatIsKnownOfPoints) {
  WritePointSetPly(folder_ / "p.ply", TwoPoints({1, 2, 3}));
  const ReadPly ply = Read(folder_ / "p.ply");
  EXPECT_THAT(ply.vertices.at(1), ElementsAre(4, 5, 6, 0, 1, 0, 4, 5, 6, 7, 1));
  EXPECT_THAT(ply.header, ::testing::Contains("comment object 7 line break"));
  EXPECT_THAT(ply.header, ::testing::Contains("property float x"));
}

TEST_F(MeshWritersTest, PlyHasDoublesForLargeCoordinates) {
  WritePointSetPly(folder_ / "p.ply", TwoPoints(kUtm));
  const ReadPly ply = Read(folder_ / "p.ply");
  EXPECT_THAT(ply.header, ::testing::Contains("property double x"));
  for (size_t a = 0; a < 3; ++a) EXPECT_EQ(ply.vertices.at(0)[a], kUtm[int(a)]);
}

TEST_F(MeshWritersTest, ObjNamesItsMaterialAndKeepsLargeCoordinates) {
  const Mesh mesh = SmallMesh(kUtm);
  const std::vector<fs::path> files = WriteObj(folder_ / "a mug.obj", mesh);
  EXPECT_THAT(files, ElementsAre(folder_ / "a_mug.png", folder_ / "a_mug.mtl", folder_ / "a mug.obj"));
  EXPECT_EQ(ReadImage(files[0]).data, mesh.texture.data);
  EXPECT_THAT(ReadFile(files[1]), HasSubstr("map_Kd a_mug.png\n"));
  std::istringstream lines(ReadFile(files[2]));
  std::vector<Vec3> positions;
  std::vector<Vec2> coordinates;
  std::vector<std::array<int, 9>> faces;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    double x = 0, y = 0, z = 0;
    if (kind == "v" && words >> x >> y >> z) positions.emplace_back(x, y, z);
    if (kind == "vt" && words >> x >> y) coordinates.emplace_back(x, y);
    if (kind == "mtllib") {
      EXPECT_EQ(line, "mtllib a_mug.mtl");
    }
    if (kind != "f") continue;
    std::array<int, 9> face{};
    char slash;
    for (size_t k = 0; k < 9; k += 3) words >> face[k] >> slash >> face[k + 1] >> slash >> face[k + 2];
    faces.push_back(face);
  }
  ASSERT_EQ(positions.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_LT((positions[i] - mesh.positions[i]).norm(), 1e-6);
  EXPECT_THAT(faces.at(1), ElementsAre(1, 4, 1, 2, 5, 2, 4, 6, 4));
  EXPECT_NEAR(coordinates.at(3).y(), 1 - 0.125, 1e-6);

  EXPECT_EQ(WriteObj(folder_ / "plain.obj", SmallMesh(Vec3::Zero(), false)).size(), 1u);
  EXPECT_THAT(ReadFile(folder_ / "plain.obj"), HasSubstr("v 0.0000000 0.0000000 0.0000000 1.0000 0.0000 0.0000\n"));
}

TEST_F(MeshWritersTest, StlStatesItsOffset) {
  const Mesh mesh = SmallMesh(kUtm);
  WriteStl(folder_ / "a.stl", mesh);
  const std::string bytes = ReadFile(folder_ / "a.stl");
  ASSERT_EQ(bytes.size(), 84u + 4 * 50);
  double x = 0, y = 0, z = 0;
  ASSERT_EQ(std::sscanf(bytes.c_str(), "sanerf; add %lf %lf %lf", &x, &y, &z), 3);
  size_t at = 80;
  EXPECT_EQ(Next<uint32_t>(bytes, &at), 4u);
  for (const Face& face : mesh.faces) {
    std::array<Vec3, 4> vectors;  // normal and corners
    for (Vec3& v : vectors)
      for (int a = 0; a < 3; ++a) v[a] = double(Next<float>(bytes, &at));
    at += 2;
    for (size_t k = 0; k < 3; ++k) EXPECT_LT((vectors[k + 1] + Vec3(x, y, z) - mesh.positions[face[k]]).norm(), 1e-6);
    EXPECT_NEAR(vectors[0].dot((vectors[2] - vectors[1]).cross(vectors[3] - vectors[1]).normalized()), 1, 1e-5);
  }
}

std::vector<float> FloatsOf(const tinygltf::Model& model, int index) {
  const tinygltf::Accessor& accessor = model.accessors.at(size_t(index));
  const tinygltf::BufferView& view = model.bufferViews.at(size_t(accessor.bufferView));
  std::vector<float> values(accessor.count * size_t(tinygltf::GetNumComponentsInType(uint32_t(accessor.type))));
  std::memcpy(values.data(), model.buffers[0].data.data() + view.byteOffset + accessor.byteOffset, values.size() * 4);
  return values;
}

tinygltf::Model LoadGlb(const fs::path& path) {
  const std::string bytes = ReadFile(path);
  tinygltf::Model model;
  std::string error, warning;
  EXPECT_TRUE(tinygltf::TinyGLTF().LoadBinaryFromMemory(
      &model, &error, &warning, reinterpret_cast<const unsigned char*>(bytes.data()), unsigned(bytes.size())))
      << error;
  EXPECT_EQ(error + warning, "");
  return model;
}

TEST_F(MeshWritersTest, GlbIsReadByItsLoader) {
  for (const bool has_texture : {true, false}) {
    const Mesh mesh = SmallMesh(kUtm, has_texture);
    WriteGlb(folder_ / "a.glb", mesh);
    const tinygltf::Model model = LoadGlb(folder_ / "a.glb");
    const tinygltf::Primitive& primitive = model.meshes.at(0).primitives.at(0);
    const std::vector<float> positions = FloatsOf(model, primitive.attributes.at("POSITION"));
    const tinygltf::Value& extras = model.nodes.at(0).extras;
    Vec3 offset;
    for (int a = 0; a < 3; ++a) offset[a] = extras.Get("offset").Get(a).GetNumberAsDouble();
    EXPECT_EQ(extras.Get("object_id").GetNumberAsInt(), 3);
    const tinygltf::Accessor& indices = model.accessors.at(size_t(primitive.indices));
    std::vector<uint32_t> corners(indices.count);
    std::memcpy(corners.data(),
                model.buffers[0].data.data() + model.bufferViews.at(size_t(indices.bufferView)).byteOffset,
                4 * corners.size());
    ASSERT_EQ(corners.size(), 12u);
    for (size_t i = 0; i < 12; ++i) {
      const Vec3 p(positions.at(3 * corners[i]), positions.at(3 * corners[i] + 1), positions.at(3 * corners[i] + 2));
      EXPECT_LT((p + offset - mesh.positions[mesh.faces[i / 3][i % 3]]).norm(), 1e-6);
    }
    if (has_texture) {
      const std::vector<float> uv = FloatsOf(model, primitive.attributes.at("TEXCOORD_0"));
      for (size_t i = 0; i < 12; ++i)
        EXPECT_EQ(Vec2f(uv.at(2 * corners[i]), uv.at(2 * corners[i] + 1)), mesh.uv[i / 3][i % 3]);
      EXPECT_EQ(model.images.at(0).width, 16);
    } else {
      EXPECT_TRUE(primitive.attributes.contains("COLOR_0"));
    }
    // z of the file frame is up, which glTF calls y.
    const std::vector<double>& q = model.nodes.at(0).rotation;
    const Vec3 up = Eigen::Quaterniond(q[3], q[0], q[1], q[2]) * Vec3::UnitZ();
    EXPECT_LT((up - Vec3::UnitY()).norm(), 1e-12);
  }
}

// For scripts/check_gltf.sh, which hands what is in SANERF_SAMPLE_GLB to the official validator.
TEST_F(MeshWritersTest, SamplesForTheValidator) {
  const char* wanted = std::getenv("SANERF_SAMPLE_GLB");
  const fs::path folder = wanted != nullptr ? fs::path(wanted) : folder_.path();
  WriteGlb(folder / "texture.glb", SmallMesh(kUtm));
  WriteGlb(folder / "colors.glb", SmallMesh(Vec3::Zero(), false));
  for (const char* name : {"texture.glb", "colors.glb"}) EXPECT_GT(fs::file_size(folder / name), 0u);
}

TEST_F(MeshWritersTest, HtmlHoldsTheGlbAndItsNameAsText) {
  const Mesh mesh = SmallMesh();
  WriteHtml(folder_ / "a.html", mesh);
  const std::string page = ReadFile(folder_ / "a.html");
  EXPECT_THAT(page, HasSubstr("<title>mug &amp; &lt;cup&gt;</title>"));
  EXPECT_THAT(page, HasSubstr(">" + Base64(EncodeGlb(mesh)) + "</script>"));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("{{")));
  for (const char* outside : {"http://", "https://", "src=\"", "href=\""})
    EXPECT_THAT(page, ::testing::Not(HasSubstr(outside)));
}

TEST_F(MeshWritersTest, VoxelsHaveTheirMatrixBeside) {
  VoxelGrid grid;
  grid.place = {kUtm, 0.5, {5, 9, 13}};
  grid.values.resize(size_t(grid.place.num_corners()));
  grid.values[grid.place.Index(1, 2, 3)] = 42;
  const std::vector<fs::path> files = WriteVoxels(folder_ / "v.npy", grid);
  EXPECT_THAT(files, ElementsAre(folder_ / "v.npy", folder_ / "v.json"));
  const NumericArray array = ReadNpy(files[0]);
  EXPECT_THAT(array.shape, ElementsAre(13, 9, 5));
  EXPECT_EQ(array.data[(3 * 9 + 2) * 5 + 1], 42);
  const Json rows = ReadJsonFile(files[1]).at("file_from_voxel");
  const Vec3 at = grid.place.At(1, 2, 3);
  for (size_t a = 0; a < 3; ++a)
    EXPECT_EQ(rows[a][0].get<double>() + 2 * rows[a][1].get<double>() + 3 * rows[a][2].get<double>() +
                  rows[a][3].get<double>(),
              at[int(a)]);
}

template <class T>
void Double(std::vector<T>* values) {
  const std::vector<T> before = *values;
  values->insert(values->end(), before.begin(), before.end());
}

TEST(MeshWritersOnAFullDisk, LeaveNothing) {
  const TestDisk disk(512);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  Mesh mesh = SmallMesh();
  PointSet points = TwoPoints(Vec3::Zero());
  for (int i = 0; i < 11; ++i) {  // larger than the disk in every format
    Double(&mesh.faces);
    Double(&mesh.uv);
    Double(&points.points), Double(&points.normals), Double(&points.colors);
    Double(&points.labels), Double(&points.probabilities);
  }
  VoxelGrid grid;
  grid.place.size = {65, 65, 65};
  grid.values.resize(size_t(grid.place.num_corners()));
  disk.LeaveFree(16 << 10);
  EXPECT_THROW(WritePointSetPly(disk / "a.ply", points), WriteError);
  EXPECT_THROW(WriteObj(disk / "a.obj", mesh), WriteError);
  EXPECT_THROW(WriteStl(disk / "a.stl", mesh), WriteError);
  EXPECT_THROW(WriteGlb(disk / "a.glb", mesh), WriteError);
  EXPECT_THROW(WriteHtml(disk / "a.html", mesh), WriteError);
  EXPECT_THROW(WriteVoxels(disk / "a.npy", grid), WriteError);
  for (const char* name : {"a.ply", "a.obj", "a.mtl", "a.png", "a.stl", "a.glb", "a.html", "a.npy", "a.json"})
    EXPECT_FALSE(fs::exists(disk / name)) << name;
}

}  // namespace
}  // namespace sanerf::exports
