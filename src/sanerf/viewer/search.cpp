#include "sanerf/viewer/search.h"

#include <fmt/format.h>

#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/viewer/known_objects.h"

namespace sanerf::viewer {

Search::Search(SearchCalls calls, DeskState& state, WorkList& work)
    : calls_(std::move(calls)), state_(state), work_(work), line_(work), thread_([this] { Run(); }) {}

Search::~Search() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
    close_.RequestStop();
  }
  wake_.notify_all();
  thread_.join();
}

void Search::Begin(const Json& request) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request);
    line_.TakeUpAgain();
  }
  wake_.notify_all();
}

void Search::Run() {
  while (true) {
    Json request;
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_closing_ || !asked_.empty(); });
      if (is_closing_) return;
      request = std::move(asked_.front());
      asked_.pop_front();  // whatever becomes of it: once
      job = line_.job().With(close_.token());
    }
    try {
      FindAndAdd(request, job);
    } catch (const InterruptedError&) {
      if (!close_.token().stop_requested()) work_.Message("info", "the search was stopped");
    } catch (const Error& error) {
      work_.Message(error);
    } catch (const std::exception& error) {
      work_.Message("error", "the search failed", error.what());
    }
    {
      const std::lock_guard lock(state_.mutex);
      state_.is_searching = false;
    }
    calls_.on_end();
  }
}

void Search::FindAndAdd(const Json& request, const Job& job) {
  int64_t ground = 0;
  {
    const std::lock_guard lock(state_.mutex);
    state_.is_searching = true;
    ground = state_.num_grounds;
  }
  FoundObjects found = calls_.find(request, job);
  segmentation::LabeledObjects known;
  {
    const std::lock_guard lock(state_.mutex);
    if (ground != state_.num_grounds) found.masks.clear();  // of a radiance field that is no more
    known = state_.edits.Labeled();
  }
  const int num_known = RemoveKnown(known.masks, &found.prompts, &found.masks);
  if (num_known > 0)
    work_.Message("info",
                  fmt::format("{} of what was found {} there already", num_known, num_known == 1 ? "is" : "are"),
                  "nothing was added for that");
  if (!found.prompts.objects.empty()) calls_.add(std::move(found));
}

}  // namespace sanerf::viewer
