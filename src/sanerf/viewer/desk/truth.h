// Ground truth beside what was segmented, where the scene has masks.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/prompt_edits.h"

namespace sanerf::viewer {

// Whether the scene has masks of held-out views to compare with.
bool HasTruth(const scene::Scene& scene);
// Which instance of the ground truth the object is: the one that the user said, else the one that fills most of its
// masks; none where that is nothing which the photos' masks name. Reads a few masks.
std::optional<int> InstanceOf(const segmentation::EditedObject& object, const scene::Scene& scene);
// The same, remembered while the object has the same masks.
class KnownInstances {
 public:
  std::optional<int> Of(const segmentation::EditedObject& object, const scene::Scene& scene);

 private:
  struct Known {
    std::weak_ptr<const mask_decoder::DecodedObject> masks;
    std::optional<int> instance;
  };
  std::mutex mutex_;  // held while masks are read: the next one who asks waits for them
  std::map<segmentation::ObjectId, Known> known_;
};

// Over the pixels of a few held-out views together, rendered small; none when none of them shows it. Throws
// InterruptedError.
std::optional<double> HeldOutIou(const mask_aggregator::ObjectModel& model, int label, int instance,
                                 const scene::Scene& scene, const Job& job);

}  // namespace sanerf::viewer
