// The surface of an object, or of the scene, as a closed mesh with colors.
#pragma once

#include "sanerf/core/job.h"
#include "sanerf/export/mesh_options.h"
#include "sanerf/export/surface_views.h"
#include "sanerf/export/triangle_mesh.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::exports {

// label: of `objects`; -1: the middle of the scene, [-1, 1]^3 of the model frame, and `objects` may be null.
//
//   depth and masks of the photos' cameras (RenderSurfaceViews)
//     -> inside or outside on a grid around the subject (FuseViews)
//     -> triangles (Isosurface), without what few photos see (KeepSeenParts), at most `faces` (Simplified)
//     -> normals of the density (DensityNormals), colors and a texture of the photos (ColorMesh)
//
// Why not where density times probability crosses a level: within a solid, where no ray comes, the density was never
// trained, so its level sets have inner walls; and what the photos do not see of an object, the side that it stands on,
// would stay open or get walls of its own. Rays say where they lost half of their light, whatever the density's scale
// is; views that disagree are averaged; what nobody sees is closed the shortest way.
//
// The mesh is closed, without branches and consistently oriented (WhyNotClosed). The same bytes for any number of
// threads. Throws UsageError (options), Error when no photo sees anything of the subject, InterruptedError.
Mesh ExtractMesh(const nerf::NerfModel& nerf, const mask_aggregator::ObjectModel* objects, int label,
                 const scene::Scene& scene, const MeshOptions& options, const Job& job);

// Its surface alone, of views that show something: without normals, colors and texture.
Mesh MeshOfViews(const std::vector<SurfaceView>& views, const MeshOptions& options, const Job& job);

}  // namespace sanerf::exports
