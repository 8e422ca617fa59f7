#include "sanerf/segmentation/segment_memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/core/system_info.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/sample_pool.h"
#include "sanerf/sam/sam_frame.h"

namespace sanerf::segmentation {
namespace {

constexpr double kFloat = 4;
constexpr double kSamplesPerRay = 4;  // that carry light: rays stop at the first surface

// Cells that samples fall into lie on surfaces: so many sheets of the grid's side squared.
constexpr double kSheets = 6;

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

// Of every object in every view: the mask, three times while a refinement round compares old and new ones beside those
// that the session keeps; SAM's four answers to its prompt in half precision; what the other views say, two numbers per
// ray of the vote.
double MaskBytes(const MaskLoad& load) {
  constexpr double kAnswers = 4 * 2.0 * sam::kSamLogitsSize * sam::kSamLogitsSize;
  const double rays = double(mask_aggregator::VoteOptions().size) * mask_aggregator::VoteOptions().size;
  return double(load.num_objects) * (3 * load.pixels + double(load.num_views) * (kAnswers + 2 * kFloat * rays));
}

// Rays of the vote with the cell and weight of each sample; votes and logits of every cell and label; rays of the pool
// with their samples and logits, once more while they are put together; the table with gradients, moments and a copy.
double ObjectFieldBytes(const MaskLoad& load, const mask_aggregator::AggregatorOptions& options, bool contracted) {
  const mask_aggregator::VoteOptions vote;
  const double labels = double(load.num_objects) + 1, side = double(vote.cells) * (contracted ? 2 : 1);
  const double vote_rays = double(load.num_views) * vote.size * vote.size;
  const double votes =
      vote_rays * (8 + kSamplesPerRay * (2 * kFloat + 8)) + 3 * kFloat * labels * kSheets * side * side;
  const double pool_ray = mask_aggregator::PoolRayBytes(kSamplesPerRay) + kFloat * labels;
  const mask_aggregator::ObjectFieldOptions& field = options.field;
  const double table =
      double(nn::NumTableValues({field.levels, field.features, field.log2_table, field.base, field.top}));
  return votes + 2 * pool_ray * options.pool_rays + 5 * kFloat * table;
}

void CheckSegmentMemory(const MaskLoad& load, const mask_aggregator::AggregatorOptions& options, bool contracted,
                        const Job& job) {
  const double bytes = MaskBytes(load) + ObjectFieldBytes(load, options, contracted);
  const double of_field = ObjectFieldBytes({1, load.num_views, 0}, options, contracted);  // whatever the objects
  CheckMemory(fmt::format("the masks of {} objects in {} views and their field", load.num_objects, load.num_views),
              bytes,
              bytes > 2 * of_field ? "segment fewer objects at a time, or use fewer views: --max-views 20"
                                   : "take a smaller field: --set object.pool_rays=65536, --set object.log2_table=15",
              job);
}

}  // namespace sanerf::segmentation
