// A way to segment a run's objects in its held-out views, by name: the method itself, or what it is compared with.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/nerf/model.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::experiments {

// Whether views that are encoded with these options (stage "encode") have the same maps, however they are kept.
bool HasSameMaps(Json a, Json b);

// Where encoded views are kept, the field that is distilled from them, and held-out views, which nothing learns from.
struct FeatureFolders {
  std::filesystem::path views, field, test;
};

// What several methods need, made when it is first asked for.
class SharedInputs {
 public:
  // run: opened for writing. It and the settings must outlive this. prompts: of all objects, none where the methods
  // find them by themselves; they decide which training views are learned from, as in `segment`.
  SharedInputs(run::OpenRun* run, const pipeline::Settings& settings, FeatureFolders folders,
               const mask_decoder::Prompts& prompts, const Job& job);

  const run::RunFolder& run() const { return run_.folder(); }
  const scene::Scene& scene() const { return run_.scene(); }
  const nerf::NerfModel& nerf() const { return nerf_; }
  const pipeline::Settings& settings() const { return settings_; }
  const std::vector<int>& views() const { return views_; }        // training views that are learned from
  const std::vector<int>& searched() const { return searched_; }  // and those searched for all that is in them
  const FeatureFolders& folders() const { return folders_; }
  std::shared_ptr<const sam::Sam> sam(const Job& job);
  // The cache of views() and of prompted ones.
  std::shared_ptr<const feature_container::FeatureContainer> features(const Job& job);
  const std::vector<segmentation::FoundMask>& found_masks(const Job& job);  // SAM's automatic masks of searched()
  feature_container::EncodeContext ForEncoding(const Job& job) { return run_.Encoding(settings_.encode, job); }
  segmentation::SegmentationInput ForSegmenter(const Job& job) { return ForSegmenter(features(job), job); }
  // For who needs the maps of other views.
  segmentation::SegmentationInput ForSegmenter(std::shared_ptr<const feature_container::FeatureContainer> features,
                                               const Job& job) {
    return {run_.shared_scene(), nerf_, std::move(features), sam(job), views_};
  }

 private:
  run::OpenRun& run_;
  const nerf::NerfModel& nerf_;
  const pipeline::Settings& settings_;
  FeatureFolders folders_;
  std::vector<int> prompted_, views_, searched_;
  std::shared_ptr<const sam::Sam> sam_;
  std::shared_ptr<const feature_container::FeatureContainer> features_;
  std::optional<std::vector<segmentation::FoundMask>> found_masks_;
};

struct MethodInput {
  SharedInputs& shared;
  const mask_decoder::Prompts& prompts;
  const std::vector<int>& test;  // views that will be asked for
  uint64_t seed = 1;
  const std::vector<run::StoredObject>* stored = nullptr;  // the prompts' objects, when they were segmented before
};

struct Method {
  std::string name, title, help;
  std::vector<std::string> stages;  // whose options its result depends on
  bool is_automatic = false;        // finds the objects by itself, without prompts
  bool is_seeded = false;           // its result depends on the seed
  std::function<std::unique_ptr<segmentation::Segmenter>(const MethodInput&, const Job&)> make;
  bool is_part_of_own = false;  // of the method itself: compared when it is asked for by name
};

inline constexpr const char* kOwnMethod = "sanerf";
// The run's options, with the seed that was asked for.
segmentation::SegmentationOptions OptionsOfOwn(const MethodInput& input);
// The method itself: objects that were segmented before are only rendered, others are segmented. vote_alone: without
// the object field.
std::unique_ptr<segmentation::Segmenter> MakeOwn(const MethodInput& input, bool vote_alone, const Job& job);

}  // namespace sanerf::experiments
