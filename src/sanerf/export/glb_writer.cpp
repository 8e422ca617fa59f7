#include "sanerf/export/glb_writer.h"

#include <fmt/format.h>
#include <tiny_gltf.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <sstream>
#include <tuple>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/system_info.h"
#include "sanerf/export/far_coordinates.h"

namespace sanerf::exports {
namespace {

constexpr double kMostGlbBytes = 2e9;  // its lengths are 32-bit numbers, and its writer's signed ones

// glTF has one number for a vertex and its place in the texture.
struct GltfVertices {
  std::vector<uint32_t> source;  // the mesh's vertex
  std::vector<Vec2f> uv;
  std::vector<Face> faces;
};

GltfVertices SplitAtSeams(const Mesh& mesh) {
  GltfVertices vertices;
  if (mesh.uv.empty()) {
    vertices.source.resize(mesh.positions.size());
    for (uint32_t v = 0; v < vertices.source.size(); ++v) vertices.source[v] = v;
    vertices.faces = mesh.faces;
    return vertices;
  }
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, uint32_t> known;
  for (size_t f = 0; f < mesh.faces.size(); ++f) {
    Face face;
    for (size_t k = 0; k < 3; ++k) {
      const Vec2f& uv = mesh.uv[f][k];
      const auto key = std::tuple(mesh.faces[f][k], std::bit_cast<uint32_t>(uv.x()), std::bit_cast<uint32_t>(uv.y()));
      const auto [at, is_new] = known.try_emplace(key, uint32_t(vertices.source.size()));
      if (is_new) {
        vertices.source.push_back(mesh.faces[f][k]);
        vertices.uv.push_back(uv);
      }
      face[k] = at->second;
    }
    vertices.faces.push_back(face);
  }
  return vertices;
}

uint16_t Linear16(uint8_t srgb) {
  const double v = srgb / 255.0;
  return uint16_t(std::lround(65535 * (v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4))));
}

class GltfBuilder {
 public:
  explicit GltfBuilder(const Mesh& mesh) : mesh_(mesh), vertices_(SplitAtSeams(mesh)) {
    offset_ = OffsetOf(BoundsOf(mesh.positions));
    model_.asset.version = "2.0";
    model_.asset.generator = "sanerf " + VersionString();
    model_.buffers.emplace_back();
  }

  tinygltf::Model Build() {
    tinygltf::Primitive primitive;
    primitive.mode = TINYGLTF_MODE_TRIANGLES;
    primitive.attributes["POSITION"] = AddPositions();
    primitive.attributes["NORMAL"] = AddVectors(mesh_.normals);
    if (mesh_.texture.empty())
      primitive.attributes["COLOR_0"] = AddColors();
    else
      primitive.attributes["TEXCOORD_0"] = AddTextureCoordinates();
    primitive.indices = AddFaces();
    primitive.material = AddMaterial();
    tinygltf::Mesh mesh;
    mesh.name = mesh_.name;
    mesh.primitives.push_back(std::move(primitive));
    model_.meshes.push_back(std::move(mesh));
    AddNode();
    return std::move(model_);
  }

 private:
  // The bytes as a view of the buffer, aligned as all component types need.
  int AddView(const void* bytes, size_t size, int target) {
    std::vector<unsigned char>& data = model_.buffers[0].data;
    data.resize((data.size() + 3) / 4 * 4, 0);
    tinygltf::BufferView view;
    view.buffer = 0;
    view.byteOffset = data.size();
    view.byteLength = size;
    view.target = target;
    const auto* first = static_cast<const unsigned char*>(bytes);
    data.insert(data.end(), first, first + size);
    model_.bufferViews.push_back(view);
    return int(model_.bufferViews.size()) - 1;
  }
  template <class T>
  int AddAccessor(const std::vector<T>& values, int component, int type, size_t count,
                  int target = TINYGLTF_TARGET_ARRAY_BUFFER) {
    tinygltf::Accessor accessor;
    accessor.bufferView = AddView(values.data(), values.size() * sizeof(T), target);
    accessor.componentType = component;
    accessor.type = type;
    accessor.count = count;
    model_.accessors.push_back(accessor);
    return int(model_.accessors.size()) - 1;
  }

