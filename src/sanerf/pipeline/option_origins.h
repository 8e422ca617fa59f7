// Where values of options came from, and what there is to say about how they were given.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/core/options.h"

namespace sanerf::pipeline {

// Beside the values, which are set through a registry that refers to them.
class OptionOrigins {
 public:
  // {"nerf": {"iters": 2000}}, comments allowed; former and removed names are a notice. Throws UsageError for unknown
  // keys, wrong types and values out of range.
  void ApplyFile(const OptionRegistry& values, const std::filesystem::path& path);
  // "stage.key=value". origin: "--set", the flag that stands for it ("--iters") or a file. Throws UsageError. A removed
  // option at the value that it has now is a notice.
  void Assign(const OptionRegistry& values, const std::string& assignment, const std::string& origin);
  // What `file` recorded; unknown keys are ignored, former and removed names are a notice. Throws Error for values out
  // of range, with the file and the key.
  void Restore(OptionRegistry values, const Json& options, const Json& origins, const std::string& file);
  // These options as `from` has them. origins: by name of the option, "preset paper"; empty = nobody said it.
  void Take(const OptionRegistry& values, const std::map<std::string, std::string>& origins,
            const OptionRegistry& from);

  // Throws UsageError when an option outside `stages` was given by the user: it would have no effect here.
  void AllowOnly(const std::vector<std::string>& stages, const std::string& command,
                 const OptionRegistry& values) const;
  // Of options that were given or recorded by a former name: what they are called now; of removed ones: what is done.
  const std::vector<std::string>& notices() const { return notices_; }
  Json ToJson() const;  // {"nerf.iters": "--iters"}, only what is not built in

 private:
  std::map<std::string, std::string> origins_, given_here_;
  std::vector<std::string> notices_;
};

}  // namespace sanerf::pipeline
