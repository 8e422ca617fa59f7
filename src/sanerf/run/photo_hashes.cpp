#include "sanerf/run/photo_hashes.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/content_hash.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"

namespace sanerf::run {

Json PhotoHashes(const scene::Scene& scene, const Job& job) {
  std::vector<std::string> hashes(scene.views.size());
  Task task(job, "check photos", int64_t(hashes.size()), "photos");
  std::atomic<int64_t> done = 0;
  ParallelForChunks(int64_t(hashes.size()), 1, [&](int64_t i, int64_t) {
    job.ThrowIfStopped("reading the photos");
    hashes[size_t(i)] = KnownHashes().Of(scene.views[size_t(i)].image_path).substr(0, 16);
    task.Update(++done);
  });
  task.Finish();
  Json json = Json::object();
  for (size_t i = 0; i < hashes.size(); ++i) json[scene.views[i].name] = hashes[i];
  return json;
}

std::optional<std::string> ChangedPhoto(const Json& recorded, const scene::Scene& scene, const Job& job) {
  const bool same_names = recorded.is_object() && recorded.size() == scene.views.size() &&
                          std::all_of(scene.views.begin(), scene.views.end(),
                                      [&](const scene::View& view) { return recorded.contains(view.name); });
  if (!same_names) return std::nullopt;
  const Json now = PhotoHashes(scene, job);
  for (const auto& [name, hash] : now.items())
    if (recorded.at(name) != hash) return name;
  return std::nullopt;
}

}  // namespace sanerf::run
