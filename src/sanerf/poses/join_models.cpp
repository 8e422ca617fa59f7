#include "sanerf/poses/join_models.h"

#include <algorithm>
#include <iterator>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/poses/sparse_model.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr size_t kFewestShared = 3;  // camera centers that fix a similarity

size_t NumShared(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

}  // namespace

std::vector<FoundModel> FindModels(const fs::path& folder) {
  std::vector<FoundModel> models;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!ExistsAsFile(entry.path() / "images.bin")) continue;
    FoundModel model{entry.path(), ReadSparseModel(entry.path()).ImageNames()};
    if (!model.files.empty()) models.push_back(std::move(model));
  }
  std::sort(models.begin(), models.end(), [](const FoundModel& a, const FoundModel& b) {
    return a.files.size() != b.files.size() ? a.files.size() > b.files.size() : a.folder < b.folder;
  });
  return models;
}

JoinedModel JoinModels(Colmap& colmap, const std::vector<FoundModel>& models, const fs::path& scratch, const Job& job) {
  JoinedModel joined{models.at(0).folder, 0};
  std::vector<std::string> files = models[0].files;
  std::vector<const FoundModel*> left;
  for (size_t i = 1; i < models.size(); ++i) left.push_back(&models[i]);
  // What joins the whole may be what the next one shares photos with: as long as something does, all are tried again.
  for (size_t i = 0; i < left.size();) {
    const FoundModel& other = *left[i];
    const size_t shared = NumShared(files, other.files);
    const fs::path out = scratch / ("with_" + other.folder.filename().string());
    bool has_joined = false;
    if (shared >= kFewestShared && shared < other.files.size()) {
      EnsureWritableFolder(out);
      if (colmap.Merge(joined.folder, other.folder, out, job)) {
        const std::vector<std::string> now = ReadSparseModel(out).ImageNames();
        // COLMAP writes the first model also where it could not align the other one.
        has_joined = now.size() > files.size();
        if (has_joined) files = now;
      }
    }
    if (!has_joined) {
      ++i;
      continue;
    }
    joined = {out, joined.num_joined + 1};
    left.erase(left.begin() + std::ptrdiff_t(i));
    i = 0;
  }
  if (joined.num_joined > 0) {
    const fs::path adjusted = scratch / "adjusted";
    EnsureWritableFolder(adjusted);
    colmap.Adjust(joined.folder, adjusted, job);
    joined.folder = adjusted;
  }
  return joined;
}

}  // namespace sanerf::poses
