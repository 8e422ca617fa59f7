// Points and meshes as files that other programs open: PLY; OBJ, STL. GLB and HTML: glb_writer.h, html_writer.h.
//
// All are in the file frame and its units. Each file is complete or not there. All throw WriteError (a full disk).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/export/points.h"
#include "sanerf/export/triangle_mesh.h"

namespace sanerf::exports {

// Binary, little endian: x y z (doubles where single precision does not hold them), nx ny nz, red green blue,
// object_id, probability; a comment for each object with its id and name.
void WritePointSetPly(const std::filesystem::path& path, const PointSet& points);

// Text, with NAME.mtl and NAME.png beside it when there is a texture, else with colors behind the vertices'
// coordinates. Full coordinates, however large. Returns the files.
std::vector<std::filesystem::path> WriteObj(const std::filesystem::path& path, const Mesh& mesh);

// Binary: triangles alone. Far coordinates are without their offset (OffsetOf), which the header states.
void WriteStl(const std::filesystem::path& path, const Mesh& mesh);

}  // namespace sanerf::exports
