#include "sanerf/nerf/occupancy_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::nerf {
namespace {

// In the middle of the box, turned by half a turn about y: it looks along +z with an opening of 90 degrees.
Camera LooksAlongZ() {
  Camera camera;
  camera.width = camera.height = 64;
  camera.fx = camera.fy = camera.cx = camera.cy = 32;
  camera.world_from_cam.rotation = Eigen::Vector3d(-1, 1, -1).asDiagonal();
  return camera;
}

TEST(OccupancyGrid, CellsThatNoCameraSeesAreEmpty) {
  OccupancyGrid grid(32, 2);
  const float ahead[3] = {0.1f, 0, 1.5f}, behind[3] = {0.1f, 0, -1.5f}, beside[3] = {1.5f, 0, 0.3f};
  for (const float* p : {ahead, behind, beside}) EXPECT_TRUE(grid.IsOccupied(p));
  grid.CullUnseen({LooksAlongZ()}, Job());
  EXPECT_TRUE(grid.IsOccupied(ahead));
  EXPECT_FALSE(grid.IsOccupied(behind));
  EXPECT_FALSE(grid.IsOccupied(beside));
}

TEST(OccupancyGrid, WideLensesSeeWhatIsBesideThem) {
  Camera camera = LooksAlongZ();
  camera.lens = Lens(LensModel::kFisheye, {});
  camera.fx = camera.fy = 20;  // the corners are 2.26 radians off the axis, 130 degrees
  OccupancyGrid grid(32, 2);
  grid.CullUnseen({camera}, Job());
  const float ahead[3] = {0.1f, 0, 1.5f}, behind[3] = {0.1f, 0, -1.5f}, beside[3] = {1.5f, 0, 0.1f};
  EXPECT_TRUE(grid.IsOccupied(ahead));
  EXPECT_TRUE(grid.IsOccupied(beside));
  EXPECT_FALSE(grid.IsOccupied(behind));
}

// What a barrel distortion draws into the corners lies outside of the straight lens's pyramid, whose slope is 1.
TEST(OccupancyGrid, DistortedLensesSeeWhatTheyDrawIn) {
  Camera camera = LooksAlongZ();
  camera.lens = Lens(LensModel::kDivision, {.k1 = -0.3});  // the sides are at 1 / (1 - 0.3) = 1.43, the corners at 2.5
  OccupancyGrid grid(32, 2);
  grid.CullUnseen({camera}, Job());
  const float drawn_in[3] = {1.3f, 0, 1.0f}, beyond[3] = {1.95f, 0, 0.5f};
  EXPECT_TRUE(grid.IsOccupied(drawn_in));
  EXPECT_FALSE(grid.IsOccupied(beyond));
}

TEST(OccupancyGrid, CullingStopsWhenAskedTo) {
  EventRecorder events;
  StopSource stop;
  stop.RequestStop();
  OccupancyGrid grid(32, 2);
  EXPECT_THROW(grid.CullUnseen({LooksAlongZ()}, Job(events, stop.token())), InterruptedError);
}

TEST(OccupancyGrid, KeepsCellsAndTheirNeighborsAlone) {
  OccupancyGrid grid(8, 2);
  EXPECT_EQ(grid.NumOccupied(), 2 * 8 * 8 * 8);
  std::vector<bool> keep(size_t(grid.num_cells()), false);
  const float inside[3] = {0.1f, 0.1f, 0.1f}, corner[3] = {-1.9f, -1.9f, -1.9f};  // one of each cascade
  for (const float* p : {inside, corner}) {
    uint32_t cell;
    ASSERT_TRUE(grid.CellOf(p, &cell));
    keep[cell] = true;
  }
  EXPECT_EQ(grid.KeepOnly(keep), 2 * 512 - 27 - 8);
  EXPECT_EQ(grid.NumOccupied(), 27 + 8);
  const float beside[3] = {0.3f, -0.1f, 0.1f}, two_beside[3] = {0.6f, 0.1f, 0.1f},
              near_corner[3] = {-1.4f, -1.9f, -1.4f};
  EXPECT_TRUE(grid.IsOccupied(inside));
  EXPECT_TRUE(grid.IsOccupied(beside));
  EXPECT_FALSE(grid.IsOccupied(two_beside));
  EXPECT_TRUE(grid.IsOccupied(corner));
  EXPECT_TRUE(grid.IsOccupied(near_corner));
  EXPECT_EQ(grid.KeepOnly(keep), 0);
}

}  // namespace
}  // namespace sanerf::nerf
