// From prompts to an answer, a step at a time. One thread calls it; what it makes goes into the desk's state.
//
//   first    the few views that see the object best and most differently: decoded, their vote drawn
//   all      the other views
//   refine   decoded again with what the views say about each other, outlines sharpened
//   field    the object field in pieces of about a second, drawn ever more rarely
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/step_log.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/segmentation/until_stable.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/desk_state.h"

namespace sanerf::viewer {

class AnswerMaker {
 public:
  // room, state and audience must outlive it.
  AnswerMaker(const DeskRoom& room, DeskState& state, Audience& audience);
  ~AnswerMaker();

  // The state's ground, and what a first answer needs of it.
  void LayGround(const Job& job);
  // What the field needs beside that, and how well masks agree that the run has. Throws Error when there is too little
  // memory for the field.
  void Prepare(const Job& job);
  // These throw InterruptedError when an edit has made obsolete what they were at.
  void MakeMasks(DeskStep step, const Job& job);
  void FitField(const Job& job);

  bool has_ground() const { return session_ != nullptr; }
  // A field that the run has, before there is a ground: undo brings it back.
  void Remember(std::shared_ptr<const Answer> fitted) { fitted_.push_front(std::move(fitted)); }
  // Of the field's steps. Not there before the first one, and removed in the end.
  const std::filesystem::path& log_file() const { return log_file_; }

 private:
  using MaskSet = std::vector<std::shared_ptr<const mask_decoder::DecodedObject>>;

  void CheckMemoryOfField(const Job& job) const;
  void Publish(Answer::Kind kind, segmentation::SessionSnapshot snapshot);
  bool PublishKnown();
  void NoteLoaded(const Job& job);
  std::optional<double> NoteAgreement(const segmentation::PromptEdits& edits, const Job& job);
  void LetDraw(const Job& job);

  const DeskRoom& room_;
  DeskState& state_;
  Audience& audience_;
  const std::filesystem::path log_file_;
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
};

}  // namespace sanerf::viewer
