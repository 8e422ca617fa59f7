#include "sanerf/segmentation/segment_memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/sample_pool.h"
#include "sanerf/sam/sam_frame.h"

namespace sanerf::segmentation {
namespace {

constexpr double kFloat = 4;

// Cells that samples fall into lie on surfaces, where a ray has about four: six sheets of the grid's side squared. Fog
// is as much thicker as its rays have more samples.
constexpr double kSheetsPerSample = 6.0 / 4;
// Of a cell without its votes: its key, and on average three slots of the table that finds it.
constexpr double kCell = 8 + 3 * 4;

template <class CameraOf>
MaskLoad LoadAt(int64_t num_objects, const std::vector<int>& views, const CameraOf& camera_of) {
  MaskLoad load{num_objects, int64_t(views.size()), 0};
  for (const int view : views) {
    const Camera camera = camera_of(view);
    load.pixels += double(camera.width) * camera.height;
  }
  return load;
}

}  // namespace

MaskLoad LoadOf(int64_t num_objects, const scene::Scene& scene, const std::vector<int>& views, int longest) {
  return LoadAt(num_objects, views,
                [&](int view) { return feature_container::WorkingCamera(scene.views[size_t(view)], longest); });
}

MaskLoad LoadOf(int64_t num_objects, const feature_container::FeatureContainer& container,
                const std::vector<int>& views) {
  return LoadAt(num_objects, views, [&](int view) { return container.WorkingCamera(view); });
}

RayLoad RayLoadOf(const nerf::NerfModel& nerf, const scene::Scene& scene, const std::vector<int>& views,
                  const Job& job) {
  std::vector<Camera> cameras;
  for (const int view : views) cameras.push_back(scene.views[size_t(view)].camera);
  return {nerf.contracted(), mask_aggregator::SamplesPerRay(nerf, cameras, job)};
}

// Of every object in every view: the mask, three times while a refinement round compares old and new ones beside those
// that the session keeps; SAM's four answers to its prompt in half precision; what the other views say, two numbers per
// ray of the vote.
double MaskBytes(const MaskLoad& load) {
  constexpr double kAnswers = 4 * 2.0 * sam::kSamLogitsSize * sam::kSamLogitsSize;
  const double rays = double(mask_aggregator::VoteOptions().size) * mask_aggregator::VoteOptions().size;
  return double(load.num_objects) * (3 * load.pixels + double(load.num_views) * (kAnswers + 2 * kFloat * rays));
}

// Rays of the vote with the cell and weight of each sample and the cells of each view; every cell twice, with votes and
// logits of each label; rays of the pool with their samples and logits, once more while they are put together; the
// table with gradients, moments and a copy.
double ObjectFieldBytes(const MaskLoad& load, const mask_aggregator::AggregatorOptions& options, const RayLoad& rays) {
  const mask_aggregator::VoteOptions vote;
  const double labels = double(load.num_objects) + 1, side = double(vote.cells) * (rays.contracted ? 2 : 1);
  const double vote_rays = double(load.num_views) * vote.size * vote.size;
  const double cells =
      std::min(vote_rays * rays.samples_per_ray, std::min(kSheetsPerSample * rays.samples_per_ray, side) * side * side);
  const double votes = vote_rays * (8 + 3 * kFloat * rays.samples_per_ray) + cells * (2 * kCell + 3 * kFloat * labels);
  const double pool_ray = mask_aggregator::PoolRayBytes(rays.samples_per_ray) + kFloat * labels;
  const double table = double(nn::NumTableValues(mask_aggregator::GridOptionsOf(options.field)));
  return votes + 2 * pool_ray * options.pool_rays + 5 * kFloat * table;
}

void CheckSegmentMemory(const MaskLoad& load, const mask_aggregator::AggregatorOptions& options, const RayLoad& rays,
                        const Job& job) {
  const double bytes = MaskBytes(load) + ObjectFieldBytes(load, options, rays);
  const double of_field = ObjectFieldBytes({1, load.num_views, 0}, options, rays);  // whatever the objects
  CheckMemory(fmt::format("the masks of {} in {} and their field", Counted(int64_t(load.num_objects), "object"),
                          Counted(int64_t(load.num_views), "view")),
              bytes,
              bytes > 2 * of_field ? "segment fewer objects at a time, or use fewer views: --max-views 20"
                                   : "take a smaller field: --set object.pool_rays=65536, --set object.log2_table=15",
              job);
}

}  // namespace sanerf::segmentation
