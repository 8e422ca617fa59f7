#include "sanerf/poses/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sanerf/core/phrases.h"
#include "sanerf/poses/sharpness.h"

namespace sanerf::poses {
namespace {

constexpr int kNeighbors = 8;         // on either side that a frame's sharpness is compared with
constexpr int kEverywhere = 1 << 24;  // photos in no order
constexpr int64_t kLooseBelow = 50;   // points: COLMAP places a photo by 30, a good one has hundreds
constexpr double kMuchMissing = 0.1;  // share of the photos
constexpr double kLargeError = 1.5;   // pixels: what COLMAP leaves of photos without blur is around 0.7
constexpr double kShortTracks = 3;    // photos that see a point
constexpr size_t kNamedInText = 12;

std::string CameraText(const scene::ColmapCamera& camera, int64_t num_photos) {
  const scene::ColmapLens* lens = scene::ColmapLensByName(camera.model);
  const double focal = lens != nullptr ? scene::CameraOf(*lens, camera).fx : 0;
  return fmt::format("{} {}x{}, focal length {:.0f} px, {}", camera.model, camera.width, camera.height, focal,
                     Counted(num_photos, "photo"));
}

void Measure(const SparseModel& model, PosesReport* report) {
  double errors = 0;
  int64_t sightings = 0;
  for (const auto& [id, point] : model.points) {
    errors += point.error * double(point.track.size());
    sightings += int64_t(point.track.size());
  }
  report->num_points = int64_t(model.points.size());
  report->num_posed = int(model.images.size());
  if (sightings > 0) report->reprojection_error = errors / double(sightings);
  if (!model.points.empty()) report->track_length = double(sightings) / double(model.points.size());
  if (!model.images.empty()) report->observations = double(sightings) / double(model.images.size());
}

// What to say of the photos, the worst first.
void Advise(const scene::Scene& scene, PosesReport* report) {
  const auto add = [&](std::string what, std::string advice) {
    report->advice.push_back({std::move(what), std::move(advice)});
  };
  const int64_t missing = int64_t(report->without_pose.size());
  if (double(missing) > kMuchMissing * report->num_photos)
    add(fmt::format("{} of {} no pose", missing, Counted(report->num_photos, "photo has", "photos have")),
        "take more photos between those and the others; each should share most of its picture with the next");
  if (report->num_models - report->num_joined > 1)
    add(fmt::format("the photos fall into {} parts that share nothing; the largest is taken",
                    report->num_models - report->num_joined),
        "take photos that lead from one part to the other, or compare all with all: --matching exhaustive");
  if (report->reprojection_error > kLargeError)
    add(fmt::format("the poses leave {:.1f} pixels of error on average; below 1 is usual", report->reprojection_error),
        "do things in it move or shine? was the lens refocused or zoomed? try --set poses.cameras=each");
  if (report->track_length < kShortTracks)
    add(fmt::format("a point is seen by {:.1f} photos on average", report->track_length),
        "take photos closer to each other, one every 10 to 15 degrees");
  if (!report->blurred.empty())
    add(Counted(int64_t(report->blurred.size()), "photo is", "photos are") + " blurred",
        "leave them out, or take them again with more light and a steadier hand");
  for (scene::Oddity& oddity : scene::OdditiesOf(scene)) report->advice.push_back(std::move(oddity));
}

}  // namespace

PosesReport MakeReport(const std::vector<Photo>& photos, const SparseModel& model, const scene::Scene& scene,
                       const FoundPoses& found) {
  PosesReport report;
  report.num_photos = int(photos.size());
  report.num_models = found.num_models;
  report.num_joined = found.num_joined;
  report.matching = found.matching;
  report.is_undistorted = found.is_undistorted;
  Measure(model, &report);

  std::map<std::string, int64_t> num_seen;  // points, by photo
  std::map<uint32_t, int64_t> num_taken;    // photos, by camera
  for (const auto& [id, image] : model.images) {
    num_seen[image.name] = std::count_if(image.observations.begin(), image.observations.end(),
                                         [](const Observation& seen) { return seen.point_id != Observation::kNone; });
    ++num_taken[image.camera_id];
  }
  std::vector<double> sharpness;
  for (const Photo& photo : photos) sharpness.push_back(photo.sharpness);
  const std::vector<bool> blurred = AreBlurred(sharpness, found.is_sequence ? kNeighbors : kEverywhere);
  for (size_t i = 0; i < photos.size(); ++i) {
    const auto seen = num_seen.find(photos[i].name);
    if (seen == num_seen.end()) report.without_pose.push_back(photos[i].name);
    if (seen != num_seen.end() && seen->second < kLooseBelow) report.loose.push_back(photos[i].name);
    if (blurred[i]) report.blurred.push_back(photos[i].name);
  }
  for (const auto& [id, camera] : model.cameras)
    if (num_taken[id] > 0) report.cameras.push_back(CameraText(camera, num_taken[id]));
  report.coverage = scene::ShapeOf(scene);
  Advise(scene, &report);
  return report;
}

Json ToJson(const PosesReport& report) {
  constexpr const char* kKinds[] = {"around", "one side", "outward"};
  Json advice = Json::array();
  for (const scene::Oddity& one : report.advice) advice.push_back({{"what", one.what}, {"advice", one.advice}});
  return {{"photos", report.num_photos},
          {"posed", report.num_posed},
          {"without_pose", report.without_pose},
          {"blurred", report.blurred},
          {"loose", report.loose},
          {"reprojection_error", report.reprojection_error},
          {"track_length", report.track_length},
          {"observations_per_photo", report.observations},
          {"points", report.num_points},
          {"models", report.num_models},
          {"models_joined", report.num_joined},
          {"cameras", report.cameras},
          {"coverage",
           {{"kind", kKinds[int(report.coverage.kind)]},
            {"arc_degrees", report.coverage.arc},
            {"gap_degrees", report.coverage.gap},
            {"lowest_degrees", report.coverage.lowest},
            {"highest_degrees", report.coverage.highest},
            {"text", scene::Description(report.coverage)}}},
          {"matching", report.matching},
          {"undistorted", report.is_undistorted},
          {"advice", advice}};
}

std::string ToText(const PosesReport& report) {
  const auto named = [](const char* label, const std::vector<std::string>& names) {
    if (names.empty()) return std::string();
    const char* more = names.size() > kNamedInText ? " (--json lists all)" : "";
    return fmt::format("{:<9}{}: {}{}\n", label, names.size(), FirstFew(names, kNamedInText, " "), more);
  };
  std::string text = fmt::format("posed    {} of {}\n", report.num_posed, Counted(report.num_photos, "photo"));
  text += named("missing", report.without_pose);
  text += named("blurred", report.blurred);
  text += named("loose", report.loose);
  text += fmt::format("error    {:.2f} pixels; a point is seen by {:.1f} photos, a photo sees {:.0f} of {}\n",
                      report.reprojection_error, report.track_length, report.observations,
                      Counted(report.num_points, "point"));
  text += fmt::format("stand    {}\n", scene::Description(report.coverage));
  for (const std::string& camera : report.cameras) text += fmt::format("camera   {}\n", camera);
  if (report.is_undistorted)
    text += "photos   straightened: their lens bends more than its model covers, or that was asked for\n";
  text += fmt::format("compared {}\n", report.matching);
  if (report.num_models > 1)
    text += fmt::format("models   {} found, {} joined to the largest\n", report.num_models, report.num_joined);
  for (const scene::Oddity& one : report.advice)
    text += fmt::format("odd      {}\n         -> {}\n", one.what, one.advice);
  return text;
}

}  // namespace sanerf::poses
