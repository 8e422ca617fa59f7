// The method itself as a Segmenter: objects that were segmented before, rendered from their stored fields.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::segmentation {

struct FittedObject {
  std::filesystem::path checkpoint;
  std::string field_id;  // equal for objects that share a field
  int label = 1;         // in the field
};

class ObjectFieldSegmenter : public Segmenter {
 public:
  enum class Part { kField, kVote };  // the whole, or only the vote that it started from

  // scene and nerf must outlive this.
  ObjectFieldSegmenter(const scene::Scene& scene, const nerf::NerfModel& nerf, std::vector<FittedObject> objects,
                       Part part = Part::kField)
      : scene_(scene), nerf_(nerf), objects_(std::move(objects)), part_(part) {}

  // Loads the fields, shared ones once; prompts: of the same objects in the same order. Throws Error for a checkpoint
  // that is broken or belongs to another radiance field, or has no vote when that is wanted.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  const scene::Scene& scene_;
  const nerf::NerfModel& nerf_;
  std::vector<FittedObject> objects_;
  Part part_;
  std::map<std::string, std::unique_ptr<mask_aggregator::ObjectModel>> fields_;  // by id
};

}  // namespace sanerf::segmentation
