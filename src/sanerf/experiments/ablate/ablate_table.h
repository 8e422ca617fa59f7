// The ablation for people and for other programs.
#pragma once

#include <string>

#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/ablate/ablate_results.h"
#include "sanerf/experiments/compare/compare_formats.h"

namespace sanerf::experiments {

// Per study a table: a row per variant; columns per scene (per object when there is one scene), then the means. Cells:
// IoU / boundary IoU in percent, "± deviation" over seeds. What failed is listed below with its reason.
std::string ToTable(const AblationResult& result);     // for a terminal
std::string ToMarkdown(const AblationResult& result);  // the same tables for a document
// One line per variant, scene, seed and object.
std::string ToCsv(const AblationResult& result);
// {"scenes", "seeds", "studies": [{"name", "title", "rows": [{"label", "options", "method", "is_default", "results":
// [[…]]}]}]}
Json ToJson(const AblationResult& result);

}  // namespace sanerf::experiments
