// Who has been let in by earlier servers of a run: pages that are still open come back when the server is started anew.
// What is kept is a hash of each token, of no use to who reads the file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/viewer/audience.h"

namespace sanerf::viewer {

// Newest first. A file that cannot be read knows nobody.
std::vector<std::string> ReadVisitors(const std::filesystem::path& run);
// Adds the hash of `token` to `earlier` and writes RUN/.visitors. False when there is no run yet; audience hears when
// it cannot be written to.
bool RememberVisitor(const std::filesystem::path& run, const std::string& token, std::vector<std::string> earlier,
                     Audience& audience);

}  // namespace sanerf::viewer
