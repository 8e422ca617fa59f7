// The procedural scene as a folder: cameras, files, prompts.
#include "sanerf/synth/synth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/temporary.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/render.h"

namespace sanerf::synth {
namespace fs = std::filesystem;
namespace {

constexpr double kFieldOfView = 50 * M_PI / 180;
constexpr double kDepthScale = 0.0002;  // file units per step of the 16-bit depth images
constexpr const char* kGenerator = "sanerf synth";

Camera CameraAt(double azimuth, double elevation, double radius, const Vec3& target, const SynthOptions& options) {
  Camera camera;
  camera.width = camera.height = options.size;
  camera.fx = camera.fy = 0.5 * options.size / std::tan(0.5 * kFieldOfView);
  camera.cx = camera.cy = 0.5 * options.size;
  const Vec3 offset(std::cos(azimuth) * std::cos(elevation), std::sin(azimuth) * std::cos(elevation),
                    std::sin(elevation));
  camera.world_from_cam = LookAt(Vec3(0, 0, 0.1) + radius * offset, target);
  return camera;
}

// Cameras on a dome around the table. The golden angle spreads azimuths evenly for every count; elevations are
// stratified; distance and aim vary a little.
std::vector<Camera> DomeCameras(int count, const SynthOptions& options, int stream) {
  std::vector<Camera> cameras;
  Random phase(uint64_t(options.seed), uint64_t(stream));
  const double start = 2 * M_PI * phase.NextDouble();
  const double golden = M_PI * (3 - std::sqrt(5.0));
  for (int i = 0; i < count; ++i) {
    Random random(uint64_t(options.seed), uint64_t(stream), uint64_t(i) + 1);
    const double azimuth = start + golden * i;
    // Consecutive cameras jump in elevation too, so that every prefix of the list covers the dome.
    const double share = (std::fmod(i * 0.7548776662466927, 1.0) * (count - 1) + random.NextDouble()) / count;
    const double elevation = (15 + 50 * share) * M_PI / 180, radius = 1.95 + 0.3 * random.NextDouble();
    const Vec3 target(0.16 * (random.NextDouble() - 0.5), 0.16 * (random.NextDouble() - 0.5),
                      0.08 + 0.08 * random.NextDouble());
    cameras.push_back(CameraAt(azimuth, elevation, radius, target, options));
  }
  return cameras;
}

// One round on foot: the camera rises and sinks a little, comes nearer and goes away, and is back where it began.
std::vector<Camera> WalkCameras(const SynthOptions& options) {
  std::vector<Camera> cameras;
  const double start = 2 * M_PI * Random(uint64_t(options.seed), 3).NextDouble();
  for (int i = 0; i < options.views; ++i) {
    const double turn = 2 * M_PI * i / options.views;
    const double elevation = (32 + 10 * std::sin(2 * turn)) * M_PI / 180, radius = 2 + 0.12 * std::sin(3 * turn);
    cameras.push_back(CameraAt(start + turn, elevation, radius, Vec3(0, 0, 0.1), options));
  }
  return cameras;
}

Json CameraKeys(const SynthOptions& options) {
  const double focal = 0.5 * options.size / std::tan(0.5 * kFieldOfView);
  return {{"camera_angle_x", kFieldOfView},
          {"camera_angle_y", kFieldOfView},
          {"fl_x", focal},
          {"fl_y", focal},
          {"cx", 0.5 * options.size},
          {"cy", 0.5 * options.size},
          {"w", options.size},
          {"h", options.size},
          {"k1", 0.0},
          {"k2", 0.0},
          {"p1", 0.0},
          {"p2", 0.0},
          {"aabb_scale", 2},  // instant-ngp's box of ±3.03 around the origin holds the room
          {"integer_depth_scale", kDepthScale}};
}

Json MatrixJson(const Pose& pose) {
  Json rows = Json::array();
  for (int r = 0; r < 3; ++r) {
    rows.push_back(Json::array({pose.rotation(r, 0), pose.rotation(r, 1), pose.rotation(r, 2), pose.translation[r]}));
  }
  rows.push_back(Json::array({0.0, 0.0, 0.0, 1.0}));
  return rows;
}

// The pixel of the instance that lies deepest inside its mask: largest distance to the nearest pixel that is not it.
struct InnermostPixel {
  int x = 0, y = 0;
  double distance = 0;
};
InnermostPixel FindInnermost(const ImageU8& mask, int id) {
  // Chamfer distances (5-7-11, Borgefors 1986) in two sweeps; the picture's border counts as outside.
  const int w = mask.width, h = mask.height;
  Image<int> field(w, h, 1, 0);
  const auto at = [&](int x, int y) { return x < 0 || y < 0 || x >= w || y >= h ? 0 : field.At(x, y); };
  const auto sweep = [&](int x, int y, int s) {
    const int candidates[] = {at(x - s, y) + 5,          at(x, y - s) + 5,         at(x - s, y - s) + 7,
                              at(x + s, y - s) + 7,      at(x - 2, y - s) + 11,    at(x + 2, y - s) + 11,
                              at(x - 1, y - 2 * s) + 11, at(x + 1, y - 2 * s) + 11};
    field.At(x, y) = std::min(field.At(x, y), *std::min_element(std::begin(candidates), std::end(candidates)));
  };
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      field.At(x, y) = mask.At(x, y) == id ? 1 << 28 : 0;
      if (field.At(x, y) > 0) sweep(x, y, 1);
    }
  }
  InnermostPixel best;
  for (int y = h - 1; y >= 0; --y) {
    for (int x = w - 1; x >= 0; --x) {
      if (field.At(x, y) > 0) sweep(x, y, -1);
      if (field.At(x, y) > 5 * best.distance) best = {x, y, field.At(x, y) / 5.0};
    }
  }
  return best;
}

