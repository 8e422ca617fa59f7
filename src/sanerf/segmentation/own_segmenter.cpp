#include "sanerf/segmentation/own_segmenter.h"

#include "sanerf/core/image_ops.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/mask_aggregator/options.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/segment_memory.h"
#include "sanerf/segmentation/session.h"

namespace sanerf {
namespace {

AggregatorOptions Seeded(AggregatorOptions options, uint64_t seed) {
  options.seed = int(seed);
  return options;
}

// One mask per object of the field.
std::vector<ImageU8> MasksOf(const ObjectModel& model, const Camera& camera) {
  const ImageU8 labels = model.Render(camera).labels;
  std::vector<ImageU8> masks;
  for (int label = 1; label < model.num_labels(); ++label) masks.push_back(MaskOfLabel(labels, label));
  return masks;
}

}  // namespace

void OwnSegmenter::Fit(const Prompts& prompts) {
  CheckObjectCount(prompts.objects.size());
  CheckSegmentMemory(LoadOf(int64_t(prompts.objects.size()), input_.features, input_.views), options_.object,
                     input_.nerf.field().contracted());
  SegmentationOptions options = options_;
  options.object = Seeded(options.object, input_.seed);
  SegmentSession session(input_.scene, input_.nerf, input_.features, input_.sam, input_.views, options);
  for (const ObjectPrompt& object : prompts.objects) session.Decode(object);
  session.Look();
  if (vote_alone_) {
    model_ = session.Vote();
    return;
  }
  session.Fit(session.FirstFit(), Job().With(InterruptToken()));
  model_ = session.Finish();
}

std::vector<ImageU8> OwnSegmenter::MasksFor(int view_idx) {
  return MasksOf(*model_, input_.scene.views.at(size_t(view_idx)).camera);
}

void OwnAutomaticSegmenter::Fit(const Prompts&) {
  const std::vector<int>& decoded = options_.automatic.extend ? input_.views : searched_;
  const AutomaticField found =
      TieTogether({input_.scene, input_.nerf, input_.features, input_.sam, searched_, decoded}, masks_, options_);
  model_ = TrainObjectModel(input_.nerf, found.labelled, int(found.decoded.size()) + 1,
                            Seeded(options_.object, input_.seed), "", found.prior);
}

std::vector<ImageU8> OwnAutomaticSegmenter::MasksFor(int view_idx) {
  return MasksOf(*model_, input_.scene.views.at(size_t(view_idx)).camera);
}

}  // namespace sanerf
