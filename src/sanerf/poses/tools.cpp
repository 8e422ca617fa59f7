#include "sanerf/poses/tools.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/run_command.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr size_t kShownLines = 3, kShownBytes = 400;
// No screen is needed, messages are in English and numbers have points.
const std::vector<std::string> kEnvironment = {"QT_QPA_PLATFORM=offscreen", "LC_ALL=C"};

// The last lines that say something, for an error of one line.
std::string EndOf(const std::string& output) {
  std::vector<std::string> lines;
  std::istringstream text(output);
  for (std::string line; std::getline(text, line);) {
    for (char& c : line)
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    const size_t begin = line.find_first_not_of(" ="), end = line.find_last_not_of(" =");
    if (begin != std::string::npos) lines.push_back(line.substr(begin, end - begin + 1));
  }
  if (lines.size() > kShownLines) lines.erase(lines.begin(), lines.end() - kShownLines);
  std::string shown = fmt::format("{}", fmt::join(lines, " | "));
  if (shown.size() > kShownBytes) shown = "..." + shown.substr(shown.size() - kShownBytes);
  return shown;
}

std::string ReasonOf(const std::string& name, const CommandResult& result) {
  const std::string end = EndOf(result.output);
  const std::string how = result.exit_code > 128
                              ? fmt::format("{} was killed by signal {}", name, result.exit_code - 128)
                              : fmt::format("{} ended with exit code {}", name, result.exit_code);
  return how + (end.empty() ? ", and said nothing" : ", and said at last: " + end);
}

}  // namespace

Tool::Tool(const std::string& name, const std::string& needed_for) : name_(name) {
  if (!FindProgram(name)) throw Error(name + " is not installed", needed_for + " needs it", kSetUp);
}

void Tool::Run(const ToolCall& call, const Job& job) const {
  std::ofstream log;
  if (!call.log.empty()) {
    CheckCanHoldFile(call.log);
    log.open(call.log, std::ios::app);
    log << name_ << fmt::format(" {}\n", fmt::join(call.arguments, " ")) << std::flush;
  }
  CommandOptions options;
  options.environment = kEnvironment;
  options.on_stdout = call.on_stdout;
  options.on_line = [&](const std::string& line) {
    if (log.is_open()) log << line << '\n' << std::flush;
    if (call.on_line) call.on_line(line);
  };
  std::vector<std::string> arguments = {name_};
  arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
  const CommandResult result = RunCommand(arguments, options, job);
  if (!result.started) throw Error(name_ + " cannot be started", "it is gone, or no program", kSetUp);
  if (result.exit_code == 0) return;
  const std::string memory =
      result.exit_code == 128 + SIGKILL ? "was there too little memory? " : "";  // what the system's killer leaves
  const std::string all =
      call.log.empty() ? "" : fmt::format("{}all it said is in {}", call.hint.empty() ? "" : "; ", call.log.string());
  throw Error(call.what, ReasonOf(name_, result), memory + call.hint + all);
}

ToolVersion VersionOf(const std::string& name, const Job& job) {
  const bool is_colmap = name == "colmap";
  const std::string start = is_colmap ? "COLMAP " : name + " version ";
  ToolVersion found;
  CommandOptions options;
  options.environment = kEnvironment;
  options.on_line = [&](const std::string& line) {
    const size_t at = line.find(start);
    if (!found.version.empty() || at == std::string::npos) return;
    const std::string rest = line.substr(at + start.size());
    found.version = rest.substr(0, rest.find(' '));
  };
  found.present = RunCommand({name, is_colmap ? "help" : "-version"}, options, job).started;
  return found;
}

bool ReadCount(const std::string& line, std::string_view start, int* done, int* total) {
  const size_t at = line.find(start);
  if (at == std::string::npos) return false;
  return std::sscanf(line.c_str() + at + start.size(), " [%d/%d]", done, total) == 2;
}

}  // namespace sanerf::poses
