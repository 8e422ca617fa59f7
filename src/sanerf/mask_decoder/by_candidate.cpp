// One candidate number in all views (see ByCandidate in mask_decoder.h).
#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/progress.h"
#include "sanerf/mask_decoder/decoder.h"

namespace sanerf {

std::vector<DecodedObject> ByCandidate(const ObjectPrompt& object, const Scene& scene,
                                       const FeatureContainer& container, Sam& sam, const Similarity& model_from_file,
                                       const MaskDecoderOptions& options, const DecodedObject& decoded) {
  ViewDecider decider = MakeDecider(object, scene, container, sam, model_from_file, options);
  decider.Remember(decoded.memory);
  std::vector<std::vector<ViewDecision>> by_view(decoded.views.size());  // [view][candidate]
  Progress progress("compare candidates " + object.name, int64_t(by_view.size()), "views");
  ForEachView(
      decider, by_view.size(), fmt::format("comparing the candidates of '{}' interrupted", object.name),
      [&](const ViewDecider& fork, size_t i) {
        const ViewDecision& before = decoded.views[i];
        if (before.mask.empty()) return;  // SAM was not asked
        ViewDecision sight = fork.Begin(before.view_idx);
        const SamPrompt prompt = fork.FindPrompt(decoded.points, sight);
        for (const SamMask& mask : fork.Candidates(before.view_idx, prompt)) {
          by_view[i].push_back(sight);
          fork.Enter(mask, fork.ToMask(mask, sight), prompt, by_view[i].back());
        }
      },
      [&](int num_done, size_t) { progress.Update(num_done); });

  size_t num_candidates = 0;
  for (const auto& candidates : by_view) num_candidates = std::max(num_candidates, candidates.size());
  std::vector<DecodedObject> objects(num_candidates, decoded);
  for (size_t c = 0; c < num_candidates; ++c) {
    for (size_t i = 0; i < by_view.size(); ++i)
      if (c < by_view[i].size()) objects[c].views[i] = std::move(by_view[i][c]);
  }
  return objects;
}

}  // namespace sanerf
