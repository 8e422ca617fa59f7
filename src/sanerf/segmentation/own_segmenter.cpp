#include "sanerf/segmentation/own_segmenter.h"

#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/segment_memory.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::segmentation {
namespace {

// One mask per object of the field.
std::vector<ImageU8> MasksOf(const mask_aggregator::ObjectModel& model, const Camera& camera, const Job& job) {
  const ImageU8 labels = model.Render(camera, job).labels;
  std::vector<ImageU8> masks;
  for (int label = 1; label < model.num_labels(); ++label) masks.push_back(MaskOfLabel(labels, label));
  return masks;
}

}  // namespace

void OwnSegmenter::Fit(const mask_decoder::Prompts& prompts, const Job& job) {
  CheckObjectCount(prompts.objects.size());
  CheckSegmentMemory(LoadOf(int64_t(prompts.objects.size()), *input_.features, input_.views), options_.object,
                     RayLoadOf(input_.nerf, *input_.scene, input_.views, job), job);
  Session session(input_, options_);
  for (const mask_decoder::ObjectPrompt& object : prompts.objects) session.AddObject(object);
  model_ = session.Run(vote_alone_ ? SessionSnapshot::Answer::kVote : SessionSnapshot::Answer::kField, job).model;
}

std::vector<ImageU8> OwnSegmenter::MasksFor(int view_idx, const Job& job) {
  return MasksOf(*model_, input_.scene->views.at(size_t(view_idx)).camera, job);
}

void OwnAutomaticSegmenter::Fit(const mask_decoder::Prompts&, const Job& job) {
  SegmentationInput input = input_;
  if (!options_.automatic.extend) input.views = searched_;
  AutomaticField found = TieTogether(input, searched_.size(), masks_, options_, job);
  Session session(std::move(input), options_);
  session.StartFromSearch(found.prompts, std::move(found.decoded));
  session.Refine(job);
  session.Step(session.steps_left(), job);
  model_ = session.Finish(job).model;
}

std::vector<ImageU8> OwnAutomaticSegmenter::MasksFor(int view_idx, const Job& job) {
  return MasksOf(*model_, input_.scene->views.at(size_t(view_idx)).camera, job);
}

}  // namespace sanerf::segmentation
