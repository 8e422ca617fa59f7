#include "sanerf/run/photo_hashes.h"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/content_hash.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"

namespace sanerf::run {
namespace {

constexpr size_t kDigits = 16;         // of a sha256
constexpr size_t kNamedInMessage = 3;  // photos

std::string HashOf(const Camera& c) {
  const LensTerms& d = c.lens.terms();
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {} {} {}", c.width, c.height, c.fx, c.fy, c.cx, c.cy, d.k1, d.k2, d.p1, d.p2);
  text += c.lens.TextBeyondFour();
  for (int i = 0; i < 9; ++i) text += fmt::format(" {}", c.world_from_cam.rotation(i / 3, i % 3));
  for (int i = 0; i < 3; ++i) text += fmt::format(" {}", c.world_from_cam.translation[i]);
  if (c.time != 0) text += fmt::format(" at {}", c.time);
  return Sha256(text).substr(0, kDigits);
}

// Names of `hashes` that `others` lacks.
std::vector<std::string> NamesBeside(const Json& hashes, const Json& others) {
  std::vector<std::string> names;
  for (const auto& [name, hash] : hashes.items())
    if (!others.contains(name)) names.push_back(name);
  return names;
}

// Names whose hashes are not those of then.
std::vector<std::string> Changed(const Json& then, const Json& now) {
  std::vector<std::string> names;
  for (const auto& [name, hash] : now.items())
    if (then.contains(name) && then.at(name) != hash) names.push_back(name);
  return names;
}

std::string NotThose(const std::string& one, const std::string& many, const std::vector<std::string>& names,
                     const std::string& run) {
  const int64_t count = int64_t(names.size());
  return fmt::format("the {} {} {} that {} was trained on", IsAre(count, one, many), FirstFew(names, kNamedInMessage),
                     IsAre(count, "is not the one", "are not those"), run);
}

}  // namespace

Json PhotoHashes(const scene::Scene& scene, const Job& job) {
  std::vector<std::string> hashes(scene.views.size());
  Task task(job, "check photos", int64_t(hashes.size()), "photos");
  std::atomic<int64_t> done = 0;
  ParallelForChunks(int64_t(hashes.size()), 1, [&](int64_t i, int64_t) {
    job.ThrowIfStopped("reading the photos");
    hashes[size_t(i)] = KnownHashes().Of(scene.views[size_t(i)].image_path).substr(0, kDigits);
    task.Update(++done);
  });
  task.Finish();
  Json json = Json::object();
  for (size_t i = 0; i < hashes.size(); ++i) json[scene.views[i].name] = hashes[i];
  return json;
}

Json CameraHashes(const scene::Scene& scene) {
  Json json = Json::object();
  for (const scene::View& view : scene.views) json[view.name] = HashOf(view.camera);
  return json;
}

std::string SceneHash(const scene::Scene& scene) {
  std::string text = scene.format + "\n";
  for (const scene::View& view : scene.views) {
    const Camera& c = view.camera;
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(view.image_path, missing);
    text += fmt::format("{} {} {}x{} {} {} {} {} {} {} {} {} {}", view.name, view.is_test, c.width, c.height,
                        missing ? 0 : bytes, c.fx, c.fy, c.cx, c.cy, c.lens.terms().k1, c.lens.terms().k2,
                        c.lens.terms().p1, c.lens.terms().p2);
    text += c.lens.TextBeyondFour();
    for (int i = 0; i < 9; ++i) text += fmt::format(" {}", c.world_from_cam.rotation(i / 3, i % 3));
    for (int i = 0; i < 3; ++i) text += fmt::format(" {}", c.world_from_cam.translation[i]);
    // Only where there are some: the hashes of older runs stay what they are.
    if (c.time != 0) text += fmt::format(" at {}", c.time);
    for (const scene::IgnoreMask& mask : view.ignored)
      text += fmt::format(" {} {}", mask.where_black ? "black" : "bright", KnownHashes().Of(mask.path));
    text += '\n';
  }
  return Sha256(text).substr(0, 32);
}

std::optional<std::string> WhyOtherPhotos(const Json& photos, const Json& cameras, const scene::Scene& scene,
                                          const std::string& run, const Job& job) {
  const Json cameras_now = CameraHashes(scene);
  if (!photos.empty()) {
    if (const auto gone = NamesBeside(photos, cameras_now); !gone.empty())
      return fmt::format("{} missing that {} was trained on: {}",
                         Counted(int64_t(gone.size()), "photo is", "photos are"), run, FirstFew(gone, kNamedInMessage));
    if (const auto added = NamesBeside(cameras_now, photos); !added.empty())
      return fmt::format("{} there that {} was not trained on: {}",
                         Counted(int64_t(added.size()), "photo is", "photos are"), run,
                         FirstFew(added, kNamedInMessage));
    if (const auto changed = Changed(photos, PhotoHashes(scene, job)); !changed.empty())
      return NotThose("photo", "photos", changed, run);
  }
  if (const auto moved = Changed(cameras, cameras_now); !moved.empty())
    return fmt::format("{} (size, lens or pose)", NotThose("camera of", "cameras of", moved, run));
  return std::nullopt;
}

}  // namespace sanerf::run
