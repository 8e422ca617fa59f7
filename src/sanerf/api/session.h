// The method on a scene, interactively: prompts come and go, masks and objects follow. A window holds one of these.
//
//   Session session(scene, field, encoded);
//   session.Prepare(job);                          rays traced: before the first click
//   session.Add({.name = "mug", .clicks = {{"train/003.png", 212, 148}}});
//   session.Update(job);                           masks in all views
//   session.Snapshot(job).Mask(camera, 0, job);            the first answer, without optimization
//   session.Step(session.steps_left(), job);       the object field, from there on
//   const auto ids = session.Add({.name = "mug", .clicks = {{"train/010.png", 90, 77, false}}});     a correction
//   session.Update(job);                           only what has changed is decoded again
//   session.Move(ids[0], Click{"train/010.png", 95, 77, false});        the correction somewhere else, or not at all:
//   session.RemovePrompt(ids[0]);
//   session.Undo();
//
// A call that throws leaves the session as it was, but for Step, which keeps the steps that are complete. One thread at
// a time; snapshots are for all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sanerf/api/options.h"
#include "sanerf/api/radiance_field.h"
#include "sanerf/api/scene.h"
#include "sanerf/api/segmentation.h"
#include "sanerf/core/job.h"

namespace sanerf::api {

// One click, box or point of an object, by itself. Its id is never given twice in a session.
enum class PromptId : int64_t {};
using SinglePrompt = std::variant<Click, Box, Point>;
struct PlacedPrompt {
  PromptId id;
  SinglePrompt prompt;
};

class Session {
 public:
  // Options of the stages masks, segment and object.
  Session(const Scene& scene, const RadianceField& field, const EncodedViews& encoded, const Options& options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // A new object, or more prompts for the one of that name, where a box replaces the one that its view has. Returns the
  // ids of its clicks, then of its boxes and points. Nothing is decoded by this and what follows. Throws UsageError for
  // an unknown view, for a place outside its image and for prompts that make no sense.
  std::vector<PromptId> Add(const Prompt& prompt);
  void Move(PromptId id, const SinglePrompt& to);  // of the same kind
  void RemovePrompt(PromptId id);
  std::vector<PlacedPrompt> prompts(const std::string& name) const;  // of that object, in the order of their ids
  void Remove(const std::string& name);
  bool Undo();  // false when there is nothing to undo
  bool Redo();
  std::vector<std::string> names() const;

  void Prepare(const Job& job);
  void Update(const Job& job);
  void Step(int n, const Job& job);
  int steps_left() const;
  // Does not change when the session goes on. Throws UsageError as long as there are no masks.
  Objects Snapshot(const Job& job);

 private:
  friend struct LibraryAccess;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// All of it once: 2D masks of every prompt in all training views, one object field for all. Throws UsageError for
// prompts that make no sense, Error when an object is seen nowhere, InterruptedError.
Objects Segment(const Scene& scene, const RadianceField& field, const EncodedViews& encoded,
                const std::vector<Prompt>& prompts, const Options& options, const Job& job);

}  // namespace sanerf::api
