// Alignment, Export, Registration, "Internal/External camera parameters":
//   #name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2
// x y alt are the camera's center, z is up. f, px and py are millimeters on a frame of 36 mm along the photo's longer
// side, px and py from the photo's middle. Angles are degrees: with all of them 0 the camera looks straight down with
// north (y) at the top; heading turns clockwise seen from above. The lens is Brown's, in OpenCV's order.
#include "sanerf/scene/realitycapture_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/scene/export_listing.h"
#include "sanerf/scene/text_file.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr double kFrameWidth = 36;  // millimeters
constexpr const char* kExportCsvAgain =
    "export it again: Alignment, Registration, Internal/External camera parameters (CSV)";

// One line of a CSV: fields in quotes may hold the separator, and "" for a quote.
std::vector<std::string> CsvFields(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      const bool is_escaped = is_quoted && i + 1 < line.size() && line[i + 1] == '"';
      if (is_escaped) fields.back() += line[++i];
      if (!is_escaped) is_quoted = !is_quoted;
    } else if (line[i] == separator && !is_quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  for (std::string& field : fields) {
    const size_t first = field.find_first_not_of(" \t"), last = field.find_last_not_of(" \t");
    field = first == std::string::npos ? "" : field.substr(first, last - first + 1);
  }
  return fields;
}

class CsvTable {
 public:
  explicit CsvTable(const fs::path& path) : path_(path.string()), text_(ReadTextFile(path)) {
    std::string line;
    while (NextLine(&line)) {
      if (LowerCase(line).find("heading") == std::string::npos) continue;  // "#cameras 27"
      for (const char separator : {',', ';', '\t'})
        if (line.find(separator) != std::string::npos) {
          separator_ = separator;
          break;
        }
      size_t index = 0;
      for (std::string& name : CsvFields(line, separator_)) {
        while (!name.empty() && name[0] == '#') name.erase(0, 1);
        columns_.emplace(LowerCase(name), index++);
      }
      break;
    }
    for (const char* needed : {"name", "x", "y", "alt", "heading", "pitch", "roll", "f"})
      if (!columns_.count(needed)) throw Error(path_, fmt::format("it has no column '{}'", needed), kExportCsvAgain);
  }

  bool Next() {
    std::string line;
    while (NextLine(&line)) {
      if (line.empty() || line[0] == '#') continue;
      fields_ = CsvFields(line, separator_);
      return true;
    }
    return false;
  }
  std::string where() const { return fmt::format("{}:{}", path_, number_); }
  std::string Text(const char* column) const {
    const auto known = columns_.find(column);
    return known != columns_.end() && known->second < fields_.size() ? fields_[known->second] : "";
  }
  // 0 where there is no such column.
  double Number(const char* column) const {
    if (!columns_.count(column)) return 0;
    std::string text = Text(column);
    if (separator_ != ',') std::replace(text.begin(), text.end(), ',', '.');  // written where commas are decimal points
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      throw Error(where(), fmt::format("{} is '{}', not a number", column, text.substr(0, 40)), kExportCsvAgain);
    return value;
  }

 private:
  bool NextLine(std::string* line) {
    if (!std::getline(text_, *line)) return false;
    ++number_;
    if (!line->empty() && line->back() == '\r') line->pop_back();
    return true;
  }

  std::string path_;
  std::istringstream text_;
  int number_ = 0;
  char separator_ = ',';
  std::map<std::string, size_t> columns_;
  std::vector<std::string> fields_;
};

// OpenGL axes, as ours.
Pose PoseOfRow(const CsvTable& row) {
  const auto radians = [&](const char* column) { return row.Number(column) * M_PI / 180; };
  Pose pose;
  pose.rotation =
      (Eigen::AngleAxisd(-radians("heading"), Vec3::UnitZ()) * Eigen::AngleAxisd(radians("pitch"), Vec3::UnitX()) *
       Eigen::AngleAxisd(radians("roll"), Vec3::UnitY()))
          .toRotationMatrix();
  pose.translation = {row.Number("x"), row.Number("y"), row.Number("alt")};
  return pose;
}

Camera CameraOfRow(const CsvTable& row, const ImageInfo& photo) {
  const double pixels_per_mm = std::max(photo.width, photo.height) / kFrameWidth;
  Camera camera;
  camera.fx = camera.fy = row.Number("f") * pixels_per_mm;
  camera.cx = 0.5 * photo.width + row.Number("px") * pixels_per_mm;
  camera.cy = 0.5 * photo.height + row.Number("py") * pixels_per_mm;
  ListedLens lens;
  lens.k1 = row.Number("k1"), lens.k2 = row.Number("k2"), lens.k3 = row.Number("k3"), lens.k4 = row.Number("k4");
  lens.p1 = row.Number("t1"), lens.p2 = row.Number("t2");
  SetLens(lens, &camera);
  camera.world_from_cam = PoseOfRow(row);
  return camera;
}

}  // namespace

SceneListing ReadRealityCapture(const fs::path& root, const fs::path& file, const Job& job) {
  ExportListing listing(root, file, job);
  listing.listing().format = "realitycapture";
  listing.listing().source = "RealityCapture " + NameInScene(root, file);
  listing.listing().z_up = true;
  CsvTable rows(file);
  while (rows.Next()) {
    const std::string name = rows.Text("name");
    if (name.empty()) continue;
    if (rows.Text("heading").empty() || rows.Text("f").empty()) {
      listing.LeaveOut(name);
      continue;
    }
    if (const auto photo = listing.Find(name))
      listing.Add(*photo, CameraOfRow(rows, listing.Info(*photo)), rows.where());
  }
  return listing.Finish("RealityCapture");
}

}  // namespace sanerf::scene
