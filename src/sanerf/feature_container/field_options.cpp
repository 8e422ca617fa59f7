#include "sanerf/feature_container/field_options.h"

#include "sanerf/core/options.h"
#include "sanerf/nn/hash_grid.h"

namespace sanerf::feature_container {

void CheckFeatureFieldOptions(const FeatureFieldOptions& o) {
  CheckOptions(o, "field");
  nn::NumTableValues({o.levels, o.features, o.log2_table, o.base, o.top});  // says when the levels do not grow
}

}  // namespace sanerf::feature_container
