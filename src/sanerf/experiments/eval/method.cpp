#include "sanerf/experiments/eval/method.h"

#include <set>

#include "sanerf/core/json.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/fitted_segmenter.h"
#include "sanerf/segmentation/own_segmenter.h"
#include "sanerf/segmentation/views_to_segment.h"

namespace sanerf::experiments {

segmentation::SegmentationOptions OptionsOfOwn(const MethodInput& input) {
  segmentation::SegmentationOptions options = input.shared.settings();
  options.object.seed = int(input.seed);
  return options;
}

std::unique_ptr<segmentation::Segmenter> MakeOwn(const MethodInput& input, bool vote_alone, const Job& job) {
  using Stored = segmentation::ObjectFieldSegmenter;
  if (input.stored == nullptr)
    return std::make_unique<segmentation::OwnSegmenter>(input.shared.ForSegmenter(job), OptionsOfOwn(input),
                                                        vote_alone);
  std::vector<segmentation::FittedObject> objects;
  for (const run::StoredObject& object : *input.stored)
    objects.push_back({object.checkpoint(), object.field_id, object.label});
  return std::make_unique<Stored>(input.shared.scene(), input.shared.nerf(), std::move(objects),
                                  vote_alone ? Stored::Part::kVote : Stored::Part::kField);
}

bool HasSameMaps(Json a, Json b) {
  if (!a.is_object() || !b.is_object()) return false;
  a.erase("container");
  b.erase("container");
  return a == b;
}

SharedInputs::SharedInputs(run::OpenRun* run, const pipeline::Settings& settings, FeatureFolders folders,
                           const mask_decoder::Prompts& prompts, const Job& job)
    : run_(*run),
      nerf_(run->nerf(job)),
      settings_(settings),
      folders_(std::move(folders)),
      prompted_(mask_decoder::PromptedViews(prompts, scene())),
      views_(prompts.objects.empty() ? scene::SpreadViews(scene(), scene().TrainViews(), settings.segment.max_views)
                                     : segmentation::ViewsToSegment(prompts, scene(), settings.segment.max_views)),
      searched_(segmentation::ViewsToSearch(scene(), views_, settings.automatic)) {}

std::shared_ptr<const sam::Sam> SharedInputs::sam(const Job& job) {
  if (!sam_) sam_ = run_.sam(settings_.encode.model, job);
  return sam_;
}

std::shared_ptr<const feature_container::FeatureContainer> SharedInputs::features(const Job& job) {
  if (!features_) {
    feature_container::EncodeContext encoding = ForEncoding(job);
    encoding.options.container = feature_container::FeatureStore::kCache;
    std::set<int> views(views_.begin(), views_.end());
    views.insert(prompted_.begin(), prompted_.end());  // clicks are lifted with their depth
    feature_container::EncodeViews(folders_.views, encoding, {views.begin(), views.end()}, job);
    features_ = feature_container::FeatureCache::Open(folders_.views, scene(), nerf_);
  }
  return features_;
}

const std::vector<segmentation::FoundMask>& SharedInputs::found_masks(const Job& job) {
  if (!found_masks_)
    found_masks_ = segmentation::SearchViews(searched_, *features(job), *sam(job), settings_.automatic.masks, job);
  return *found_masks_;
}

}  // namespace sanerf::experiments
