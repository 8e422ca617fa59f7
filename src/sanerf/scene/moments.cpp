#include "sanerf/scene/moments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/frame_range.h"

namespace sanerf::scene {
namespace {

constexpr double kSameMoment = 1e-6;

using CameraKey = std::array<double, 18>;
CameraKey KeyOf(const Camera& camera) {
  CameraKey key{};
  for (int i = 0; i < 9; ++i) key[size_t(i)] = camera.world_from_cam.rotation(i / 3, i % 3);
  for (int i = 0; i < 3; ++i) key[size_t(9 + i)] = camera.world_from_cam.translation[i];
  const double others[] = {camera.fx, camera.fy, camera.cx, camera.cy, double(camera.width), double(camera.height)};
  std::copy(std::begin(others), std::end(others), key.begin() + 12);
  return key;
}

// "cam00/00000.jpg" and "cam00/00001.jpg" have cam00 in common, "train/c3_t00.png" and "train/c3_t01.png" train/c3.
std::string CommonName(const std::vector<const View*>& views, const std::vector<int>& of_camera) {
  std::string common = views[size_t(of_camera[0])]->name;
  if (of_camera.size() == 1) return common;
  for (const int i : of_camera) {
    const std::string& name = views[size_t(i)]->name;
    size_t same = 0;
    while (same < common.size() && same < name.size() && common[same] == name[same]) ++same;
    common.resize(same);
  }
  const std::string prefix = common;
  while (!common.empty() && std::isdigit(static_cast<unsigned char>(common.back())) != 0) common.pop_back();
  for (const std::string& ending : {std::string("_t"), std::string("/t")})
    if (common.size() > ending.size() && common.ends_with(ending)) common.resize(common.size() - 1);
  while (!common.empty() && std::string("_-/. ").find(common.back()) != std::string::npos) common.pop_back();
  return common.empty() ? (prefix.empty() ? views[size_t(of_camera[0])]->name : prefix) : common;
}

std::vector<double> TimesOf(const std::vector<const View*>& views) {
  std::vector<double> times;
  for (const View* view : views)
    if (view->time) times.push_back(*view->time);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end(), [](double a, double b) { return b - a < kSameMoment; }),
              times.end());
  return times;
}

void CheckAllHaveTimes(const SceneListing& listing) {
  const auto has_time = [](const ListedView& listed) { return listed.view.time.has_value(); };
  const int64_t count = std::count_if(listing.views.begin(), listing.views.end(), has_time);
  if (count == 0 || count == int64_t(listing.views.size())) return;
  const auto without = std::find_if_not(listing.views.begin(), listing.views.end(), has_time);
  throw Error(listing.root.string(),
              fmt::format("{} of {} {} a time, {} has none", count, Counted(int64_t(listing.views.size()), "photo"),
                          IsAre(count, "has", "have"), without->view.name),
              "give every frame a \"time\" from 0 to 1, or none of them");
}

void WarnOfMissingMoments(SceneListing& listing, const Moments& moments) {
  if (!moments.HasFixedCameras()) return;
  // Held-out cameras may have been photographed less often than those that are trained on.
  size_t usual = 0;
  for (const CameraOverTime& camera : moments.cameras) usual = std::max(usual, camera.views.size());
  std::vector<std::string> lacking;
  for (const CameraOverTime& camera : moments.cameras) {
    const bool is_held_out = listing.has_split && listing.views[size_t(camera.views[0])].view.is_test;
    if (!is_held_out && camera.views.size() < usual)
      lacking.push_back(fmt::format("{} ({} of {})", camera.name, camera.views.size(), usual));
  }
  if (lacking.empty()) return;
  listing.warnings.push_back(fmt::format("{} fewer moments than the others: {}",
                                         Counted(int64_t(lacking.size()), "camera has", "cameras have"),
                                         ListOfNames(lacking)));
}

}  // namespace

int Moments::MomentOf(double time) const {
  const auto above = std::lower_bound(times.begin(), times.end(), time);
  if (above == times.end()) return int(times.size()) - 1;
  const bool is_below_nearer = above != times.begin() && time - *(above - 1) < *above - time;
  return int(above - times.begin()) - (is_below_nearer ? 1 : 0);
}

