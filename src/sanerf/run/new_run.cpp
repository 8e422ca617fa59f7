#include "sanerf/run/new_run.h"

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder.h"

namespace fs = std::filesystem;

namespace sanerf::run {

NewRun::NewRun(const fs::path& run) : run_(run) {
  for (const fs::path& path : {run / "nerf", run / ".lock", run})
    if (!fs::exists(path)) missing_.push_back(path);
}

NewRun::~NewRun() {
  std::error_code ignored;
  if (fs::exists(run_ / "run.json", ignored) || !fs::exists(run_, ignored)) return;
  try {
    const RunLock lock(run_);
    for (const fs::path& path : missing_) fs::remove(path, ignored);  // folders only when they are empty
  } catch (const Error&) {                                            // another command has begun in it
  }
}

}  // namespace sanerf::run
