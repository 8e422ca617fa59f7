#include "sanerf/viewer/desk/search.h"

#include <fmt/format.h>

#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/viewer/desk/known_objects.h"

namespace sanerf::viewer {

Search::Search(SearchCalls calls, DeskState& state, WorkList& work)
    : calls_(std::move(calls)), state_(state), work_(work), thread_([this](const StopToken& closing) {
        for (Json next; !closing.stop_requested() && TakeNext(&next);) Run(next, closing);
      }) {}

void Search::Begin(const Json& request) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request);
  }
  thread_.Wake();
}

bool Search::TakeNext(Json* request) {
  const std::lock_guard lock(mutex_);
  if (asked_.empty()) return false;
  *request = std::move(asked_.front());
  asked_.pop_front();  // whatever becomes of it: once
  return true;
}

void Search::Run(const Json& request, const StopToken& closing) {
  WorkList::Line line(work_);
  try {
    FindAndAdd(request, line.job().With(closing));
  } catch (const InterruptedError&) {
    if (!closing.stop_requested()) work_.Message("info", "the search was stopped");
  } catch (const Error& error) {
    work_.Message(error);
  } catch (const std::exception& error) {
    work_.Message("error", "the search failed", error.what());
  }
  calls_.on_end();
}

void Search::FindAndAdd(const Json& request, const Job& job) {
  int64_t ground = 0;
  {
    const std::lock_guard lock(state_.mutex);
    ground = state_.num_grounds;
  }
  FoundObjects found = calls_.find(request, job);
  segmentation::LabeledObjects known;
  {
    const std::lock_guard lock(state_.mutex);
    if (ground != state_.num_grounds) found = {std::move(found.prompts)};  // its masks are of a field that is no more
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
