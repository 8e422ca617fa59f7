#include "sanerf/experiments/eval/method.h"

#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/fitted_segmenter.h"
#include "sanerf/segmentation/own_segmenter.h"

namespace sanerf {

std::unique_ptr<Segmenter> MakeOwn(const MethodInput& input, bool vote_alone, const Job& job) {
  using Stored = ObjectFieldSegmenter;
  if (input.stored == nullptr)
    return std::make_unique<OwnSegmenter>(input.shared.ForSegmenter(input.seed, job), input.shared.settings(),
                                          vote_alone);
  std::vector<FittedObject> objects;
  for (const StoredObject& object : *input.stored)
    objects.push_back({object.checkpoint(), object.field_id, object.label});
  return std::make_unique<Stored>(input.shared.scene(), input.shared.nerf(), std::move(objects),
                                  vote_alone ? Stored::Part::kVote : Stored::Part::kField);
}

SharedInputs::SharedInputs(const RunFolder& run, const Scene& scene, const NerfModel& nerf, const Settings& settings)
    : run_(run),
      scene_(scene),
      nerf_(nerf),
      settings_(settings),
      views_(SpreadViews(scene, scene.TrainViews(), settings.segment.max_views)),
      searched_(ViewsToSearch(scene, views_, settings.automatic)) {}

Sam& SharedInputs::sam(const Job& job) {
  if (!sam_) sam_ = LoadSam(settings_.encode.model, job);
  return *sam_;
}

const FeatureContainer& SharedInputs::features(const Job& job) {
  if (!features_) {
    EncodeOptions encode = settings_.encode;
    encode.container = FeatureStore::kCache;
    EncodeViews(run_.features(), scene_, nerf_, sam(job), views_, encode, job);
    features_ = FeatureCache::Open(run_.features(), scene_, nerf_);
  }
  return *features_;
}

const std::vector<FoundMask>& SharedInputs::found_masks(const Job& job) {
  if (!found_masks_) found_masks_ = SearchViews(searched_, features(job), sam(job), settings_.automatic.masks, job);
  return *found_masks_;
}

}  // namespace sanerf
