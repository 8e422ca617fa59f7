// The run while the window is open, from when its radiance field is trained: what is read from it and written to it, by
// one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::viewer {

class LiveRun {
 public:
  // lock: of the run; must outlive this.
  LiveRun(std::filesystem::path path, const run::RunLock& lock, std::shared_ptr<const scene::Scene> scene);

  // To be called before all that follows; true the first time.
  bool Open(const nerf::NerfModel& nerf);
  void TakeSam(const std::string& model, std::shared_ptr<const sam::Sam> sam);
  // The distilled ones.
  std::shared_ptr<const feature_container::FeatureContainer> FeatureField(
      const feature_container::EncodeOptions& options, const Job& job);
  run::ReadableFields StoredFields(const Job& job);
  // Encoding is complete. seconds: that it has taken here.
  void RecordEncoding(const pipeline::Settings& settings, double seconds, const Job& job);
  // The objects of a field, beside those that are there; without a model none is left.
  void Store(const segmentation::SessionSnapshot& fitted, const std::filesystem::path& log,
             const std::vector<std::string>& retired, const pipeline::Settings& settings, const Job& job);

  // The run once more, for a search: it takes minutes, and objects are stored in this one meanwhile. Good as long as
  // this.
  run::OpenRun Another(const segmentation::SegmentationInput& ground, const std::string& model);
  // Held by who writes encoded views.
  std::mutex& writing_features() { return writing_features_; }

 private:
  const std::filesystem::path path_;
  const run::RunLock& lock_;
  const std::shared_ptr<const scene::Scene> scene_;
  std::mutex mutex_, writing_features_;
  std::optional<run::OpenRun> run_;  // with the first mutex
};

}  // namespace sanerf::viewer
