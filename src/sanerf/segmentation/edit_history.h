// Objects as they are and as they were before each edit: what undo and redo go back and forth in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/segmentation/edited_object.h"

namespace sanerf::segmentation {

// The objects before an edit, or after one that was undone, and what that edit is called: "add click".
struct EditMoment {
  std::vector<EditedObject> objects;
  std::string edit;
};

// A value, to be stored and restored: copies share the masks.
struct EditHistory {
  std::vector<EditedObject> now;
  std::vector<EditMoment> past = {}, future = {};  // the nearest last
  int64_t last_id = 0;                             // that was given to anything

  // `next` is what the objects are from now on. What was undone is lost; the last 100 edits are kept.
  void Commit(std::vector<EditedObject> next, const std::string& edit);
  // The last edit and the masks made since; false when there is none.
  bool Undo();
  bool Redo();
  void ForgetPast();  // nothing can be undone or redone
  // What they would undo and redo, "add click"; none when there is nothing.
  std::optional<std::string> undo_name() const;
  std::optional<std::string> redo_name() const;

  // What is further away than so many undos or redos is decoded again when it comes back: masks take memory.
  void ForgetMasksBeyond(size_t num_moments);
  template <class F>
  void ForEach(const F& visit) {  // object of any moment
    for (EditedObject& object : now) visit(object);
    for (auto* moments : {&past, &future})
      for (EditMoment& moment : *moments)
        for (EditedObject& object : moment.objects) visit(object);
  }
};

}  // namespace sanerf::segmentation