// What one view shows of one target.
struct Sighting {
  std::string view;
  Vec3 direction = Vec3::Zero();  // horizontal, from the table's axis to the camera
  InnermostPixel click;
  int64_t pixels = 0;
  double visible = 0;  // share of the object's outline that nothing covers
  bool cut_off = false;
};

Sighting LookFor(const SynthWorld& world, const SynthObject& object, const Camera& camera, const ImageU8& mask) {
  Sighting sighting;
  int64_t alone = 0, seen = 0;
  const int step = std::max(1, camera.width / 200);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const bool is_object = mask.At(x, y) == object.id;
      sighting.pixels += is_object;
      const bool at_border = x == 0 || y == 0 || x == mask.width - 1 || y == mask.height - 1;
      sighting.cut_off = sighting.cut_off || (is_object && at_border);
      if (x % step || y % step) continue;
      seen += is_object;
      alone += is_object || world.TraceAlone(object, camera.center(), camera.RayInWorld(Vec2(x + 0.5, y + 0.5)));
    }
  }
  sighting.visible = alone > 0 ? double(seen) / double(alone) : 0;
  if (sighting.pixels > 0) sighting.click = FindInnermost(mask, object.id);
  return sighting;
}

// Whole in the picture and uncovered first, then large.
double Quality(const Sighting& s) {
  return s.pixels * std::pow(s.visible, 12) * (s.cut_off ? 0.1 : 1) + 1e-3 * s.click.distance;
}

// Prompts per target.
constexpr size_t kPromptViews = 3, kClicksPerView = 3;
constexpr double kSmallestMargin = 3;  // pixels between a click and the border of what may be clicked

class SceneWriter {
 public:
  SceneWriter(const fs::path& folder, const SynthOptions& options, const Job& job)
      : folder_(folder), options_(options), job_(job), world_(options.seed) {
    sightings_.resize(world_.objects().size());
    counts_.resize(world_.objects().size());
  }

  void Write() {
    const int num_test = NumTestViews(options_);
    Task task(job_, "synth", options_.views + num_test, "views");
    WriteSplit("train",
               options_.path == SynthPath::kWalk ? WalkCameras(options_) : DomeCameras(options_.views, options_, 1),
               task);
    WriteSplit("test", DomeCameras(num_test, options_, 2), task);
    WriteJsonFile(folder_ / "prompts.json", Prompts());
    WriteJsonFile(folder_ / "scene.json", SceneTable(num_test));
    task.Finish();
  }

