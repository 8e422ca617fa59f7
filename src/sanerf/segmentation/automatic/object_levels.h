// Of groups of masks that lie in each other (a print, a box, a table full of things), which are the objects.
#pragma once

#include <vector>

namespace sanerf::segmentation {

struct LevelItem {
  double agreement = 0;  // how well the views agree on it, [0, 1]
  double size = 0;       // share of the view
  bool is_background = false;
};

enum class Verdict { kObject, kRepeated, kPart, kWhole, kTexture, kConflict, kBackground };
const char* VerdictName(Verdict verdict);

// share_in[i][j]: of item i inside item j. No two of the items that are objects show the same surface:
//
//   repeated    nearly the same as one on which the views agree better
//   texture     a part of the background on which the views agree less than on the background itself: a board of a
//   floor whole       several things at once: the views agree better on parts that make up most of it, or much better
//   on one part        of a whole that stays: agreement >= `whole` times that of its best part conflict    overlaps one
//   on which the views agree better without being a part of it
std::vector<Verdict> ChooseLevel(const std::vector<LevelItem>& items, const std::vector<std::vector<double>>& share_in,
                                 double whole);

}  // namespace sanerf::segmentation
