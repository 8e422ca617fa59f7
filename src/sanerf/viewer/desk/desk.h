// Where prompts become masks while the user looks: edits are taken at once; one thread makes the answer to them
// (AnswerMaker) and stores it, and begins anew when an edit makes what it does obsolete. Another one searches (Search).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/answer_maker.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/desk_state.h"
#include "sanerf/viewer/desk/hover.h"
#include "sanerf/viewer/desk/search.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

class Desk {
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
  void GoOn();                     // with what was cancelled or has failed
  void Find(const Json& request);  // throws NotNow
  void StopSearching();            // for good
  void Save();                     // throws NotNow when there is no field yet
  // Throws NotNow unless the run has these objects as they are now: what is taken home is read from there.
  void CheckKept(const std::vector<std::string>& names) const;
  Json Hover(const Json& request, const Job& job);
  Json Strip(segmentation::ObjectId id) const;

  std::shared_ptr<const Answer> answer() const;
  segmentation::EditedObject Object(segmentation::ObjectId id) const;  // throws NotFound
  ObjectLook Look(segmentation::ObjectId id) const;
  std::map<int, uint32_t> ColorOfLabel(const Answer& shown) const;  // in that answer, of visible objects
  // Views whose encoding somebody waits for: hovered, then prompted; and where the positive prompts are.
  std::vector<int> WantedViews() const;
  std::vector<Vec3> PromptedPoints() const;
  std::vector<segmentation::EditedObject> edited_objects() const;
  bool has_prompts() const;
  // Into the run, once there is one: what was said before.
  void KeepPrompts();

  // "objects", "answer" and "history" of docs/viewer.md.
  Json Objects() const;
  Json AnswerState() const;
  Json History() const;

 private:
  void Work();
  void SaveAtTheEnd();
  void Do(DeskStep step, const Job& job);
  void LeaveGround();
  void Add(FoundObjects found);
  void StoreField(const Job& job);
  void Failed(DeskStep step, const Error& error);
  void CheckAllEncoded() const;  // throws NotNow; under the state's lock
  void Obsolete(bool masks);     // an edit was done: of masks, or of names alone; under the state's lock
  void Touch();                  // the worker looks again, the page as well
  void WriteDown();

  const DeskRoom room_;
  WorkList& work_;
  Audience& audience_;

  DeskState state_;
  // Under the state's lock.
  std::condition_variable wake_;
  std::shared_ptr<viewer::Hover> hover_;
  bool is_closing_ = false, is_written_ = true;
  DeskStep doing_ = DeskStep::kNone;

  StopSource close_;
  std::mutex journal_mutex_;
  bool had_run_ = false;  // with the mutex above
  WorkList::Line line_;
  AnswerMaker maker_;  // the worker's own
  std::thread worker_;
  std::unique_ptr<Search> search_;
};

}  // namespace sanerf::viewer
