// A run opened for a command: folder, lock and scene at once; the radiance field, SAM and the encoded views when they
// are first asked for; each of them once. What several steps of one command need goes through the same one.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_context.h"
#include "sanerf/run/run_lock.h"

namespace sanerf::run {

class OpenRun {
 public:
  enum class Access { kRead, kWrite };  // kWrite holds the run's lock

  // scene: where it is now, when it was moved; recorded by who writes. What is opened is a detail that the job reports.
  // Throws Error as RunFolder and RunLock do.
  OpenRun(const std::filesystem::path& run, const std::optional<std::filesystem::path>& scene, Access access,
          const Job& job);
  // To write, for who needs the recorded options first.
  OpenRun(LockedRun run, const std::optional<std::filesystem::path>& scene, const Job& job);
  // To write, for who holds the lock and has opened scene and radiance field already. lock must outlive it.
  OpenRun(RunFolder folder, const RunLock& lock, std::shared_ptr<const scene::Scene> scene, nerf::NerfModel nerf);

  RunFolder& folder() { return folder_; }
  const RunFolder& folder() const { return folder_; }
  const RunLock& lock() const { return *lock_; }  // kWrite only
  const scene::Scene& scene() const { return *scene_; }
  std::shared_ptr<const scene::Scene> shared_scene() const { return scene_; }
  // Throws Error when training has not finished.
  const nerf::NerfModel& nerf(const Job& job);
  // By name or path. Another model takes the place of the one before.
  std::shared_ptr<const sam::Sam> sam(const std::string& model, const Job& job);
  // One that somebody else has opened: what `sam` gives from now on.
  void TakeSam(const std::string& model, std::shared_ptr<const sam::Sam> sam);
  void ReleaseSam() { sam_.reset(); }  // its memory, once nobody else shares it
  // What the run's views are encoded with. Good until another model takes the place of this one.
  feature_container::EncodeContext Encoding(const feature_container::EncodeOptions& options, const Job& job);
  // writing: held from now on while this encodes. For who encodes views of the run elsewhere; must outlive it.
  void ShareFeatures(std::mutex& writing) { writing_ = &writing; }
  // Encodes what is missing of `views`; throws as OpenFeatures does.
  std::shared_ptr<const feature_container::FeatureContainer> Features(const std::vector<int>& views,
                                                                      const feature_container::EncodeOptions& options,
                                                                      const Job& job);

 private:
  void OpenScene(const std::optional<std::filesystem::path>& moved_to, const Job& job);

  std::shared_ptr<const RunLock> lock_;
  RunFolder folder_;
  std::shared_ptr<const scene::Scene> scene_;
  std::optional<nerf::NerfModel> nerf_;
  std::string sam_name_;
  std::shared_ptr<const sam::Sam> sam_;
  std::mutex* writing_ = nullptr;
};

}  // namespace sanerf::run
