#include "sanerf/pipeline/repeat_looks.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/log.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/pipeline/label_views.h"

namespace sanerf {
namespace {

constexpr double kWorthwhile = 0.002;  // rise of the mean agreement

// labels[i] of the i-th decoded view; empty where no object has a mask.
std::vector<ImageU8> LabelsByView(const std::vector<DecodedObject>& decoded, const FeatureContainer& container) {
  const LabelledViews labelled = BuildLabelViews(decoded, container);
  std::vector<ImageU8> labels(decoded[0].views.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto found = std::find(labelled.view_idxs.begin(), labelled.view_idxs.end(), decoded[0].views[i].view_idx);
    if (found != labelled.view_idxs.end()) labels[i] = labelled.views[size_t(found - labelled.view_idxs.begin())].labels;
  }
  return labels;
}

ImageF Channel(const ImageF& image, int channel) {
  ImageF out(image.width, image.height, 1);
  for (size_t i = 0; i < out.data.size(); ++i) out.data[i] = image.data[i * size_t(image.channels) + size_t(channel)];
  return out;
}

// One round for every object; the vote has been counted.
SecondLook LookAtAll(const Prompts& prompts, const Scene& scene, const Similarity& model_from_file,
                     const FeatureContainer& container, Sam& sam, const MaskDecoderOptions& options,
                     const LabelVote& vote, std::vector<DecodedObject>* decoded) {
  const int num_objects = int(decoded->size());
  std::vector<std::vector<Consensus>> consensus(decoded->size());
  for (int view = 0; view < vote.num_views(); ++view) {
    const ImageF others = vote.OthersSay(view);
    for (int o = 0; o < num_objects; ++o)
      consensus[size_t(o)].push_back({Channel(others, o + 1), Channel(others, num_objects + 1)});
  }
  SecondLook sum;
  for (size_t o = 0; o < decoded->size(); ++o) {
    const SecondLook look = LookAgain(prompts.objects[o], scene, container, sam, model_from_file, options,
                                      consensus[o], &(*decoded)[o]);
    sum.agreement += look.agreement / num_objects;
    sum.agreement_before += look.agreement_before / num_objects;
    sum.num_changed += look.num_changed;
    sum.num_dropped += look.num_dropped;
    sum.num_found += look.num_found;
  }
  return sum;
}

bool HasUsedViews(const std::vector<DecodedObject>& decoded) {
  return std::all_of(decoded.begin(), decoded.end(), [](const DecodedObject& object) {
    return std::any_of(object.views.begin(), object.views.end(), [](const auto& view) { return view.used; });
  });
}

}  // namespace

void RepeatLooks(const Prompts& prompts, const Scene& scene, const NerfModel& nerf, const FeatureContainer& container,
                 Sam& sam, const Settings& settings, std::vector<DecodedObject>* decoded) {
  if (settings.segment.looks < 0)
    throw UsageError(fmt::format("segment.looks={}", settings.segment.looks), "expected 0 or more");
  if (settings.segment.looks == 0) return;
  std::vector<Camera> cameras;
  for (const ViewDecision& view : (*decoded)[0].views) cameras.push_back(container.WorkingCamera(view.view_idx));
  LabelVote vote(nerf, cameras, {});
  double best = 0;
  for (int round = 1; round <= settings.segment.looks; ++round) {
    vote.Count(LabelsByView(*decoded, container), int(decoded->size()) + 1);
    std::vector<DecodedObject> next = *decoded;
    const SecondLook look =
        LookAtAll(prompts, scene, nerf.model_from_file(), container, sam, settings.masks, vote, &next);
    best = std::max(best, look.agreement_before);
    if (look.agreement < best + kWorthwhile || !HasUsedViews(next)) {
      LogInfo("look {}  the views agree no better: {:.1f}% and {:.1f}% with other masks", round, 100 * best, 100 * look.agreement);
      return;
    }
    LogInfo("look {}  agreement {:.1f}% -> {:.1f}%: {} masks changed, {} dropped, {} found", round,
            100 * look.agreement_before, 100 * look.agreement, look.num_changed, look.num_dropped, look.num_found);
    best = look.agreement;
    *decoded = std::move(next);
  }
}

}  // namespace sanerf
