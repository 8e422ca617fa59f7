#include "sanerf/run/new_run.h"

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::run {

NewFolder::NewFolder(const fs::path& folder, const std::vector<std::string>& parts, const std::string& sign)
    : folder_(folder), sign_(folder / sign) {
  std::vector<fs::path> made;
  for (const std::string& part : parts) made.push_back(folder / part);
  made.push_back(folder / ".lock");
  for (fs::path around = folder; !around.empty() && !fs::exists(around); around = around.parent_path())
    made.push_back(around);
  for (const fs::path& path : made)
    if (!fs::exists(path)) missing_.push_back(path);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (fs::exists(sign_, ignored) || !fs::exists(folder_, ignored)) return;
  try {
    const RunLock lock(folder_);
    for (const fs::path& path : missing_) fs::remove(path, ignored);  // folders only when they are empty
  } catch (const Error&) {                                            // another command has begun in it
  }
}

}  // namespace sanerf::run
