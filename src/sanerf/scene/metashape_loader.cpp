// Metashape User Manual, appendix "Camera models", frame cameras: with x = X/Z, y = Y/Z (x right, y down, z forward),
//   x' = x (1 + K1 r^2 + K2 r^4 + K3 r^6 + K4 r^8) + P1 (r^2 + 2 x^2) + 2 P2 x y
//   y' = y (1 + K1 r^2 + K2 r^4 + K3 r^6 + K4 r^8) + P2 (r^2 + 2 y^2) + 2 P1 x y
//   u = w / 2 + cx + x' f + x' B1 + y' B2,   v = h / 2 + cy + y' f
// OpenCV has P1 and P2 the other way round.
#include "sanerf/scene/metashape_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <pugixml.hpp>
#include <string_view>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/export_listing.h"
#include "sanerf/scene/frame_folder.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

constexpr const char* kExportXmlAgain = "export the cameras again: File, Export, Export Cameras, Agisoft XML";
constexpr double kUnseenSkew = 0.01;  // pixels, at the picture's edge

std::vector<double> XmlNumbers(const std::string& text, size_t count, const std::string& where) {
  std::vector<double> numbers;
  const char *at = text.data(), *end = at + text.size();
  for (;;) {
    while (at != end && std::isspace(static_cast<unsigned char>(*at)) != 0) ++at;
    if (at == end) break;
    if (*at == '+') ++at;
    double value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || next == at || !std::isfinite(value))
      throw Error(where, fmt::format("'{}' is not a list of numbers", text.substr(0, 60)), kExportXmlAgain);
    numbers.push_back(value);
    at = next;
  }
  if (numbers.size() != count)
    throw Error(where, fmt::format("expected {}, found {}", Counted(int64_t(count), "number"), numbers.size()),
                kExportXmlAgain);
  return numbers;
}

double XmlNumberOr(const pugi::xml_node& parent, const char* name, double fallback, const std::string& where) {
  const pugi::xml_node node = parent.child(name);
  return node ? XmlNumbers(node.text().get(), 1, fmt::format("{}: {}", where, name))[0] : fallback;
}

bool IsDisabled(const pugi::xml_node& node) {
  const std::string enabled = node.attribute("enabled").value();
  return enabled == "false" || enabled == "0";
}

// The calibration that the alignment found, not the one that was there before.
pugi::xml_node ChooseCalibration(const pugi::xml_node& sensor) {
  pugi::xml_node chosen;
  for (const pugi::xml_node calibration : sensor.children("calibration")) {
    const std::string of = calibration.attribute("class").value();
    if (!chosen || of == "adjusted") chosen = calibration;
  }
  return chosen;
}

Camera ReadSensor(const pugi::xml_node& sensor, const std::string& where) {
  const pugi::xml_node calibration = ChooseCalibration(sensor);
  if (!calibration)
    throw Error(where, "the sensor has no calibration", "align the photos, and export the cameras again");
  std::string type = calibration.attribute("type").value();
  if (type.empty()) type = sensor.attribute("type").value();
  if (!type.empty() && type != "frame" && type != "fisheye")
    throw Error(where, fmt::format("cameras of the type {} are not supported", type),
                "use photos of frame cameras, or convert them to perspective pictures first");
  pugi::xml_node resolution = calibration.child("resolution");
  if (!resolution) resolution = sensor.child("resolution");
  Camera camera;
  camera.width = resolution.attribute("width").as_int();
  camera.height = resolution.attribute("height").as_int();
  if (camera.width < 1 || camera.height < 1) throw Error(where, "it has no resolution", kExportXmlAgain);
  const auto number = [&](const char* name) { return XmlNumberOr(calibration, name, 0, where); };
  // Older versions have fx and fy, and the principal point from the corner.
  const bool is_old = !calibration.child("f") && calibration.child("fx");
  camera.fy = is_old ? number("fy") : number("f");
  camera.fx = is_old ? number("fx") : camera.fy + number("b1");
  camera.cx = number("cx") + (is_old ? 0 : 0.5 * camera.width);
  camera.cy = number("cy") + (is_old ? 0 : 0.5 * camera.height);
  if (!(camera.fx > 0 && camera.fy > 0)) throw Error(where, "it has no focal length", kExportXmlAgain);
  const double skew = std::abs(number("b2")) * 0.5 * camera.height / camera.fy;
  if (skew > kUnseenSkew) {
    throw Error(where, fmt::format("its pixels are skewed (b2 moves the picture's edge by {:.2g} pixels)", skew),
                "align the photos without fitting b2, or export them undistorted");
  }
  for (const char* name : {"p3", "p4"})
    if (number(name) != 0)
      throw Error(where, fmt::format("lens distortion with {} is not supported", name),
                  "align the photos without fitting p3 and p4, or export them undistorted");
  ListedLens lens;
  lens.k1 = number("k1"), lens.k2 = number("k2"), lens.k3 = number("k3"), lens.k4 = number("k4");
  lens.p1 = number("p2"), lens.p2 = number("p1");
  lens.is_fisheye = type == "fisheye";
  SetLens(lens, &camera);
  return camera;
}

