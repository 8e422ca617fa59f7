#include "sanerf/viewer/desk/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/phrases.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/known_objects.h"

namespace sanerf::viewer {

void CheckCanSearch(const Json& request, const DeskState& state) {
  if (!state.ground) throw NotNow("nothing can be found yet", "the radiance field is not there", "train it first");
  if (!request.value("everything", false)) return;
  const std::vector<int>& views = state.ground->views;
  const auto num_missing =
      std::count_if(views.begin(), views.end(), [&](int view) { return !state.ground->features->Has(view); });
  if (num_missing == 0) return;
  throw NotNow(
      "not everything can be found yet",
      fmt::format("{} of {} {} not encoded", num_missing, Counted(int64_t(views.size()), "view"), IsAre(num_missing)),
      state.all_encoded ? "encoding has stopped: go on with it, then ask again"
                        : "wait until they are, then ask again");
}

void AddFound(FoundObjects found, DeskState* state) {
  segmentation::PromptEdits& edits = state->edits;
  std::set<std::string> names;
  for (const segmentation::EditedObject& object : edits.objects()) names.insert(object.about.name);
  for (mask_decoder::ObjectPrompt& object : found.prompts.objects) {
    const std::string name = object.name;
    for (int number = 2; !names.insert(object.name).second; ++number) object.name = fmt::format("{}-{}", name, number);
  }
  segmentation::CheckObjectCount(edits.objects().size() + found.prompts.objects.size());
  const std::vector<segmentation::ObjectId> ids = edits.AddObjects(found.prompts, "find objects");
  for (size_t i = 0; i < ids.size(); ++i) {
    state->Show(ids[i]);
    if (found.is_decoded) edits.SetMasks(ids[i], found.masks[i], segmentation::MaskState::kRefined);
  }
}

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
    if (!closing.stop_requested()) work_.Message(MessageKind::kInfo, "the search was stopped");
  } catch (const Error& error) {
    work_.Message(error);
  } catch (const std::exception& error) {
    work_.Message(MessageKind::kError, "the search failed", error.what());
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
    work_.Message(MessageKind::kInfo,
                  fmt::format("{} of what was found {} there already", num_known, num_known == 1 ? "is" : "are"),
                  "nothing was added for that");
  if (!found.prompts.objects.empty()) calls_.add(std::move(found));
}

}  // namespace sanerf::viewer
