#include "sanerf/viewer/desk/storing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "sanerf/core/files.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/journal.h"

namespace sanerf::viewer {

using segmentation::EditedObject;

bool IsKept(const std::string& object, const DeskState& state) {
  const std::vector<EditedObject>& objects = state.edits.objects();
  const auto known = std::find_if(objects.begin(), objects.end(),
                                  [&](const EditedObject& other) { return other.about.name == object; });
  if (known == objects.end() || DeskState::IsDirty(*known)) return false;
  const std::vector<std::string>& names = state.in_run.names;
  if (std::find(names.begin(), names.end(), object) == names.end()) return false;
  return !state.wants_field || SameMasks(state.in_run.labeled, state.Selected().Labeled());
}

std::pair<std::string, std::string> WhyNotKept(const DeskState& state) {
  if (state.is_idle)
    return {"what was being made of it was stopped, or has failed", "go on with it, and wait until it is stored"};
  if (state.IsProvisional()) return {"a radiance field in training keeps no objects", "wait until it is trained"};
  if (state.store_waits) return {"it could not be stored", "mend what the message said, then save it again"};
  return {"the run does not have it as it is now", "wait until it is ready: then it is stored"};
}

void CheckKept(const std::vector<std::string>& objects, const DeskState& state) {
  for (const std::string& object : objects) {
    if (IsKept(object, state)) continue;
    const auto [why, hint] = WhyNotKept(state);
    throw NotNow(fmt::format("{} cannot be exported yet", object), why, hint);
  }
}

bool AskToStore(DeskState* state) {
  if (state->answer->kind != Answer::Kind::kField ||
      !SameMasks(state->answer->snapshot.objects, state->Selected().Labeled()) || state->HasHeld() ||
      (state->answer->is_joined() && !state->is_fitted))
    throw NotNow("there is no object field to save yet", "it is fitted after the masks", "wait for it");
  if (state->answer->is_joined()) return false;  // the run has them as they are
  state->saves_now = true;                       // as far as it has come
  state->is_idle = false;
  return true;
}

void StoreAnswer(const DeskRoom& room, const std::filesystem::path& log, DeskState& state, DeskJournal& journal,
                 const Job& job) {
  std::shared_ptr<const Answer> answer;
  segmentation::SessionSnapshot fitted;
  std::vector<std::string> retired, kept;  // of those that the run has
  std::map<std::string, std::set<std::string>> prints;
  {
    const std::lock_guard lock(state.mutex);
    answer = state.answer;
    fitted = answer->snapshot;
    if (!SameMasks(fitted.objects, state.Selected().Labeled())) return;  // an edit was faster
    state.is_stored = state.is_fitted || fitted.objects.ids.empty();     // unless an edit comes in between
    state.saves_now = false;
    retired = state.Retired();
    for (const std::string& name : state.in_run.names) {
      if (std::find(retired.begin(), retired.end(), name) != retired.end()) continue;
      kept.push_back(name);
      prints[name] = state.in_run.prints[name];
    }
    for (size_t i = 0; i < fitted.objects.ids.size(); ++i) {
      mask_decoder::ObjectPrompt& object = fitted.objects.prompts.objects[i];
      object.name = state.edits.Object(fitted.objects.ids[i]).about.name;  // renamed since
      if (std::find(kept.begin(), kept.end(), object.name) == kept.end()) kept.push_back(object.name);
      prints[object.name] = {PrintOf(object, *fitted.objects.masks[i])};
      state.in_run.prints[object.name].insert(*prints[object.name].begin());
    }
  }
  // At the end it is tried once more, before that when something is said: it would fail again and again.
  const auto not_stored = [&] {
    const std::lock_guard lock(state.mutex);
    state.store_waits = std::exchange(state.is_stored, false);
  };
  try {
    journal.Write();  // were the process killed in between, the object would be known as the window's own
    if (!std::filesystem::exists(log)) WriteFileAtomic(log, "");
    if (!room.store(fitted, log, retired, job)) return not_stored();
  } catch (...) {
    not_stored();
    throw;
  }
  {
    const std::lock_guard lock(state.mutex);
    state.store_waits = false;
    state.in_run.names = std::move(kept);
    state.in_run.prints = std::move(prints);
    state.in_run.labeled = answer->snapshot.objects;
  }
  journal.Write();
}

}  // namespace sanerf::viewer