Moments MomentsOf(const std::vector<const View*>& views) {
  Moments moments;
  moments.times = TimesOf(views);
  moments.num_views = views.size();
  if (moments.times.empty()) return moments;
  std::map<CameraKey, std::vector<int>> by_camera;
  for (size_t i = 0; i < views.size(); ++i) by_camera[KeyOf(views[i]->camera)].push_back(int(i));
  for (auto& [key, of_camera] : by_camera) {
    std::sort(of_camera.begin(), of_camera.end(), [&](int a, int b) {
      const View &first = *views[size_t(a)], &second = *views[size_t(b)];
      return first.time != second.time ? first.time < second.time : first.name < second.name;
    });
    moments.cameras.push_back({CommonName(views, of_camera), of_camera});
  }
  std::sort(moments.cameras.begin(), moments.cameras.end(), [&](const CameraOverTime& a, const CameraOverTime& b) {
    return views[size_t(a.views[0])]->name < views[size_t(b.views[0])]->name;
  });
  return moments;
}

Moments MomentsOf(const Scene& scene) {
  std::vector<const View*> views;
  for (const View& view : scene.views) views.push_back(&view);
  return MomentsOf(views);
}

Moments MomentsOf(const SceneListing& listing) {
  std::vector<const View*> views;
  for (const ListedView& listed : listing.views) views.push_back(&listed.view);
  return MomentsOf(views);
}

std::string Description(const Moments& moments, double fps) {
  const int64_t num_times = int64_t(moments.times.size());
  if (num_times == 0) return "";
  std::string text =
      moments.HasFixedCameras()
          ? fmt::format("{} x {}", Counted(int64_t(moments.cameras.size()), "camera"), Counted(num_times, "moment"))
          : fmt::format("a moving camera, {}", Counted(num_times, "moment"));
  if (fps > 0) text += fmt::format(", {:.4g} per second, {:.3g} s", fps, double(num_times) / fps);
  return text;
}

std::vector<std::string> HeldOutCameras(const Moments& moments, const Scene& scene) {
  std::vector<std::string> names;
  for (const CameraOverTime& camera : moments.cameras)
    if (std::all_of(camera.views.begin(), camera.views.end(), [&](int i) { return scene.views[size_t(i)].is_test; }))
      names.push_back(camera.name);
  return names;
}

void KeepMoments(SceneListing& listing, const std::string& frames) {
  const FrameRange range = ParseFrameRange(frames);
  CheckAllHaveTimes(listing);
  Moments moments = MomentsOf(listing);
  if (!range.IsAll() && moments.times.empty())
    throw UsageError(fmt::format("scene.frames={} (--frames)", frames),
                     fmt::format("the photos of {} have no times", listing.root.string()),
                     "leave it out: all photos are of one moment");
  // Frames of videos were chosen before they were listed.
  const bool are_chosen = !listing.views.empty() && listing.views[0].view.from_video.has_value();
  if (!range.IsAll() && !are_chosen) {
    std::vector<bool> is_kept(moments.times.size(), false);
    for (const int64_t frame : range.Of(int64_t(moments.times.size()))) is_kept[size_t(frame)] = true;
    std::erase_if(listing.views,
                  [&](const ListedView& listed) { return !is_kept[size_t(moments.MomentOf(*listed.view.time))]; });
    moments = MomentsOf(listing);
    const double first = moments.times.front(), length = moments.times.back() - first;
    for (ListedView& listed : listing.views)
      listed.view.time = length > 0 ? std::clamp((*listed.view.time - first) / length, 0.0, 1.0) : 0.0;
    moments = MomentsOf(listing);
  }
  if (moments.times.size() == 1 && listing.views.size() > 1)
    listing.warnings.push_back(
        fmt::format("all photos are of one moment (time {:.4g}): nothing can move between them, and the scene is taken "
                    "for one that stands still",
                    moments.times[0]));
  WarnOfMissingMoments(listing, moments);
}

}  // namespace sanerf::scene