// Of a chunk or a component; none when it was never set.
std::optional<Similarity> ReadXmlSimilarity(const pugi::xml_node& parent, const std::string& where) {
  const pugi::xml_node node = parent.child("transform");
  if (!node || !node.child("rotation") || !node.child("translation")) return std::nullopt;
  const std::vector<double> r = XmlNumbers(node.child("rotation").text().get(), 9, where + ": rotation");
  const std::vector<double> t = XmlNumbers(node.child("translation").text().get(), 3, where + ": translation");
  Similarity similarity;
  Mat3 rotation;
  rotation << r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8];
  similarity.rotation = CheckedRotation(rotation, where);
  similarity.translation = {t[0], t[1], t[2]};
  similarity.scale = XmlNumberOr(node, "scale", 1, where);
  if (!(similarity.scale > 0)) throw Error(where, "its scale is not positive", kExportXmlAgain);
  return similarity;
}

class MetashapeReader {
 public:
  MetashapeReader(ExportListing& listing, const pugi::xml_node& chunk, std::string file)
      : listing_(listing), chunk_(chunk), file_(std::move(file)) {
    const auto of_chunk = ReadXmlSimilarity(chunk, file_ + ": chunk");
    for (const pugi::xml_node component : chunk.child("components").children("component")) {
      const std::string id = component.attribute("id").value();
      if (const auto own = ReadXmlSimilarity(component, fmt::format("{}: component {}", file_, id)))
        components_[id] = *own;
    }
    if (of_chunk) world_from_chunk_ = *of_chunk;
    for (const pugi::xml_node sensor : chunk.child("sensors").children("sensor"))
      sensors_[sensor.attribute("id").value()] = sensor;
  }

  void Read() {
    std::vector<pugi::xml_node> groups = {chunk_.child("cameras")};
    while (!groups.empty()) {
      const pugi::xml_node group = groups.back();
      groups.pop_back();
      for (const pugi::xml_node node : group.children()) {
        if (std::string_view(node.name()) == "group") groups.push_back(node);
        if (std::string_view(node.name()) == "camera") ReadCamera(node);
      }
    }
  }
  const std::vector<std::string>& disabled() const { return disabled_; }

 private:
  void ReadCamera(const pugi::xml_node& node) {
    const std::string label = node.attribute("label").value();
    if (label.empty()) return;
    if (IsDisabled(node)) {
      disabled_.push_back(label);
      return;
    }
    if (!node.child("transform")) {
      listing_.LeaveOut(label);
      return;
    }
    const std::string where = fmt::format("{}: camera {}", file_, label);
    const auto photo = listing_.Find(label);
    if (!photo) return;
    Camera camera = SensorOf(node.attribute("sensor_id").value(), where);
    const std::vector<double> t = XmlNumbers(node.child("transform").text().get(), 16, where);
    Mat3 rotation;
    rotation << t[0], t[1], t[2], t[4], t[5], t[6], t[8], t[9], t[10];
    const auto component = components_.find(node.attribute("component_id").value());
    const Similarity& world = component == components_.end() ? world_from_chunk_ : component->second;
    camera.world_from_cam = world * PoseFromOpenCv(rotation, {t[3], t[7], t[11]}, where);
    camera.world_from_cam.rotation = CheckedRotation(camera.world_from_cam.rotation, where);
    listing_.Add(*photo, camera, where);
  }

  const Camera& SensorOf(const std::string& id, const std::string& where) {
    const auto known = cameras_.find(id);
    if (known != cameras_.end()) return known->second;
    const auto sensor = sensors_.find(id);
    if (sensor == sensors_.end()) throw Error(where, fmt::format("there is no sensor {}", id), kExportXmlAgain);
    return cameras_.emplace(id, ReadSensor(sensor->second, fmt::format("{}: sensor {}", file_, id))).first->second;
  }

  ExportListing& listing_;
  pugi::xml_node chunk_;
  std::string file_;
  Similarity world_from_chunk_;
  std::map<std::string, Similarity> components_;   // by id; only those that have one
  std::map<std::string, pugi::xml_node> sensors_;  // by id
  std::map<std::string, Camera> cameras_;          // of sensors, without a pose
  std::vector<std::string> disabled_;
};

}  // namespace

SceneListing ReadMetashape(const fs::path& root, const fs::path& file, const Job& job) {
  const std::string text = ReadFile(file, FileKind::kText);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    const auto end = text.begin() + std::min<std::ptrdiff_t>(parsed.offset, std::ptrdiff_t(text.size()));
    throw Error(fmt::format("{}:{}", file.string(), 1 + std::count(text.begin(), end, '\n')),
                fmt::format("broken XML ({})", parsed.description()), kExportXmlAgain);
  }
  const pugi::xml_node chunk = document.child("document").child("chunk");
  if (!chunk || !chunk.child("cameras"))
    throw Error(file.string(), "it has no cameras of a Metashape chunk", kExportXmlAgain);

  ExportListing listing(root, file, job);
  listing.listing().format = "metashape";
  listing.listing().source = "Metashape " + NameInScene(root, file);
  listing.listing().z_up = true;
  MetashapeReader reader(listing, chunk, file.string());
  reader.Read();
  if (!reader.disabled().empty()) {
    listing.listing().warnings.push_back(
        fmt::format("{} left out, because {} disabled in Metashape: {}",
                    Counted(int64_t(reader.disabled().size()), "photo is", "photos are"),
                    IsAre(int64_t(reader.disabled().size()), "it is", "they are"), ListOfNames(reader.disabled())));
  }
  if (chunk.next_sibling("chunk"))
    listing.listing().warnings.push_back("of several chunks in " + NameInScene(root, file) + " the first is read");
  return listing.Finish("Metashape");
}

}  // namespace sanerf::scene
