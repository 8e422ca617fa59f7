#include "sanerf/scene/whole_photos.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace {

constexpr size_t kNamedBroken = 8;

std::optional<BrokenPhoto> WhyBroken(const Scene& scene, int view) {
  try {
    ReadImage(scene.views[size_t(view)].image_path);
    return std::nullopt;
  } catch (const Error& error) {
    return BrokenPhoto{view, error.what(), error.hint()};
  }
}

}  // namespace

std::vector<BrokenPhoto> FindBrokenPhotos(const Scene& scene, const std::vector<int>& views, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  std::vector<std::optional<BrokenPhoto>> found(views.size());
  Task task(job, "look for broken photos", int64_t(views.size()), "photos");
  std::atomic<int64_t> done = 0;
  ParallelFor(int64_t(views.size()), [&](int64_t i) {
    job.ThrowIfStopped("reading the photos");
    found[size_t(i)] = WhyBroken(scene, views[size_t(i)]);
    task.Update(++done);
  });
  task.Finish();
  std::vector<BrokenPhoto> broken;
  for (std::optional<BrokenPhoto>& photo : found)
    if (photo) broken.push_back(std::move(*photo));
  return broken;
}

void RequireWholePhotos(const Scene& scene, const std::vector<int>& views, const Job& job) {
  if (views.empty()) return;
  const std::vector<BrokenPhoto> broken = FindBrokenPhotos(scene, views, job);
  if (broken.empty()) return;
  if (broken.size() == 1) throw Error(broken[0].what, "", broken[0].hint);
  std::vector<std::string> names;
  for (const BrokenPhoto& photo : broken) names.push_back(scene.views[size_t(photo.view)].name);
  throw Error(fmt::format("{} of {} cannot be read", Counted(int64_t(broken.size()), "photo"), scene.root.string()),
              fmt::format("{} ({})", FirstFew(names, kNamedBroken), broken[0].what),
              "copy or export them again, or leave them out of the scene");
}

}  // namespace sanerf::scene
