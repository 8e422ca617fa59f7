// Where every segmentation ends: the session's field is trained, stored with its objects and recorded in the run.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/object_store.h"
#include "sanerf/run/open_run.h"
#include "sanerf/segmentation/mask_fit.h"
#include "sanerf/segmentation/session.h"

namespace sanerf::pipeline {

struct StoreRequest {
  double seconds = 0;  // that the stage "segment" took up to here
  run::StoreOptions options = {};
  std::filesystem::path log = {};  // of the field's training; FitAndStore writes one of its own
};
struct FittedAndStored {
  run::StoreResult stored;
  double seconds = 0;
};

// run: to be written; its run.json has the options from now on, whatever container the views were encoded into; but for
// those that its radiance field was trained with.
FittedAndStored FitAndStore(segmentation::Session* session, StoreRequest request, const Settings& settings,
                            run::OpenRun* run, const Job& job);

// The second half by itself, of a field that is fitted and stays with its session.
run::StoreResult StoreFitted(const segmentation::SessionSnapshot& fitted, StoreRequest request,
                             const Settings& settings, run::OpenRun* run, const Job& job);

// Warns of an object whose field shows something else than its masks.
void WarnIfUseless(const segmentation::MaskFit& fit, const std::string& object, const std::filesystem::path& run,
                   const Job& job);

}  // namespace sanerf::pipeline