  int AddPositions() {
    std::vector<float> values;
    std::vector<float> low(3, INFINITY), high(3, -INFINITY);
    for (const uint32_t v : vertices_.source)
      for (int a = 0; a < 3; ++a) {
        values.push_back(float(mesh_.positions[v][a] - offset_[a]));
        low[size_t(a)] = std::min(low[size_t(a)], values.back());
        high[size_t(a)] = std::max(high[size_t(a)], values.back());
      }
    const int index = AddAccessor(values, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_VEC3, vertices_.source.size());
    model_.accessors[size_t(index)].minValues.assign(low.begin(), low.end());
    model_.accessors[size_t(index)].maxValues.assign(high.begin(), high.end());
    return index;
  }
  int AddVectors(const std::vector<Vec3f>& vectors) {
    std::vector<float> values;
    for (const uint32_t v : vertices_.source)
      for (int a = 0; a < 3; ++a) values.push_back(vectors[v][a]);
    return AddAccessor(values, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_VEC3, vertices_.source.size());
  }
  int AddColors() {  // four components, so that each vertex begins at a multiple of four bytes
    std::vector<uint16_t> values;
    for (const uint32_t v : vertices_.source) {
      for (const uint8_t c : mesh_.colors[v]) values.push_back(Linear16(c));
      values.push_back(65535);
    }
    const int index =
        AddAccessor(values, TINYGLTF_COMPONENT_TYPE_UNSIGNED_SHORT, TINYGLTF_TYPE_VEC4, vertices_.source.size());
    model_.accessors[size_t(index)].normalized = true;
    return index;
  }
  int AddTextureCoordinates() {
    std::vector<float> values;
    for (const Vec2f& uv : vertices_.uv) values.insert(values.end(), {uv.x(), uv.y()});
    return AddAccessor(values, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_VEC2, vertices_.source.size());
  }
  int AddFaces() {
    std::vector<uint32_t> values;
    for (const Face& face : vertices_.faces) values.insert(values.end(), face.begin(), face.end());
    return AddAccessor(values, TINYGLTF_COMPONENT_TYPE_UNSIGNED_INT, TINYGLTF_TYPE_SCALAR, values.size(),
                       TINYGLTF_TARGET_ELEMENT_ARRAY_BUFFER);
  }

  int AddMaterial() {
    tinygltf::Material material;
    material.name = "surface";
    material.pbrMetallicRoughness.metallicFactor = 0;
    material.extensions["KHR_materials_unlit"] = tinygltf::Value(tinygltf::Value::Object());
    model_.extensionsUsed.push_back("KHR_materials_unlit");
    if (!mesh_.texture.empty()) {
      const std::string bytes = EncodeJpeg(mesh_.texture);
      tinygltf::Image image;
      image.bufferView = AddView(bytes.data(), bytes.size(), 0);
      image.mimeType = "image/jpeg";
      model_.images.push_back(image);
      tinygltf::Sampler sampler;
      sampler.magFilter = TINYGLTF_TEXTURE_FILTER_LINEAR;
      sampler.minFilter = TINYGLTF_TEXTURE_FILTER_LINEAR_MIPMAP_LINEAR;
      sampler.wrapS = sampler.wrapT = TINYGLTF_TEXTURE_WRAP_CLAMP_TO_EDGE;
      model_.samplers.push_back(sampler);
      tinygltf::Texture texture;
      texture.sampler = 0;
      texture.source = 0;
      model_.textures.push_back(texture);
      material.pbrMetallicRoughness.baseColorTexture.index = 0;
    }
    model_.materials.push_back(material);
    return 0;
  }

  void AddNode() {
    Mat3 y_up_from_z_up;
    y_up_from_z_up << 1, 0, 0, 0, 0, 1, 0, -1, 0;
    const Eigen::Quaterniond turn = Eigen::Quaterniond(y_up_from_z_up * mesh_.upright_from_file).normalized();
    tinygltf::Node node;
    node.name = mesh_.name;
    node.mesh = 0;
    node.rotation = {turn.x(), turn.y(), turn.z(), turn.w()};
    tinygltf::Value::Array offset;
    for (int a = 0; a < 3; ++a) offset.emplace_back(offset_[a]);
    tinygltf::Value::Object extras;
    extras["frame"] =
        tinygltf::Value(std::string("the scene's own, before this node's rotation; offset is to be added"));
    extras["units"] = tinygltf::Value(std::string("the scene's own"));
    extras["offset"] = tinygltf::Value(std::move(offset));
    extras["object_id"] = tinygltf::Value(mesh_.label);
    node.extras = tinygltf::Value(std::move(extras));
    model_.nodes.push_back(std::move(node));
    tinygltf::Scene scene;
    scene.nodes = {0};
    model_.scenes.push_back(std::move(scene));
    model_.defaultScene = 0;
  }

  const Mesh& mesh_;
  const GltfVertices vertices_;
  Vec3 offset_;
  tinygltf::Model model_;
};

}  // namespace

std::string EncodeGlb(const Mesh& mesh) {
  SANERF_CHECK(!mesh.faces.empty() && mesh.normals.size() == mesh.positions.size());
  const double bytes = 44.0 * 3 * double(mesh.faces.size()) + double(mesh.texture.data.size());
  if (bytes > kMostGlbBytes)
    throw Error("the mesh is too large for a GLB file", fmt::format("it has {} faces", mesh.faces.size()),
                "allow fewer: --faces 5000000");
  const tinygltf::Model model = GltfBuilder(mesh).Build();
  std::ostringstream out;
  tinygltf::TinyGLTF writer;
  SANERF_CHECK(writer.WriteGltfSceneToStream(&model, out, false, true));
  return std::move(out).str();
}

void WriteGlb(const std::filesystem::path& path, const Mesh& mesh) { WriteFileAtomic(path, EncodeGlb(mesh)); }

}  // namespace sanerf::exports
