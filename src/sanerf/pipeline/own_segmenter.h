// The method itself as a Segmenter that starts from prompts, as `segment` does but without a run folder.
#pragma once

#include "sanerf/baselines/segmenter.h"
#include "sanerf/pipeline/automatic_field.h"
#include "sanerf/pipeline/settings.h"

namespace sanerf {

// settings must outlive these. The seed is the input's.
class OwnSegmenter : public Segmenter {
 public:
  // vote_alone: without the object field.
  OwnSegmenter(const SegmenterInput& input, const Settings& settings, bool vote_alone)
      : input_(input), settings_(settings), vote_alone_(vote_alone) {}
  void Fit(const Prompts& prompts) override;
  std::vector<ImageU8> MasksFor(int view_idx) override;

 private:
  SegmenterInput input_;
  const Settings& settings_;
  bool vote_alone_;
  std::optional<ObjectModel> model_;
};

// Without prompts: the objects of the automatic masks.
class OwnAutomaticSegmenter : public Segmenter {
 public:
  // masks: of the searched views; copied when fitted.
  OwnAutomaticSegmenter(const SegmenterInput& input, std::vector<int> searched, const std::vector<FoundMask>& masks,
                        const Settings& settings)
      : input_(input), searched_(std::move(searched)), masks_(masks), settings_(settings) {}
  void Fit(const Prompts& none) override;
  std::vector<ImageU8> MasksFor(int view_idx) override;

 private:
  SegmenterInput input_;
  std::vector<int> searched_;
  const std::vector<FoundMask>& masks_;
  const Settings& settings_;
  std::optional<ObjectModel> model_;
};

}  // namespace sanerf
