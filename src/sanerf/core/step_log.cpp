#include "sanerf/core/step_log.h"

#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"

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

StepLog::StepLog(const Job& job, const std::filesystem::path& path, std::string title, int64_t step)
    : job_(job), path_(path), title_(std::move(title)) {
  std::error_code ignored;
  std::string kept;
  if (step > 0 && std::filesystem::exists(path, ignored)) kept = KeptLines(ReadFile(path), step, &seconds_before_);
  WriteFileAtomic(path, kept);
  file_.open(path, std::ios::app);
  if (!file_) throw WriteError(path.string(), "cannot be written", "check the folder's permissions and free space");
}

void StepLog::Take(const Event& event) {
  if (event.kind != Event::Kind::kMetrics || (!title_.empty() && event.title != title_)) return;
  Json line = Json::object();
  if (title_.empty()) line["task"] = std::string(event.title);
  line["step"] = event.done;
  for (const Metric& metric : event.metrics) line[std::string(metric.name)] = metric.value;
  line["seconds"] = seconds_before_ + event.seconds;
  const std::lock_guard lock(mutex_);
  Write(line);
}

void StepLog::Write(const Json& line) {
  file_ << line.dump() << std::endl;
  if (file_ || !is_complete_) return;
  is_complete_ = false;
  job_.Warn(path_.string() + ": cannot be written to any more; the training goes on without its log");
}

}  // namespace sanerf
