// Where prompts become masks while the user looks: edits are taken at once; one thread decodes, votes, refines and fits
// behind them, the first answer first, and begins anew when an edit makes what it does obsolete. Searches take minutes
// and have a thread of their own: what they find is an edit like any other.
//
//   first    the few views that see the object best and most differently: decoded, their vote drawn
//   all      the other views
//   refine   decoded again with what the views say about each other, outlines sharpened
//   field    the object field in pieces of about a second, drawn ever more rarely, and stored when it is fitted
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/segmentation/until_stable.h"
#include "sanerf/viewer/calls.h"
#include "sanerf/viewer/desk_state.h"
#include "sanerf/viewer/edit_request.h"
#include "sanerf/viewer/hover.h"
#include "sanerf/viewer/journal.h"
#include "sanerf/viewer/work_list.h"

namespace sanerf::viewer {

// Objects that a search has found. masks: of the objects in all views, or none where they are to be decoded.
struct FoundObjects {
  mask_decoder::Prompts prompts;
  std::vector<std::shared_ptr<const mask_decoder::DecodedObject>> masks = {};
};

// What the desk asks of the room around it. The functions are called from the desk's thread, but for point_at and find.
struct DeskRoom {
  std::shared_ptr<const scene::Scene> scene;
  pipeline::Settings settings;
  std::filesystem::path run;  // for its journal, once there is a run
  std::function<Vec3(const Camera& camera, const Vec2& px)> point_at;
  std::function<FoundObjects(const Json& request, const Job& job)> find;
  // Into the run. retired: objects that were there and are no more. Null, and where it is false: not kept.
  std::function<bool(const segmentation::SessionSnapshot& fitted, const std::filesystem::path& log,
                     const std::vector<std::string>& retired, const Job& job)>
      store;
  std::function<bool()> is_drawing;  // somebody waits for a picture; null: nobody ever does
  // Held while the first answer is made: what goes on beside it steps back. Null: nothing does.
  std::function<std::shared_ptr<void>()> hurry;
};

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
  void Find(const Json& request);  // throws NotNow
  void Save();                     // throws NotNow when there is no field yet
  // Throws NotNow unless the run has these objects as they are now: what is taken home is read from there.
  void CheckKept(const std::vector<std::string>& names) const;
  Json Hover(const Json& request, StopToken stop);
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
  using MaskSet = std::vector<std::shared_ptr<const mask_decoder::DecodedObject>>;

  void Work();
  void SaveAtTheEnd();
  void Do(DeskStep step, const Job& job);
  void LeaveGround();
  void LayGround();
  void CheckMemoryOfField(const Job& job) const;
  void Search();
  void AddFound(FoundObjects found, int64_t ground);
  void MakeMasks(DeskStep step, const Job& job);
  void FitField(const Job& job);
  void StoreField(const Job& job);
  void Publish(Answer::Kind kind, segmentation::SessionSnapshot snapshot);
  bool PublishKnown();
  void ThrowIfObsolete() const;  // under the lock
  void NoteAgreement(const Job& job);
  void LetDraw(const Job& job);
  void Failed(DeskStep step, const Error& error);
  void Obsolete(bool masks);  // an edit was done: of masks, or of names alone; under the lock
  void Touch();               // the worker looks again, the page as well
  void WriteDown();

  const DeskRoom room_;
  WorkList& work_;
  Audience& audience_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  DeskState state_;
  segmentation::SegmentationOptions options_;
  std::shared_ptr<viewer::Hover> hover_;
  bool is_closing_ = false, is_written_ = true;
  DeskStep doing_ = DeskStep::kNone;
  int64_t num_grounds_ = 0;
  StopSource stop_, close_;  // of the step in progress, and of all
  std::mutex journal_mutex_;
  bool had_run_ = false;  // with the mutex above

  // The worker's own.
  std::unique_ptr<segmentation::Session> session_;
  // Whether further views would say something new, by object. Unlike the command line, which encodes in an order of its
  // own, a view is judged by all others that are there.
  struct Judged {
    int64_t edition = 0;
    segmentation::UntilStable rule = {};
    std::set<int> views = {};
  };
  std::map<segmentation::ObjectId, Judged> judged_;
  std::unique_ptr<StepLog> log_;
  MaskSet logged_;
  std::deque<std::shared_ptr<const Answer>> fitted_;  // lately: undo brings back what is known
  double steps_per_second_ = 20;
  WorkList::Line line_, find_line_;
  std::thread worker_, finder_;
};

}  // namespace sanerf::viewer
