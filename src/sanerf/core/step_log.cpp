#include "sanerf/core/step_log.h"

#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/log.h"

namespace sanerf {
namespace {

// The lines up to `step` that are whole; *seconds becomes the last one's.
std::string KeptLines(const std::string& text, int64_t step, double* seconds) {
  std::istringstream in(text);
  std::string kept;
  for (std::string line; std::getline(in, line) && !in.eof();) {  // the last line ends with a newline, or it is torn
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer()) continue;
    if (json["step"].get<int64_t>() > step) continue;
    kept += line + '\n';
    if (json.contains("seconds") && json["seconds"].is_number()) *seconds = json["seconds"].get<double>();
  }
  return kept;
}

}  // namespace

StepLog::StepLog(const std::filesystem::path& path, int64_t step) : path_(path) {
  std::error_code ignored;
  std::string kept;
  if (step > 0 && std::filesystem::exists(path, ignored)) kept = KeptLines(ReadFile(path), step, &seconds_before_);
  WriteFileAtomic(path, kept);
  file_.open(path, std::ios::app);
  if (!file_) throw Error(path.string(), "cannot be written", "check the folder's permissions and free space");
}

void StepLog::Write(const Json& line) {
  file_ << line.dump() << std::endl;
  if (file_ || !is_complete_) return;
  is_complete_ = false;
  LogWarning("{}: cannot be written to any more; the training goes on without its log", path_.string());
}

}  // namespace sanerf
