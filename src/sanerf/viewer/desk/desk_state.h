// What the threads of the desk share: what the user has said, what has been made of it, and what is to be done next.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/run/extend_objects.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/journal.h"
#include "sanerf/viewer/desk/strip.h"

namespace sanerf::viewer {

// The answer as it is: what frames, masks and labels are made from.
struct Answer {
  enum class Kind { kNone, kFirst, kVote, kField };
  int64_t revision = 0;
  Kind kind = Kind::kNone;
  segmentation::SessionSnapshot snapshot;
  double seconds = 0;  // since the edit that it answers

  int LabelOf(segmentation::ObjectId id) const;  // in the model, -1 = none
  // Of fields that the run has one by one, each for its own objects. Until something is said: then one is fitted to
  // all.
  bool is_joined() const { return snapshot.model && snapshot.model->is_joined(); }
};

bool SameMasks(const segmentation::LabeledObjects& a, const segmentation::LabeledObjects& b);

enum class DeskStep { kNone, kGround, kFirst, kMore, kAll, kRefine, kVote, kPrepare, kField, kStore };

// Whoever asks or changes it holds its mutex.
class DeskState {
 public:
  // size: of the working cameras.
  DeskState(const scene::Scene& scene, int size) : scene_(scene), size_(size) {}

  // ---- Changes.
  // Stored objects as they are read: see Desk::Load. What somebody else has changed since the window stored it is taken
  // over.
  void GiveMasks(std::vector<run::StoredField>* fields);
  void TakeFields(std::vector<run::StoredField>* fields);
  void AddFound(FoundObjects found);  // with names that no other object has; Changed is to follow
  void Changed(bool masks);           // an edit was done
  void GoOn();                        // what was cancelled or has failed is tried again
  // More views are encoded. all: these are all there will be.
  void ViewsEncoded(bool all);

  // ---- Questions.
  static bool IsDirty(const segmentation::EditedObject& object);
  // The radiance field is in training: the vote is the answer to each prompt, until the finished one answers anew.
  bool IsProvisional() const { return ground && !ground->nerf.finished(); }
  bool IsReady(const segmentation::EditedObject& object) const;
  // The objects that masks are made for, or kept of. Those that wait for a view are shown as they are.
  segmentation::PromptEdits Selected() const;
  bool HasHeld() const;                      // some wait, and show masks of earlier prompts
  std::vector<std::string> Retired() const;  // objects that the run has and that are no more
  bool HasToStore() const;                   // what the run does not have yet is there, and complete
  DeskStep NextStep() const;
  std::map<int, uint32_t> ColorOfLabel(const Answer& shown) const;
  std::vector<int> WantedViews() const;
  std::vector<Vec3> PromptedPoints() const;
  bool HasPrompts() const;
  bool IsKept(const std::string& name) const;  // the run has the object as it is now
  // Why it does not have one, and what to do about that.
  std::pair<std::string, std::string> WhyNotKept() const;
  const AgreementOfView& AgreementOf(const segmentation::EditedObject& object) const;
  // What was made for earlier prompts is no answer to those that have been said meanwhile: InterruptedError.
  void ThrowIfObsolete() const;

  // ---- "objects", "answer" and "history" of docs/viewer.md.
  Json Objects() const;
  Json AnswerState() const;
  Json History() const;

  mutable std::mutex mutex;
  segmentation::PromptEdits edits;
  std::map<segmentation::ObjectId, ObjectLook> looks;
  std::map<int64_t, std::string> failed;  // by edition: why nothing can be decoded of what is encoded
  std::set<int64_t> stable;               // editions of which further views would say nothing new
  // How well masks agree with the others, where they do not say it themselves. Undo brings masks back, and this.
  std::map<std::weak_ptr<const mask_decoder::DecodedObject>, AgreementOfView, std::owner_less<>> agreements;
  std::shared_ptr<const Answer> answer = std::make_shared<const Answer>();
  std::vector<std::pair<double, double>> curve;  // seconds, agreement
  Stopwatch since_edit;
  StopSource stop;  // of the step in progress
  std::optional<segmentation::SegmentationInput> ground;
  int64_t num_grounds = 0;                    // that there have been
  segmentation::SegmentationOptions options;  // from the next ground on
  // The only field that the run holds, with the objects of its labels.
  std::optional<std::pair<std::vector<segmentation::ObjectId>, mask_aggregator::ObjectModel>> start;
  std::vector<std::string> stored_names;                // objects that the run has
  segmentation::LabeledObjects kept;                    // with the masks that it has of them
  std::map<std::string, std::set<std::string>> stored;  // what its objects are: see Journal
  int hovered_view = -1;                                // a mask was asked for in it and could not be shown yet
  Stopwatch since_hover;
  bool keeps_objects = false;  // there is somebody to store them
  bool new_ground = false, all_encoded = false, more_encoded = false;
  bool wants_field = false, is_fitted = false, is_stored = true;
  bool completes = false;    // only views that were missing join: the answer stays in view until the field has them
  bool is_idle = false;      // cancelled or failed, until the next edit, or until somebody says go on
  bool one_by_one = false;   // one object at a time, to see which of them fails
  bool saves_now = false;    // though it is not fitted to the end
  bool store_waits = false;  // for the next edit, or the end: it has failed
  bool is_prepared = false;

 private:
  segmentation::LabeledObjects Showing(const std::vector<std::vector<segmentation::ObjectId>>& ids) const;
  std::string StatusOf(const segmentation::EditedObject& object) const;
  bool FramesPoint(int view_idx, const mask_decoder::ObjectPrompt& prompt) const;

  const scene::Scene& scene_;
  const int size_;
  std::set<int64_t> as_stored_;  // editions whose masks are the run's
};

inline constexpr size_t kRememberedMasks = 6;  // edits whose masks undo brings back at once

}  // namespace sanerf::viewer
