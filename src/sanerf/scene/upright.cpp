#include "sanerf/scene/upright.h"

#include <fmt/format.h>

#include "sanerf/core/phrases.h"

namespace sanerf::scene {
namespace {

void AddNote(SceneListing& listing, const std::vector<std::string>& names, const std::string& what) {
  if (names.empty()) return;
  const int64_t count = int64_t(names.size());
  listing.notes.push_back(fmt::format("{} in {}, as EXIF says, and {} upright here; {}: {}",
                                      Counted(count, "photo is not upright", "photos are not upright"),
                                      IsAre(count, "its file", "their files"), IsAre(count, "is", "are"), what,
                                      ListOfNames(names)));
}

}  // namespace

bool LiesAsStored(int width, int height, const View& view, bool as_stored) {
  if (view.orientation == 1) return false;
  const Camera& upright = view.camera;
  const bool fits_upright = HaveSameShape(width, height, upright.width, upright.height),
             fits_stored = LiesOnItsSide(view.orientation) ? HaveSameShape(width, height, upright.height, upright.width)
                                                           : fits_upright;
  return fits_stored && (as_stored || !fits_upright);
}

void TurnUpright(SceneListing& listing) {
  std::vector<std::string> as_stored, as_turned, mirrored;
  for (ListedView& listed : listing.views) {
    View& view = listed.view;
    const int orientation = listed.image.orientation;
    if (orientation == 1 || view.camera.lens.model() == LensModel::kEquirectangular) continue;
    if (view.camera.width != listed.image.width || view.camera.height != listed.image.height) {
      view.orientation = orientation;
      as_turned.push_back(view.name);
      continue;
    }
    // No camera sees a mirrored world: those stay as the lens saw them.
    view.orientation = TurnAlone(orientation);
    if (view.orientation != orientation) mirrored.push_back(view.name);
    for (int i = 0; i < NumTurnsClockwise(view.orientation); ++i) view.camera = view.camera.TurnedClockwise();
    if (view.orientation != 1) as_stored.push_back(view.name);
  }
  AddNote(listing, as_stored, "the poses belong to the pixels as stored and were turned with them");
  AddNote(listing, as_turned, "the poses belong to the upright pictures");
  if (!mirrored.empty()) {
    const int64_t count = int64_t(mirrored.size());
    listing.notes.push_back(fmt::format(
        "EXIF says that {} mirrored, but the poses belong to what the camera saw, and so do the pictures: {}",
        Counted(count, "photo is", "photos are"), ListOfNames(mirrored)));
  }
}

}  // namespace sanerf::scene
