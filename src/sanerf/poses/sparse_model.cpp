#include "sanerf/poses/sparse_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

// COLMAP writes these files on little-endian machines only.
class Reader {
 public:
  explicit Reader(const fs::path& path) : path_(path.string()), bytes_(ReadFile(path, FileKind::kArray)) {}

  template <class T>
  T Next() {
    static_assert(std::is_trivially_copyable_v<T>);
    if (bytes_.size() - at_ < sizeof(T)) Fail("the file is truncated");
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  // A number of records that follow, each of at least `bytes_each`.
  uint64_t NextCount(uint64_t bytes_each) {
    const auto count = Next<uint64_t>();
    if (count > (bytes_.size() - at_) / bytes_each) Fail("the file is truncated");
    return count;
  }
  std::string NextText() {
    const size_t end = bytes_.find('\0', at_);
    if (end == std::string::npos) Fail("the file is truncated");
    std::string text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }
  [[noreturn]] void Fail(const std::string& why) const {
    throw Error(path_, fmt::format("{} (byte {} of {})", why, at_, bytes_.size()), "run the same command again");
  }

 private:
  std::string path_, bytes_;
  size_t at_ = 0;
};

class Writer {
 public:
  template <class T>
  void Put(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    std::memcpy(bytes_.data() + at, &value, sizeof(T));
  }
  void PutText(const std::string& text) {
    bytes_.append(text);
    bytes_ += '\0';
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

Vec3 NextVector(Reader& reader) {
  Vec3 v;
  for (int axis = 0; axis < 3; ++axis) v[axis] = reader.Next<double>();
  return v;
}

void ReadCameras(const fs::path& path, SparseModel* model) {
  Reader reader(path);
  const uint64_t count = reader.NextCount(24);
  for (uint64_t i = 0; i < count; ++i) {
    const auto id = reader.Next<uint32_t>();
    const auto number = reader.Next<int32_t>();
    const scene::ColmapLens* lens = scene::ColmapLensByNumber(number);
    if (lens == nullptr) reader.Fail(fmt::format("unknown lens model number {}", number));
    scene::ColmapCamera camera;
    camera.model = lens->name;
    camera.width = int64_t(reader.Next<uint64_t>());
    camera.height = int64_t(reader.Next<uint64_t>());
    for (int p = 0; p < lens->num_params(); ++p) camera.params.push_back(reader.Next<double>());
    model->cameras[id] = std::move(camera);
  }
}

void ReadImages(const fs::path& path, SparseModel* model) {
  Reader reader(path);
  const uint64_t count = reader.NextCount(73);
  for (uint64_t i = 0; i < count; ++i) {
    const auto id = reader.Next<uint32_t>();
    SparseImage image;
    double q[4];
    for (double& value : q) value = reader.Next<double>();
    image.cam_from_world_rotation = Eigen::Quaterniond(q[0], q[1], q[2], q[3]);
    image.cam_from_world_translation = NextVector(reader);
    image.camera_id = reader.Next<uint32_t>();
    image.name = reader.NextText();
    const uint64_t num_observations = reader.NextCount(24);
    for (uint64_t o = 0; o < num_observations; ++o) {
      const auto x = reader.Next<double>(), y = reader.Next<double>();
      image.observations.push_back({x, y, reader.Next<uint64_t>()});
    }
    model->images[id] = std::move(image);
  }
}

void ReadPoints(const fs::path& path, SparseModel* model) {
  Reader reader(path);
  const uint64_t count = reader.NextCount(51);
  for (uint64_t i = 0; i < count; ++i) {
    const auto id = reader.Next<uint64_t>();
    SparsePoint point;
    point.position = NextVector(reader);
    for (uint8_t& channel : point.color) channel = reader.Next<uint8_t>();
    point.error = reader.Next<double>();
    const uint64_t length = reader.NextCount(8);
    for (uint64_t s = 0; s < length; ++s) {
      const auto image_id = reader.Next<uint32_t>();
      point.track.push_back({image_id, reader.Next<uint32_t>()});
    }
    model->points[id] = std::move(point);
  }
}

int32_t NumberOf(const std::string& lens) {
  for (int32_t number = 0; scene::ColmapLensByNumber(number) != nullptr; ++number)
    if (lens == scene::ColmapLensByNumber(number)->name) return number;
  throw Error("unknown lens model " + lens);
}

void WriteCameras(const SparseModel& model, const fs::path& path) {
  Writer writer;
  writer.Put(uint64_t(model.cameras.size()));
  for (const auto& [id, camera] : model.cameras) {
    writer.Put(id);
    writer.Put(NumberOf(camera.model));
    writer.Put(uint64_t(camera.width));
    writer.Put(uint64_t(camera.height));
    for (const double value : camera.params) writer.Put(value);
  }
  WriteFileAtomic(path, writer.bytes());
}

void WriteImages(const SparseModel& model, const fs::path& path) {
  Writer writer;
  writer.Put(uint64_t(model.images.size()));
  for (const auto& [id, image] : model.images) {
    writer.Put(id);
    const Eigen::Quaterniond& q = image.cam_from_world_rotation;
    for (const double value : {q.w(), q.x(), q.y(), q.z()}) writer.Put(value);
    for (int axis = 0; axis < 3; ++axis) writer.Put(image.cam_from_world_translation[axis]);
    writer.Put(image.camera_id);
    writer.PutText(image.name);
    writer.Put(uint64_t(image.observations.size()));
    for (const Observation& seen : image.observations) {
      writer.Put(seen.x);
      writer.Put(seen.y);
      writer.Put(seen.point_id);
    }
  }
  WriteFileAtomic(path, writer.bytes());
}

void WritePoints(const SparseModel& model, const fs::path& path) {
  Writer writer;
  writer.Put(uint64_t(model.points.size()));
  for (const auto& [id, point] : model.points) {
    writer.Put(id);
    for (int axis = 0; axis < 3; ++axis) writer.Put(point.position[axis]);
    for (const uint8_t channel : point.color) writer.Put(channel);
    writer.Put(point.error);
    writer.Put(uint64_t(point.track.size()));
    for (const SparsePoint::Sighting& sighting : point.track) {
      writer.Put(sighting.image_id);
      writer.Put(sighting.observation);
    }
  }
  WriteFileAtomic(path, writer.bytes());
}

}  // namespace

std::vector<std::string> SparseModel::ImageNames() const {
  std::vector<std::string> names;
  for (const auto& [id, image] : images) names.push_back(image.name);
  std::sort(names.begin(), names.end());
  return names;
}

SparseModel ReadSparseModel(const fs::path& folder) {
  SparseModel model;
  ReadCameras(folder / "cameras.bin", &model);
  ReadImages(folder / "images.bin", &model);
  ReadPoints(folder / "points3D.bin", &model);
  return model;
}

void WriteSparseModel(const SparseModel& model, const fs::path& folder) {
  EnsureWritableFolder(folder);
  WriteCameras(model, folder / "cameras.bin");
  WriteImages(model, folder / "images.bin");
  WritePoints(model, folder / "points3D.bin");
}

// x' = s R x + t, so that x = R^T (x' - t) / s and
//   x_cam = C x + c = C R^T (x' - t) / s + c;   s x_cam = C R^T x' + (s c - C R^T t).
// A camera does not see the scale s of what is in front of it.
void Transform(const Similarity& new_from_old, SparseModel* model) {
  const Eigen::Quaterniond turn_back = Eigen::Quaterniond(new_from_old.rotation).conjugate();
  for (auto& [id, image] : model->images) {
    image.cam_from_world_rotation = (image.cam_from_world_rotation.normalized() * turn_back).normalized();
    image.cam_from_world_translation = new_from_old.scale * image.cam_from_world_translation -
                                       image.cam_from_world_rotation * new_from_old.translation;
  }
  for (auto& [id, point] : model->points) point.position = new_from_old * point.position;
}

}  // namespace sanerf::poses
