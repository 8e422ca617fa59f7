// A search takes minutes and has a thread of its own; what it finds is an edit like any other.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/desk_state.h"
#include "sanerf/viewer/live/wakeful_thread.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

// Throws NotNow: there is no radiance field yet, or everything is to be found and views are missing. Under the state's
// lock, as the next one.
void CheckCanSearch(const Json& request, const DeskState& state);
// With names that no other object has. DeskState::Changed is to follow.
void AddFound(FoundObjects found, DeskState* state);

// All called from the thread that searches.
struct SearchCalls {
  std::function<FoundObjects(const Json& request, const Job& job)> find;
  std::function<void(FoundObjects found)> add;  // what nobody knew before
  std::function<void()> on_end;                 // of each search, whatever has become of it
};

// One search after the other, in the order in which they were asked for; each can be canceled by itself.
class Search {
 public:
  // state and work must outlive it.
  Search(SearchCalls calls, DeskState& state, WorkList& work);  // its end stops the search in progress

  void Begin(const Json& request);

 private:
  bool TakeNext(Json* request);
  void Run(const Json& request, const StopToken& closing);
  void FindAndAdd(const Json& request, const Job& job);

  const SearchCalls calls_;
  DeskState& state_;
  WorkList& work_;
  std::mutex mutex_;  // of what follows; never held together with the state's
  std::deque<Json> asked_;
  WakefulThread thread_;
};

}  // namespace sanerf::viewer
