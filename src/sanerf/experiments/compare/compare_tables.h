// The comparison for people and papers.
#pragma once

#include "sanerf/experiments/compare/compare_result.h"
#include "sanerf/experiments/text_table.h"

namespace sanerf::experiments {

// Methods by objects: IoU of each, then the means, seconds and memory.
TextTable ScoreTable(const CompareResult& result);
// The paper's layout: methods by scenes, accuracy and mean IoU of each, then the mean over scenes.
TextTable SceneTable(const std::vector<CompareResult>& scenes);

}  // namespace sanerf::experiments
