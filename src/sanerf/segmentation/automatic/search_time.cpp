#include "sanerf/segmentation/automatic/search_time.h"

#include <algorithm>
#include <mutex>

#include "sanerf/core/parallel.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/sam/automatic_masks.h"

namespace sanerf::segmentation {
namespace {

// Objects that a search finds: 8, 13, 16, 20 and 20 in the five scenes of docs/studies/automatic.md.
constexpr int kTypicalObjects = 16;

// What the later parts cost, beside a point of the grid (28 ms where this was measured) and a rendered ray (4.4 us):
// docs/studies/interaction.md and automatic.md on the same machine. Both sides of each are the same kind of work.
constexpr double kDecodePoints = 0.9;       // an object's mask in a view, 25 ms
constexpr double kDecodeAgainPoints = 1.5;  // again, with and without what the others say, 42 ms
constexpr double kTracedRay = 0.8;          // 3.5 us: without color
constexpr double kFittedRay = 1.5;          // 6.6 us: a step of 2048 rays takes 13.5 ms

constexpr int kMeasuredGrid = 2;      // points per side and thread
constexpr int kMeasuredPicture = 64;  // pixels along the longer side

}  // namespace

double SecondsPerPoint(int view_idx, const feature_container::FeatureContainer& container, const sam::Sam& sam,
                       int num_searched, const Job& job) {
  const ThreadLimit limit(job.num_threads());
  const int most = job.num_threads() > 0 ? std::min(job.num_threads(), NumThreads()) : NumThreads();
  const int num_threads = std::clamp(num_searched, 1, most);
  const Camera camera = container.WorkingCamera(view_idx);
  std::mutex mutex;
  double seconds = 0;
  ParallelForChunks(num_threads, 1, [&](int64_t, int64_t) {
    const std::unique_ptr<sam::Sam> predictor = sam.Share();
    predictor->SetFeatures(container.Features(view_idx, job));
    const auto ask = [&](int grid) {
      sam::AutomaticMaskOptions options;
      options.grid = grid;
      options.skip_area = 0;  // every point is asked
      sam::GenerateMasks(*predictor, camera.width, camera.height, options, {}, job);
    };
    ask(1);  // the first call of a session allocates its memory
    const Stopwatch watch;
    ask(kMeasuredGrid);
    const std::lock_guard lock(mutex);
    seconds += watch.seconds();
  });
  return seconds / (num_threads * kMeasuredGrid * kMeasuredGrid) / num_threads;
}

double SecondsPerRay(const nerf::NerfModel& nerf, const Camera& camera, const Job& job) {
  const Camera small = camera.ResizedToLongest(kMeasuredPicture);
  nerf.Render(small, job);  // the first one brings the field into the caches
  const Stopwatch watch;
  nerf.Render(small, job);
  return watch.seconds() / (double(small.width) * small.height);
}

std::vector<WholeTask::Part> PartsOfSearch(const SearchSize& size, const SearchPace& pace,
                                           const SegmentationOptions& options) {
  const AutoOptions& search = options.automatic;
  const int num_objects = size.num_objects > 0 ? size.num_objects : std::min(kTypicalObjects, search.max_objects);
  const double decoded = double(num_objects) * size.num_decoded;
  const double not_searched = 1 - double(size.num_searched) / std::max(1, size.num_decoded);
  const int vote_size = mask_aggregator::VoteOptions().size;
  return {{"encode"},
          {"search", double(size.num_searched) * search.masks.grid * search.masks.grid, pace.point},
          {"decode objects", decoded, kDecodePoints * not_searched * pace.point},
          {"trace vote rays", double(size.num_decoded), kTracedRay * vote_size * vote_size * pace.ray},
          {"decode again", decoded * search.rounds, kDecodeAgainPoints * pace.point},
          {"trace mask", double(options.object.pool_rays), kTracedRay * pace.ray},
          {"object field", double(options.object.iters), kFittedRay * options.object.rays * pace.ray}};
}

}  // namespace sanerf::segmentation
