// Finished pieces of an experiment, a file each: what is there is not computed again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"

namespace sanerf::experiments {

class ResultCache {
 public:
  explicit ResultCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Hands what is kept under this name to `read`; returns whether there was something. key: all that the result depends
  // on; one of another key is none. What cannot be read, `read` says so by an Error, is a warning and none.
  bool Read(const std::string& name, const std::string& key, const std::function<void(const JsonCursor&)>& read,
            const Job& job) const;
  // In the place of what was kept under this name. result: an object. Throws Error when it cannot be written.
  void Keep(const std::string& name, const std::string& key, const Json& result) const;
  void Forget() const;  // everything

 private:
  std::filesystem::path PathOf(const std::string& name) const { return folder_ / (name + ".json"); }
  std::filesystem::path folder_;
};

}  // namespace sanerf::experiments
