#include "sanerf/feature_container/feature_container.h"

namespace sanerf::feature_container {

const char* NameOf(EncodedPicture picture) { return picture == EncodedPicture::kPhoto ? "photo" : "render"; }

Camera WorkingCamera(const scene::View& view, int size) { return view.camera.ResizedToLongest(size); }

}  // namespace sanerf::feature_container
