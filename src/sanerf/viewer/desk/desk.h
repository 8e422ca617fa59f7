// Where prompts become masks while the user looks: edits are taken at once; one thread makes the answer to them and
// stores it (AnswerThread), another one searches (Search).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/answer_thread.h"
#include "sanerf/viewer/desk/desk_journal.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/desk_state.h"
#include "sanerf/viewer/desk/hover.h"
#include "sanerf/viewer/desk/prompted_views.h"
#include "sanerf/viewer/desk/search.h"
#include "sanerf/viewer/desk/shown_state.h"
#include "sanerf/viewer/desk/storing.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class Desk {
  // Asks the state, which nobody changes meanwhile.
  template <class F>
  auto Asked(const F& question) const {
    const std::lock_guard lock(state_.mutex);
    return question(state_);
  }

 public:
  // work and audience must outlive it. What an earlier window has said is there at once.
  Desk(DeskRoom room, WorkList& work, Audience& audience);
  ~Desk();

  // Objects that the run holds, with masks and fields; before SetGround.
  void Load(std::vector<run::StoredField> fields);
  // What masks are made with, from now on; again when the radiance field is another. Its features may get more views.
  void SetGround(segmentation::SegmentationInput input);
  // There is none any more: prompts wait for the next one.
  void ClearGround();
  // Instead of the room's, from the next ground on.
  void SetOptions(const segmentation::SegmentationOptions& options);
  // More views are encoded. all: these are all there will be.
  void ViewsEncoded(bool all);

  Json Edit(const Json& request);
  void Resume();                             // with what was canceled or has failed
  void Find(const Json& request);            // throws NotNow
  void StopSearching() { search_.reset(); }  // for good
  void Save();                               // throws NotNow when there is no field yet
  // Throws NotNow unless the run has these objects as they are now: what is exported is read from there.
  void CheckKept(const std::vector<std::string>& names) const {
    Asked([&](const auto& state) { viewer::CheckKept(names, state); });
  }
  // Into the run, once there is one: what was said before.
  void KeepPrompts() { journal_.WriteChanges(); }
  Json Hover(const Json& request, const Job& job);
  Json Strip(segmentation::ObjectId id) const;

  std::shared_ptr<const Answer> answer() const {
    return Asked([](const auto& state) { return state.answer; });
  }
  std::vector<segmentation::EditedObject> edited_objects() const {
    return Asked([](const auto& state) { return state.edits.objects(); });
  }
  segmentation::EditedObject Object(segmentation::ObjectId id) const;  // throws NotFound
  std::vector<segmentation::ObjectId> AnsweredObjects() const;
  bool has_prompts() const {
    return Asked([](const auto& state) { return state.HasPrompts(); });
  }
  // Views whose encoding somebody waits for: prompted, then hovered; and where the positive prompts are.
  std::vector<int> WantedViews() const {
    return Asked([](const auto& state) { return state.WantedViews(); });
  }
  std::vector<Vec3> PromptedPoints() const {
    return Asked([](const auto& state) { return viewer::PromptedPoints(state.edits); });
  }
  std::map<int, uint32_t> ColorOfLabel(const Answer& shown) const {  // in that answer, of visible objects
    return Asked([&](const auto& state) { return viewer::ColorOfLabel(state, shown); });
  }
  // "objects", "answer" and "history" of docs/viewer.md.
  Json Objects(const IouOfObject& iou_of = nullptr) const {
    return Asked([&](const auto& state) { return ShownObjects(state, iou_of); });
  }
  Json AnswerState() const { return Asked(ShownAnswer); }
  Json History() const { return Asked(ShownHistory); }

 private:
  void Add(FoundObjects found);
  void Touch();  // the thread looks again, the page as well

  const DeskRoom room_;
  WorkList& work_;
  Audience& audience_;
  DeskState state_;
  std::shared_ptr<viewer::Hover> hover_;  // under the state's lock
  DeskJournal journal_;
  std::unique_ptr<AnswerThread> answers_;
  std::unique_ptr<Search> search_;
};

}  // namespace sanerf::viewer
