// Which photos are held out, also where the same photo is there under several names.
#pragma once

#include <cstddef>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// For each view the place of the first one whose file has the very same contents: its own where there is none. Only
// files of one size are read, and those that are known not again (core/content_hash.h). Throws Error for a file that
// cannot be read, InterruptedError.
std::vector<size_t> FirstCopies(const std::vector<ListedView>& views, const Job& job);

// Sorts the views by name and says which are held out: those of the scene's own split, else every n-th photo (0 =
// none), where copies of a photo count as one. Never is one copy held out and another trained on: a scene's own split
// keeps what is held out. What that leaves out, and copies that count twice, are warnings. Throws Error when nothing is
// left to train on.
void ChooseTestViews(SceneListing& listing, int test_every, const Job& job);

// Of those to train on keeps `most`, evenly chosen in their order; 0 = all. The others are no part of the scene.
void ThinTrainingViews(SceneListing& listing, int most);

}  // namespace sanerf::scene
