// The photos of a scene as files of an export: which, called what, and how their pixels lie.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/export/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// Indices into the scene's views. Throws UsageError where there are none of these.
std::vector<int> ViewsFor(const PhotoOptions& options, const scene::Scene& scene);

// Paths of the views below a folder of an export: their names in the scene without the folder that all share
// ("images/a/1.jpg", "images/2.jpg" -> "a/1.jpg", "2.jpg"), never out of the folder, each once.
std::vector<std::string> PhotoNames(const scene::Scene& scene, const std::vector<int>& views);
// The same for a picture that stands for the photo: with the ending ".png", behind the photo's own where two photos
// differ in nothing else. extension: with its dot.
std::vector<std::string> PictureNames(const std::vector<std::string>& photo_names,
                                      const std::string& extension = ".png");

// EXIF's word for how the view's file lies, mirrored ones included. Reads its header.
int OrientationInFile(const scene::View& view);

// As a picture that lies upright is to be written; *orientation: what EXIF is to note with it.
ImageU8 LaidAs(Lying lying, ImageU8 upright, const scene::View& view, int* orientation);

}  // namespace sanerf::exports
