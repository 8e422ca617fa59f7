#include "sanerf/viewer/downloads/exports.h"

#include <fmt/format.h>

#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/viewer/call_errors.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

constexpr size_t kMostResults = 50;  // the oldest go first

}  // namespace

Exports::Exports(WorkList& work, Audience& audience)
    : work_(work), audience_(audience), task_(audience), thread_([this](const StopToken& closing) {
        for (Entry next; !closing.stop_requested() && TakeNext(&next);) Make(std::move(next), closing);
      }) {}

void Exports::TaskNote::Take(const Event& event) {
  if (event.task_id == 0) return;
  uint64_t known = event.task_id;
  const bool is_over = event.kind == Event::Kind::kFinished || event.kind == Event::Kind::kAbandoned;
  const bool changes = is_over ? id_.compare_exchange_strong(known, 0) : id_.exchange(known) != known;
  if (changes) audience_.StateChanged();
}

Json Exports::TaskNote::id() const {
  const uint64_t id = id_;
  return id == 0 ? Json(nullptr) : Json(id);
}

int64_t Exports::Begin(const ExportRequest& request, const Json& options) {
  CheckExport(request.format, options);
  int64_t id;
  {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kMostResults) {
      if (entries_.front().state == Entry::State::kRunning)
        throw NotNow(fmt::format("{} files are waiting to be made", entries_.size()), "", "wait for some of them");
      std::error_code ignored;
      if (folder_) fs::remove_all(folder_->path() / std::to_string(entries_.front().id), ignored);
      entries_.erase(entries_.begin());
    }
    Entry entry;
    id = entry.id = ++last_id_;
    entry.request = request;
    entry.options = options;
    entry.file.name = ExportName(request);
    entries_.push_back(std::move(entry));
    waiting_.push_back(id);
  }
  thread_.Wake();
  audience_.StateChanged();
  return id;
}

Exports::Entry* Exports::Find(int64_t id) {
  for (Entry& entry : entries_)
    if (entry.id == id) return &entry;
  return nullptr;
}

fs::path Exports::PlaceOf(const Entry& entry) {
  run::RunFolder::Open(entry.request.run);  // says what is missing before anything is made in it
  const std::lock_guard lock(mutex_);
  if (!folder_) folder_.emplace(entry.request.run / "results");
  const fs::path place = folder_->path() / std::to_string(entry.id);
  fs::create_directories(place);
  return place;
}

bool Exports::TakeNext(Entry* next) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return false;
  *next = *Find(waiting_.front());
  running_ = next->id;
  waiting_.pop_front();
  return true;
}

void Exports::Make(Entry entry, const StopToken& closing) {
  WorkList::Line line(work_);
  entry.state = Entry::State::kFailed;  // unless all goes well
  try {
    entry.file = Export(entry.request, entry.options, PlaceOf(entry), line.job().With(closing).With(task_));
    entry.state = Entry::State::kReady;
  } catch (const InterruptedError&) {
    entry.error = "stopped";
  } catch (const Error& error) {
    entry.error = error.what();
    work_.Message(error);
  } catch (const std::exception& error) {
    entry.error = error.what();
  }
  {
    const std::lock_guard lock(mutex_);
    running_ = 0;
    if (Entry* kept = Find(entry.id)) *kept = std::move(entry);
  }
  audience_.StateChanged();
}

Json Exports::State() const {
  const std::lock_guard lock(mutex_);
  constexpr const char* kStates[] = {"running", "ready", "failed"};
  Json results = Json::array();
  for (const Entry& entry : entries_)
    results.push_back({{"id", entry.id},
                       {"format", entry.request.format},
                       {"name", entry.file.name},
                       {"bytes", entry.file.bytes},
                       {"state", kStates[int(entry.state)]},
                       {"work", entry.id == running_ ? task_.id() : Json(nullptr)},
                       {"error", entry.error}});
  return results;
}

fs::path Exports::FileOf(int64_t id, std::string* name) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.id != id) continue;
    if (entry.state == Entry::State::kRunning) throw NotNow("it is still being made");
    if (entry.state == Entry::State::kFailed) throw NotFound("it could not be made", entry.error);
    *name = entry.file.name;
    return entry.file.path;
  }
  throw NotFound(fmt::format("there is no result {}", id));
}

}  // namespace sanerf::viewer
