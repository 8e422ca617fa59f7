#include "sanerf/feature_container/field_options.h"

#include "sanerf/core/options.h"
#include "sanerf/nn/hash_grid.h"

namespace sanerf::feature_container {

void CheckFeatureFieldOptions(const FeatureFieldOptions& o) {
  CheckOptions(o, "field");
  nn::HashGrid("feature", {o.levels, o.features, o.log2_table, o.base, o.top}, 0);  // says what is wrong with a table
}

}  // namespace sanerf::feature_container
