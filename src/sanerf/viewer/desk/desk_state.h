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

#include "sanerf/core/stop_token.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/desk/answer.h"
#include "sanerf/viewer/desk/journal.h"
#include "sanerf/viewer/desk/strip.h"

namespace sanerf::viewer {

// What the run has of the objects.
struct InRun {
  std::vector<std::string> names;
  segmentation::LabeledObjects labeled;                 // with the masks that it has of them
  std::map<std::string, std::set<std::string>> prints;  // what they are: see Journal
  std::set<int64_t> editions;                           // those whose masks it had when it was opened
};

enum class DeskStep { kNone, kGround, kFirst, kMore, kAll, kRefine, kVote, kPrepare, kField, kStore };

// Whoever asks or changes it holds its mutex.
class DeskState {
 public:
  // size: of the working cameras.
  DeskState(const scene::Scene& scene, int size) : scene(scene), size(size) {}

  // ---- Changes.
  // What masks are made with from now on; none: prompts wait for the next one.
  void SetGround(std::optional<segmentation::SegmentationInput> input);
  void Changed(bool masks);  // an edit was done: of masks, which stops the step in progress, or of names alone
  void Resume();             // what was canceled or has failed is tried again
  // More views are encoded. all: these are all there will be.
  void ViewsEncoded(bool all);
  void Show(segmentation::ObjectId id);  // one that joins gets the next color; of others nothing changes

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
  std::vector<int> WantedViews() const;  // whose encoding somebody waits for: prompted, then hovered
  bool HasPrompts() const;
  const AgreementOfView& AgreementOf(const segmentation::EditedObject& object) const;
  // What was made for earlier prompts is no answer to those that have been said meanwhile: InterruptedError.
  void ThrowIfObsolete() const;

  const scene::Scene& scene;
  const int size;

  mutable std::mutex mutex;
  segmentation::PromptEdits edits;
  std::map<segmentation::ObjectId, ObjectDisplay> looks;
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
  InRun in_run;
  int hovered_view = -1;  // a mask was asked for in it and could not be shown yet
  Stopwatch since_hover;
  bool keeps_objects = false;  // there is somebody to store them
  bool new_ground = false, all_encoded = false, more_encoded = false;
  bool wants_field = false, is_fitted = false, is_stored = true;
  bool completes = false;    // only views that were missing join: the answer stays in view until the field has them
  bool is_idle = false;      // canceled or failed, until the next edit, or until somebody says go on
  bool one_by_one = false;   // one object at a time, to see which of them fails
  bool saves_now = false;    // though it is not fitted to the end
  bool store_waits = false;  // for the next edit, or the end: it has failed
  bool is_prepared = false;
};

}  // namespace sanerf::viewer
