// Models of one capture that COLMAP could not connect on the way, made one where they share photos.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/poses/colmap.h"

namespace sanerf::poses {

// Models as COLMAP left them.
struct FoundModel {
  std::filesystem::path folder;
  std::vector<std::string> files;  // of its photos, by name
};
// In `folder`, the one with most photos first; empty ones are none.
std::vector<FoundModel> FindModels(const std::filesystem::path& folder);

// The largest model, joined with every other one that shares three photos or more with it and brings new ones, and
// adjusted as a whole then. scratch: an empty folder that keeps what comes of it. num_joined: how many were added.
struct JoinedModel {
  std::filesystem::path folder;
  int num_joined = 0;
};
JoinedModel JoinModels(Colmap& colmap, const std::vector<FoundModel>& models, const std::filesystem::path& scratch,
                       const Job& job);

}  // namespace sanerf::poses
