// The programs of others that find poses: colmap, ffmpeg and ffprobe. They are looked up in PATH and started without a
// shell.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::poses {

inline constexpr const char* kSetUp =
    "scripts/setup.sh --with-poses installs it (Debian, Ubuntu: apt-get install colmap ffmpeg)";

// One call of a tool.
struct ToolCall {
  std::vector<std::string> arguments;                          // behind the program's name
  std::string what;                                            // for the error: "colmap cannot find features"
  std::string hint;                                            // for the error; the log's place goes with it
  std::filesystem::path log;                                   // what it says is added there; empty = nowhere
  std::function<void(const std::string& line)> on_line;        // of what it says, as it comes
  std::function<void(std::string_view bytes)> on_stdout = {};  // where stdout holds data
};

class Tool {
 public:
  // Throws Error when there is no program of that name: it says why it is needed and how to get it.
  Tool(const std::string& name, const std::string& needed_for);

  // Throws Error with the last lines of what the tool said when it fails or is killed, InterruptedError when it is
  // stopped with the job.
  void Run(const ToolCall& call, const Job& job) const;

 private:
  std::string name_;
};

// "3.8", "5.1.9-0+deb12u1"; "" when the program does not say one it is known by. `present`: whether there is one.
struct ToolVersion {
  bool present = false;
  std::string version;
};
ToolVersion VersionOf(const std::string& name, const Job& job);

// "Processed file [3/10]": the two numbers in brackets behind `start`; false for any other line.
bool ReadCount(const std::string& line, std::string_view start, int* done, int* total);

}  // namespace sanerf::poses
