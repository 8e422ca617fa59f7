#include "sanerf/segmentation/edit_history.h"

#include <utility>

namespace sanerf::segmentation {
namespace {

constexpr size_t kMostEdits = 100;

// One moment from the end of `from` becomes the present, which goes to the end of `to`.
bool MoveOne(std::vector<EditMoment>* from, std::vector<EditedObject>* now, std::vector<EditMoment>* to) {
  if (from->empty()) return false;
  to->push_back({std::exchange(*now, std::move(from->back().objects)), std::move(from->back().edit)});
  from->pop_back();
  return true;
}

std::optional<std::string> NameOfLast(const std::vector<EditMoment>& moments) {
  return moments.empty() ? std::nullopt : std::optional(moments.back().edit);
}

}  // namespace

void EditHistory::Commit(std::vector<EditedObject> next, const std::string& edit) {
  past.push_back({std::exchange(now, std::move(next)), edit});
  if (past.size() > kMostEdits) past.erase(past.begin());
  future.clear();
}

bool EditHistory::Undo() { return MoveOne(&past, &now, &future); }

bool EditHistory::Redo() { return MoveOne(&future, &now, &past); }

std::optional<std::string> EditHistory::undo_name() const { return NameOfLast(past); }

std::optional<std::string> EditHistory::redo_name() const { return NameOfLast(future); }

void EditHistory::ForgetPast() {
  past.clear();
  future.clear();
}

void EditHistory::ForgetMasksBeyond(size_t num_moments) {
  for (auto* moments : {&past, &future}) {
    for (size_t i = 0; i + num_moments < moments->size(); ++i) {
      for (EditedObject& object : (*moments)[i].objects) {
        object.masks = nullptr;
        object.state = MaskState::kNone;
      }
    }
  }
}

}  // namespace sanerf::segmentation
