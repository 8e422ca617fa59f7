#include "sanerf/scene/colmap_binary.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/colmap_model.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

// Reads little-endian values one after another and says where the file ends too early.
class ByteReader {
 public:
  explicit ByteReader(const fs::path& path) : path_(path.string()), bytes_(ReadFile(path, FileKind::kArray)) {}

  template <class T>
  T Next() {
    T value;
    Need(sizeof(T));
    std::memcpy(&value, &bytes_[at_], sizeof(T));
    at_ += sizeof(T);
    return value;
  }

  std::string NextString() {
    const size_t end = bytes_.find('\0', at_);
    if (end == std::string::npos) Need(bytes_.size() - at_ + 1);
    std::string text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }

  void Skip(uint64_t count, uint64_t size) {
    if (count > (bytes_.size() - at_) / size) Need(bytes_.size() - at_ + 1);
    at_ += count * size;
  }

  void StartRecord(const char* kind, uint64_t index, uint64_t count) {
    record_ = fmt::format("{} {} of {}", kind, index + 1, count);
  }
  [[noreturn]] void Fail(const std::string& why, const std::string& hint = "export the model again with COLMAP") const {
    throw Error(path_ + (record_.empty() ? "" : ": " + record_), why, hint);
  }

 private:
  void Need(size_t count) {
    if (count > bytes_.size() - at_) Fail(fmt::format("the file is truncated ({} bytes)", bytes_.size()));
  }

  std::string path_, bytes_, record_;
  size_t at_ = 0;
};

void ReadBinaryCameras(const fs::path& path, ColmapModel& model) {
  ByteReader reader(path);
  const auto count = reader.Next<uint64_t>();
  for (uint64_t i = 0; i < count; ++i) {
    reader.StartRecord("camera", i, count);
    const auto id = reader.Next<uint32_t>();
    const auto number = reader.Next<int32_t>();
    const ColmapLens* lens = ColmapLensByNumber(number);
    if (!lens) reader.Fail(fmt::format("unknown lens model number {}", number), kUndistort);
    ColmapCamera camera;
    camera.model = lens->name;
    camera.width = int64_t(reader.Next<uint64_t>());
    camera.height = int64_t(reader.Next<uint64_t>());
    for (int p = 0; p < lens->num_params(); ++p) camera.params.push_back(reader.Next<double>());
    model.cameras[id] = std::move(camera);
  }
}

void ReadBinaryImages(const fs::path& path, ColmapModel& model) {
  ByteReader reader(path);
  const auto count = reader.Next<uint64_t>();
  for (uint64_t i = 0; i < count; ++i) {
    reader.StartRecord("image", i, count);
    ColmapImage image;
    reader.Next<uint32_t>();  // image id
    double q[4];
    for (double& value : q) value = reader.Next<double>();
    image.cam_from_world_rotation = Eigen::Quaterniond(q[0], q[1], q[2], q[3]);
    for (int axis = 0; axis < 3; ++axis) image.cam_from_world_translation[axis] = reader.Next<double>();
    image.camera_id = reader.Next<uint32_t>();
    image.name = reader.NextString();
    const auto num_observations = reader.Next<uint64_t>();
    for (uint64_t o = 0; o < num_observations; ++o) {
      reader.Skip(1, 2 * sizeof(double));
      const auto point_id = reader.Next<int64_t>();
      if (point_id >= 0) image.point_ids.push_back(point_id);
    }
    model.images.push_back(std::move(image));
  }
}

void ReadBinaryPoints(const fs::path& path, ColmapModel& model) {
  ByteReader reader(path);
  const auto count = reader.Next<uint64_t>();
  for (uint64_t i = 0; i < count; ++i) {
    reader.StartRecord("point", i, count);
    const auto id = int64_t(reader.Next<uint64_t>());
    ColmapPoint point;
    for (int axis = 0; axis < 3; ++axis) point.position[axis] = reader.Next<double>();
    reader.Skip(1, 3);  // color
    const double error = reader.Next<double>();
    if (error > 0 && std::isfinite(error)) point.error = error;
    reader.Skip(reader.Next<uint64_t>(), 2 * sizeof(int32_t));  // track
    if (IsPlace(point.position)) model.points.emplace(id, point);
  }
}

}  // namespace

ColmapModel ReadColmapBinary(const fs::path& folder, bool with_points) {
  ColmapModel model;
  ReadBinaryCameras(folder / "cameras.bin", model);
  ReadBinaryImages(folder / "images.bin", model);
  if (with_points && fs::exists(folder / "points3D.bin")) ReadBinaryPoints(folder / "points3D.bin", model);
  return model;
}

}  // namespace sanerf::scene
