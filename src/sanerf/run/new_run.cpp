#include "sanerf/run/new_run.h"

namespace fs = std::filesystem;

namespace sanerf::run {

NewRun::NewRun(const fs::path& run) : run_(run) {
  for (const fs::path& path : {run / "nerf", run / ".lock", run})
    if (!fs::exists(path)) missing_.push_back(path);
}

NewRun::~NewRun() {
  std::error_code ignored;
  if (fs::exists(run_ / "run.json", ignored)) return;
  for (const fs::path& path : missing_) fs::remove(path, ignored);  // folders only when they are empty
}

}  // namespace sanerf::run
