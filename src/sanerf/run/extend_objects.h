// Prompts added to objects that are there (`segment --add`): a name that exists gets further prompts, a new name
// becomes another label of the same field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/run/object_store.h"

namespace sanerf::run {

struct StoredField {
  mask_decoder::Prompts prompts;                     // of its objects, in the order of their labels
  std::vector<mask_decoder::DecodedObject> objects;  // with their masks
  std::optional<mask_aggregator::ObjectModel>
      field;  // none when one of its objects was deleted: labels are then dealt anew
};

// The field that the prompts belong to: that of an object they name, or the only one there is. Throws UsageError when
// there is none, when two are named, or when `prompts` has only new names and there are several fields; Error when the
// objects belong to an earlier radiance field or their files are damaged.
StoredField OpenField(const RunFolder& run, const nerf::NerfModel& nerf, const scene::Scene& scene,
                      const mask_decoder::Prompts& prompts, const Job& job);

// All that can be read, for who shows what there is: a damaged object keeps nobody from the others, which are then
// without the model that they shared with it.
struct ReadableFields {
  std::vector<StoredField> fields;
  std::vector<Error> problems;  // what is left out, why, and what to do
};
ReadableFields OpenReadableFields(const RunFolder& run, const nerf::NerfModel& nerf, const scene::Scene& scene,
                                  const Job& job);

// What was asked before and what is asked now. An instance or min_visible that is given now replaces the old one; so
// does a box in a view that had one.
mask_decoder::ObjectPrompt Extended(const mask_decoder::ObjectPrompt& before, const mask_decoder::ObjectPrompt& more);
// The objects of `more`, those that are in `before` extended.
mask_decoder::Prompts Extended(const mask_decoder::Prompts& before, const mask_decoder::Prompts& more);

}  // namespace sanerf::run
