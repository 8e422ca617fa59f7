// A mesh as a page for any browser, in one file that needs nothing else.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/export/triangle_mesh.h"

namespace sanerf::exports {

// Opened without a network: turns, moves and zooms by mouse, wheel, fingers and keys, and gives the GLB file
// (EncodeGlb) that it holds back. mesh.name is its title.
std::string EncodeHtml(const Mesh& mesh);
// Throws WriteError; there is no file then.
void WriteHtml(const std::filesystem::path& path, const Mesh& mesh);

}  // namespace sanerf::exports
