// A mesh as glTF 2.0 in one binary file.
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/export/triangle_mesh.h"

namespace sanerf::exports {

// Vertices are in the file frame and its units, far ones without their offset (OffsetOf). The node above them turns up
// to glTF's y axis, as its readers expect, and its extras state frame, units and offset: file = vertex + offset. With
// the texture as JPEG, else with linear colors of the vertices; its light is that of the photos (KHR_materials_unlit).
std::string EncodeGlb(const Mesh& mesh);
// Throws WriteError; there is no file then.
void WriteGlb(const std::filesystem::path& path, const Mesh& mesh);

}  // namespace sanerf::exports
