#include "sanerf/segmentation/fitted_segmenter.h"

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"

namespace sanerf::segmentation {

void ObjectFieldSegmenter::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  SANERF_CHECK_EQ(prompts.objects.size(), objects_.size());
  for (const FittedObject& object : objects_) {
    job.ThrowIfStopped("reading the object fields");
    auto [field, is_new] = fields_.try_emplace(object.field_id);
    if (!is_new) continue;
    const mask_aggregator::ObjectModel model = mask_aggregator::ObjectModel::Load(object.checkpoint, nerf_);
    if (part_ == Part::kVote && !model.has_vote())
      throw Error(object.checkpoint.string(), "this field did not start from a vote",
                  "segment the object again with --set segment.from_vote=true");
    field->second = std::make_unique<mask_aggregator::ObjectModel>(part_ == Part::kVote ? model.VoteAlone() : model);
  }
}

std::vector<ImageU8> ObjectFieldSegmenter::MasksFor(int view_idx, const Job& job) {
  const Camera& camera = scene_.views.at(size_t(view_idx)).camera;
  std::map<std::string, ImageU8> labels;  // of each field
  for (const auto& [id, field] : fields_) labels[id] = field->Render(camera, job).labels;
  std::vector<ImageU8> masks;
  for (const FittedObject& object : objects_) {
    ImageU8 mask = labels.at(object.field_id);
    for (uint8_t& value : mask.data) value = value == object.label ? 255 : 0;
    masks.push_back(std::move(mask));
  }
  return masks;
}

}  // namespace sanerf::segmentation
