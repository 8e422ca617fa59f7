#include "sanerf/experiments/result_cache.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {

bool ResultCache::Read(const std::string& name, const std::string& key,
                       const std::function<void(const JsonCursor&)>& read, const Job& job) const {
  const fs::path path = PathOf(name);
  if (!fs::exists(path)) return false;
  try {
    const Json json = ReadJsonFile(path);
    const JsonCursor root(json, path.string());
    if (root.StringOr("key", "") != key) return false;
    read(root);
    return true;
  } catch (const Error& error) {
    job.Warn(fmt::format("an earlier result is damaged and is computed again: {}", error.what()));
    return false;
  }
}

void ResultCache::Keep(const std::string& name, const std::string& key, const Json& result) const {
  EnsureWritableFolder(folder_);
  Json json = {{"key", key}};
  json.update(result);
  WriteJsonFile(PathOf(name), json);
}

void ResultCache::Forget() const {
  if (!fs::is_directory(folder_)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ".json") fs::remove(entry.path());
}

}  // namespace sanerf::experiments