 private:
  struct Counts {
    int64_t train_pixels = 0, test_pixels = 0;
    int train_views = 0, test_views = 0;
  };

  void WriteSplit(const std::string& split, const std::vector<Camera>& cameras, Task& task) {
    const bool is_test = split == "test";
    for (const std::string& sub : {split, split + "_mask"}) EnsureWritableFolder(folder_ / sub);
    if (is_test) EnsureWritableFolder(folder_ / "test_depth");
    Json json = CameraKeys(options_);
    json["frames"] = Json::array();
    for (size_t i = 0; i < cameras.size(); ++i) {
      const SynthView view = RenderSynthView(world_, cameras[i], options_.samples, job_);
      const std::string number = fmt::format("{:03}", i);
      const std::string file = fmt::format("{}/{}.png", split, number),
                        mask = fmt::format("{}_mask/{}.png", split, number);
      WritePng(folder_ / file, view.rgb);
      WritePng(folder_ / mask, view.mask);
      Json frame = {{"file_path", file}, {"mask_path", mask}};
      if (is_test) {
        frame["depth_path"] = fmt::format("test_depth/{}.png", number);
        WriteDepth(folder_ / frame["depth_path"].get<std::string>(), view.depth);
      }
      frame["transform_matrix"] = MatrixJson(cameras[i].world_from_cam);
      json["frames"].push_back(std::move(frame));
      Record(fmt::format("{}/{}", split, number), cameras[i], view.mask, is_test);
      task.Update(++done_);
    }
    WriteJsonFile(folder_ / fmt::format("transforms_{}.json", split), json);
  }

  static void WriteDepth(const fs::path& path, const ImageF& depth) {
    ImageU16 steps(depth.width, depth.height, 1);
    for (size_t i = 0; i < depth.data.size(); ++i) {
      steps.data[i] = uint16_t(std::clamp(std::lround(depth.data[i] / kDepthScale), 0l, 65535l));
    }
    WritePng(path, steps);
  }

  void Record(const std::string& name, const Camera& camera, const ImageU8& mask, bool is_test) {
    for (size_t i = 0; i < world_.objects().size(); ++i) {
      const SynthObject& object = world_.objects()[i];
      const int64_t pixels = std::count(mask.data.begin(), mask.data.end(), uint8_t(object.id));
      (is_test ? counts_[i].test_pixels : counts_[i].train_pixels) += pixels;
      (is_test ? counts_[i].test_views : counts_[i].train_views) += pixels > 0;
      if (is_test || !object.is_target || pixels == 0) continue;
      Sighting sighting = LookFor(world_, object, camera, mask);
      sighting.view = name;
      sighting.direction = (camera.center() - Vec3(0, 0, camera.center().z())).normalized();
      sightings_[i].push_back(sighting);
    }
  }

  // The best views of one object, from sides at least 70 degrees apart.
  static std::vector<Sighting> BestViews(std::vector<Sighting> sightings) {
    std::stable_sort(sightings.begin(), sightings.end(),
                     [](const Sighting& a, const Sighting& b) { return Quality(a) > Quality(b); });
    std::vector<Sighting> chosen;
    for (const Sighting& s : sightings) {
      const bool new_side = std::all_of(chosen.begin(), chosen.end(),
                                        [&](const Sighting& c) { return c.direction.dot(s.direction) < 0.34; });
      if (new_side && chosen.size() < kPromptViews) chosen.push_back(s);
    }
    return chosen;
  }

  // Clicks as a person would spread them: the innermost pixel, then the innermost of what is left around it.
  std::vector<InnermostPixel> SpreadClicks(const std::string& view, int id) const {
    ImageU8 mask = ReadImage(folder_ / fmt::format("train_mask/{}.png", fs::path(view).filename().string()));
    std::vector<InnermostPixel> clicks;
    while (clicks.size() < kClicksPerView) {
      const InnermostPixel click = FindInnermost(mask, id);
      if (click.distance < kSmallestMargin) break;
      clicks.push_back(click);
      for (int y = 0; y < mask.height; ++y)
        for (int x = 0; x < mask.width; ++x)
          if (std::hypot(x - click.x, y - click.y) < click.distance) mask.At(x, y) = 0;
    }
    return clicks;
  }

