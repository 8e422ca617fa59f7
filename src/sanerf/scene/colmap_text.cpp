#include "sanerf/scene/colmap_text.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/scene/check_scene.h"
#include "sanerf/scene/colmap_model.h"
#include "sanerf/scene/text_file.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

// The lines of a text file without comments, with their numbers.
class LineReader {
 public:
  explicit LineReader(const fs::path& path) : path_(path.string()), text_(ReadTextFile(path, FileKind::kArray)) {}

  // False at the end. Blank lines count only where the format gives them a meaning.
  bool Next(bool skip_blank) {
    std::string line;
    while (std::getline(text_, line)) {
      ++number_;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      const bool blank = line.find_first_not_of(" \t") == std::string::npos;
      if ((!line.empty() && line[0] == '#') || (blank && skip_blank)) continue;
      fields_.clear();
      fields_.str(line);
      return true;
    }
    return false;
  }

  template <class T>
  T Field(const char* what) {
    T value;
    if (!(fields_ >> value)) Fail(fmt::format("expected {}", what));
    return value;
  }
  template <class T>
  bool TryField(T& value) {
    return bool(fields_ >> value);
  }
  // Whether nothing is left of the line after a TryField that failed.
  bool AtEnd() const { return fields_.eof(); }
  std::string Rest() {
    std::string rest;
    std::getline(fields_ >> std::ws, rest);
    return rest;
  }

  [[noreturn]] void Fail(const std::string& why, const std::string& hint = "export the model again with COLMAP") const {
    throw Error(fmt::format("{}:{}", path_, number_), why, hint);
  }

 private:
  std::string path_;
  std::istringstream text_, fields_;
  int number_ = 0;
};

void ReadTextCameras(const fs::path& path, ColmapModel& model) {
  LineReader lines(path);
  while (lines.Next(true)) {
    const auto id = lines.Field<uint32_t>("a camera id");
    ColmapCamera camera;
    camera.model = lines.Field<std::string>("a lens model");
    camera.width = lines.Field<int64_t>("the image width");
    camera.height = lines.Field<int64_t>("the image height");
    const ColmapLens* lens = ColmapLensByName(camera.model);
    if (!lens) lines.Fail(fmt::format("unknown lens model {}", camera.model), kUndistort);
    for (double value; lines.TryField(value);) camera.params.push_back(value);
    if (int(camera.params.size()) != lens->num_params()) {
      lines.Fail(fmt::format("{} has {} parameters, found {}", camera.model, lens->num_params(), camera.params.size()));
    }
    model.cameras[id] = std::move(camera);
  }
}

// Two lines per image; the second, with its observations, may be blank.
void ReadTextImages(const fs::path& path, ColmapModel& model) {
  LineReader lines(path);
  while (lines.Next(true)) {
    ColmapImage image;
    lines.Field<uint32_t>("an image id");
    double q[4];
    for (double& value : q) value = lines.Field<double>("a quaternion");
    image.cam_from_world_rotation = Eigen::Quaterniond(q[0], q[1], q[2], q[3]);
    for (int axis = 0; axis < 3; ++axis) image.cam_from_world_translation[axis] = lines.Field<double>("a translation");
    image.camera_id = lines.Field<uint32_t>("a camera id");
    image.name = lines.Rest();
    if (image.name.empty()) lines.Fail("expected an image name");
    if (lines.Next(false)) {
      double x, y;
      while (lines.TryField(x)) {
        y = lines.Field<double>("an observation's y");
        static_cast<void>(y);
        const auto point_id = lines.Field<int64_t>("an observation's point id");
        if (point_id >= 0) image.point_ids.push_back(point_id);
      }
      if (!lines.AtEnd()) lines.Fail("expected the observations of the image above: x, y and point id in turn");
    }
    model.images.push_back(std::move(image));
  }
}

void ReadTextPoints(const fs::path& path, ColmapModel& model) {
  LineReader lines(path);
  while (lines.Next(true)) {
    const auto id = lines.Field<int64_t>("a point id");
    ColmapPoint point;
    for (int axis = 0; axis < 3; ++axis) point.position[axis] = lines.Field<double>("a coordinate");
    for (int channel = 0; channel < 3; ++channel) {  // some tools leave out what follows
      int color = 0;
      lines.TryField(color);
    }
    double error = 0;
    if (lines.TryField(error) && error > 0 && std::isfinite(error)) point.error = error;
    if (IsPlace(point.position)) model.points.emplace(id, point);
  }
}

}  // namespace

ColmapModel ReadColmapText(const fs::path& folder, bool with_points) {
  ColmapModel model;
  ReadTextCameras(folder / "cameras.txt", model);
  ReadTextImages(folder / "images.txt", model);
  if (with_points && fs::exists(folder / "points3D.txt")) ReadTextPoints(folder / "points3D.txt", model);
  return model;
}

}  // namespace sanerf::scene
