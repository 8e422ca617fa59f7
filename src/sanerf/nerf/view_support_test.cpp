#include "sanerf/nerf/view_support.h"

#include <gtest/gtest.h>

#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/foggy_field_test_support.h"
#include "sanerf/nerf/model_access.h"

namespace sanerf::nerf {
namespace {

class ViewSupport : public FoggyFieldTest {
 protected:
  static TracedField Traced() { return ModelAccess::Traced(*nerf_); }
  static std::vector<Camera> ModelCameras() {
    std::vector<Camera> cameras;
    for (const int view : scene_->TrainViews())
      cameras.push_back(scene_->views[size_t(view)].camera.In(nerf_->model_from_file()));
    return cameras;
  }
  // The same field among the same cells, to be pruned.
  static OccupancyGrid CellsOfTheField() { return Traced().occupancy.FrozenCopy(); }
};

// One ray after the other, by the table of traced samples.
TEST_F(ViewSupport, CountsTheViewsAsANaiveTwinDoes) {
  const std::vector<Camera> cameras = ModelCameras();
  const OccupancyGrid& cells = Traced().occupancy;
  std::map<uint32_t, int> want;
  for (const Camera& camera : cameras) {
    std::map<uint32_t, bool> seen;
    const Camera look = camera.ResizedToLongest(48);  // the photos have this size, twice the grid's 32 cells is more
    for (const Ray& ray : RaysOf(look, {0, 0, look.width, look.height})) {
      RayTracer tracer(Traced(), /*keep_waves=*/true);
      tracer.Begin(&ray, nullptr, 1);
      while (tracer.NextWave()) {
      }
      uint32_t last = 0;
      float light = 0;
      bool has_last = false;
      for (const RaySegment& segment : tracer.segments())
        for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot) {
          float p[3];
          for (int a = 0; a < 3; ++a) p[a] = ray.origin[a] + tracer.t()[slot] * ray.direction[a];
          uint32_t cell;
          if (!cells.CellOf(p, &cell)) continue;
          if (!has_last || cell != last) light = 0;
          has_last = true, last = cell;
          light += tracer.weights()[slot];
          if (light >= 0.01f) seen[cell] = true;
        }
    }
    for (const auto& [cell, is_seen] : seen) want[cell] += is_seen;
  }
  const std::vector<uint8_t> found = NumViewsOfCells(Traced(), cameras, Job());
  // Waves are cut otherwise for one ray than for many, which moves no sample: but a ray's last ones, of next to no
  // light.
  int64_t different = 0;
  for (size_t cell = 0; cell < found.size(); ++cell) {
    const auto known = want.find(uint32_t(cell));
    different += found[cell] != (known == want.end() ? 0 : known->second);
  }
  EXPECT_GT(want.size(), 200u);
  EXPECT_LE(different, int64_t(want.size() / 100));
}

TEST_F(ViewSupport, IsTheSameWithAnyNumberOfThreads) {
  SetNumThreads(1);
  const std::vector<uint8_t> one = NumViewsOfCells(Traced(), ModelCameras(), Job());
  SetNumThreads(3);
  EXPECT_EQ(NumViewsOfCells(Traced(), ModelCameras(), Job()), one);
}

// What is left was seen by two photos, or lies beside what was; the photos look as before, but for what one alone saw.
TEST_F(ViewSupport, WhatNoTwoPhotosAgreeOnIsEmptied) {
  const std::vector<Camera> cameras = ModelCameras();
  const std::vector<uint8_t> num_views = NumViewsOfCells(Traced(), cameras, Job());
  OccupancyGrid pruned = CellsOfTheField();
  const int64_t before = pruned.NumOccupied(), emptied = PruneUnsupported(Traced(), cameras, 2, &pruned, Job());
  EXPECT_GT(emptied, 0);
  EXPECT_EQ(pruned.NumOccupied(), before - emptied);
  const OccupancyGrid& cells = Traced().occupancy;
  for (int64_t cell = 0; cell < cells.num_cells(); ++cell) {
    const auto is_set = [&](const OccupancyGrid& grid) { return grid.view().bits[cell / 64] >> (cell % 64) & 1; };
    const bool has_to_stay = is_set(cells) && num_views[size_t(cell)] >= 2;
    ASSERT_TRUE(!has_to_stay || is_set(pruned)) << cell;
    ASSERT_LE(is_set(pruned), is_set(cells)) << cell;
  }
}

// Of two cameras on different sides, what one of them alone sees goes, unless it is beside what both see.
TEST_F(ViewSupport, WhatOneCameraAloneSeesGoes) {
  const std::vector<Camera> all = ModelCameras();
  const std::vector<Camera> two = {all[0], all[all.size() / 2]};
  const std::vector<uint8_t> num_views = NumViewsOfCells(Traced(), two, Job());
  OccupancyGrid pruned = CellsOfTheField();
  PruneUnsupported(Traced(), two, 2, &pruned, Job());
  int64_t alone = 0, gone = 0, both = 0;
  for (size_t cell = 0; cell < num_views.size(); ++cell) {
    const bool is_left = pruned.view().bits[cell / 64] >> (cell % 64) & 1;
    alone += num_views[cell] == 1;
    gone += num_views[cell] == 1 && !is_left;
    both += num_views[cell] == 2 && is_left;
  }
  EXPECT_GT(both, 0);
  EXPECT_GT(gone, 0) << "of " << alone;
}

// Of a single photo, all that it sees stays.
TEST_F(ViewSupport, OnePhotoNeedsNoOther) {
  const std::vector<Camera> one = {ModelCameras()[0]};
  const std::vector<uint8_t> seen = NumViewsOfCells(Traced(), one, Job());
  OccupancyGrid pruned = CellsOfTheField();
  PruneUnsupported(Traced(), one, 2, &pruned, Job());
  for (size_t cell = 0; cell < seen.size(); ++cell)
    ASSERT_TRUE(seen[cell] == 0 || (pruned.view().bits[cell / 64] >> (cell % 64) & 1)) << cell;
}

TEST_F(ViewSupport, StopsWhenAskedTo) {
  EventRecorder events;
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(NumViewsOfCells(Traced(), ModelCameras(), Job(events, stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::nerf