  Json Prompts() const {
    Json objects = Json::array();
    for (size_t i = 0; i < world_.objects().size(); ++i) {
      const SynthObject& object = world_.objects()[i];
      if (!object.is_target || sightings_[i].empty()) continue;
      Json clicks = Json::array();
      for (const Sighting& sighting : BestViews(sightings_[i]))
        for (const InnermostPixel& click : SpreadClicks(sighting.view, object.id))
          clicks.push_back({{"view", sighting.view}, {"xy", Json::array({click.x, click.y})}, {"label", 1}});
      if (clicks.empty()) continue;
      const int min_visible = clicks.size() >= 2 * kClicksPerView ? 2 : 1;
      objects.push_back(
          {{"name", object.name}, {"instance", object.id}, {"clicks", clicks}, {"min_visible", min_visible}});
    }
    return Json::object({{"objects", objects}});
  }

  Json SceneTable(int num_test) const {
    Json instances = Json::array();
    const auto add = [&](int id, const std::string& name, const char* category, bool target) -> Json& {
      instances.push_back({{"id", id},
                           {"name", name},
                           {"category", category},
                           {"license", "generated"},
                           {"evaluation_target", target}});
      return instances.back();
    };
    add(SynthWorld::kTableId, "table", "support", false);
    for (size_t i = 0; i < world_.objects().size(); ++i) {
      const SynthObject& object = world_.objects()[i];
      Json& entry = add(object.id, object.name, "object", object.is_target);
      entry["train_views_visible"] = counts_[i].train_views;
      entry["test_views_visible"] = counts_[i].test_views;
      entry["test_pixels_mean"] = double(counts_[i].test_pixels) / num_test;
    }
    return {{"name", "tabletop"},         {"generator", kGenerator},
            {"world_up", "+z"},           {"background_id", 0},
            {"width", options_.size},     {"height", options_.size},
            {"n_train", options_.views},  {"n_test", num_test},
            {"seed", options_.seed},      {"samples_per_pixel", options_.samples},
            {"depth_scale", kDepthScale}, {"instances", instances}};
  }

  fs::path folder_;
  SynthOptions options_;
  const Job& job_;
  SynthWorld world_;
  std::vector<std::vector<Sighting>> sightings_;  // per object, training views
  std::vector<Counts> counts_;
  int done_ = 0;
};

// Per pixel of a view: color, instance and depth; 16-bit depth and the files' bytes while they are written.
double ViewBytes(int size) { return double(size) * size * (3 + 1 + 4 + 2 + 4); }

bool IsOwnScene(const fs::path& folder) {
  if (!fs::exists(folder / "scene.json")) return false;
  try {
    const Json json = ReadJsonFile(folder / "scene.json");
    return json.is_object() && json.value("generator", "") == kGenerator;
  } catch (const std::exception&) {
    return false;  // somebody else's file of that name
  }
}

}  // namespace

void WriteSynthScene(const fs::path& folder, const SynthOptions& options, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  CheckOptions(options, "synth");
  CheckMemory(fmt::format("the pictures of a view of {0}x{0} pixels", options.size), ViewBytes(options.size),
              "make smaller ones: --size 400", job);
  std::error_code ec;
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  if (fs::exists(target, ec) && !(fs::is_directory(target, ec) && (fs::is_empty(target, ec) || IsOwnScene(target)))) {
    throw Error(fmt::format("cannot write a scene to {}", target.string()), "it exists and holds something else",
                "choose a new folder");
  }
  // Everything is written beside the target and appears there at the end: an interrupted run leaves nothing behind.
  EnsureWritableFolder(target.parent_path());
  TemporaryFolder partial(target);
  SceneWriter(partial.path(), options, job).Write();
  partial.MoveIntoPlace();
}

}  // namespace sanerf::synth
