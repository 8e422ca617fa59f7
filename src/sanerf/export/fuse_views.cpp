#include "sanerf/export/fuse_views.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/parallel.h"
#include "sanerf/export/fill_unseen.h"

namespace sanerf::exports {
namespace {

constexpr int kStride = kBlockCells;  // corners between those that are looked at first
constexpr double kSeenShare = 0.1;    // of the views that look at a place; fewer have seen it by mistake
constexpr float kClear = 0.999f;      // all views say that it is far before everything
static_assert(kBand > 0.5 * 1.7320508 * kStride, "a surface within a block is within the band of one of its corners");

// What all views say about a place.
float MeanDistance(const std::vector<SurfaceView>& views, const Vec3& p, double band) {
  double sum = 0;
  int num_seeing = 0, num_hidden = 0;
  for (const SurfaceView& view : views) {
    const SeenAt seen = LookAtPoint(view, p);
    switch (seen.what) {
      case SeenAt::What::kNothingKnown:
        break;
      case SeenAt::What::kEmpty:
        sum += 1;
        ++num_seeing;
        break;
      case SeenAt::What::kOther:  // a thin layer of something else is nothing of the subject's either
        if (seen.behind > band) break;
        sum += 1;
        ++num_seeing;
        break;
      case SeenAt::What::kSubject:
        if (seen.behind > band) {
          ++num_hidden;
          break;
        }
        sum += std::min(1.0, -seen.behind / band);
        ++num_seeing;
        break;
    }
  }
  if (num_seeing == 0 || num_seeing < kSeenShare * (num_seeing + num_hidden)) return kUnseen;
  return float(sum / num_seeing);
}

// Blocks of kStride cells whose corners do not all lie in the open, with the blocks around them.
class BlocksToLookAt {
 public:
  explicit BlocksToLookAt(const SignedGrid& coarse) : size_{}, wanted_() {
    for (size_t a = 0; a < 3; ++a) size_[a] = coarse.place.size[a] - 1;
    wanted_.resize(size_t(size_[0]) * size_t(size_[1]) * size_t(size_[2]), 0);
    for (int z = 0; z < size_[2]; ++z)
      for (int y = 0; y < size_[1]; ++y)
        for (int x = 0; x < size_[0]; ++x)
          if (HoldsSurface(coarse, x, y, z)) Want(x, y, z);
  }
  const std::array<int, 3>& size() const { return size_; }
  bool operator()(int x, int y, int z) const { return wanted_[Index(x, y, z)] != 0; }

 private:
  size_t Index(int x, int y, int z) const {
    return (size_t(z) * size_t(size_[1]) + size_t(y)) * size_t(size_[0]) + size_t(x);
  }
  static bool HoldsSurface(const SignedGrid& coarse, int x, int y, int z) {
    int num_clear = 0, num_unseen = 0;
    for (int corner = 0; corner < 8; ++corner) {
      const float value = coarse.values[coarse.place.Index(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2))];
      num_clear += value >= kClear && value != kUnseen;
      num_unseen += value == kUnseen;
    }
    return num_clear != 8 && num_unseen != 8;
  }
  void Want(int x, int y, int z) {
    for (int k = std::max(0, z - 1); k <= std::min(size_[2] - 1, z + 1); ++k)
      for (int j = std::max(0, y - 1); j <= std::min(size_[1] - 1, y + 1); ++j)
        for (int i = std::max(0, x - 1); i <= std::min(size_[0] - 1, x + 1); ++i) wanted_[Index(i, j, k)] = 1;
  }

  std::array<int, 3> size_;
  std::vector<uint8_t> wanted_;
};

// Every kStride-th corner, with what the views say there.
SignedGrid CoarseGrid(const std::vector<SurfaceView>& views, const GridPlace& place, double band, Task& task,
                      const Job& job) {
  SignedGrid coarse;
  coarse.place = {place.origin, kStride * place.spacing, {}};
  for (size_t a = 0; a < 3; ++a) coarse.place.size[a] = (place.size[a] - 1) / kStride + 1;
  coarse.values.resize(size_t(coarse.place.num_corners()));
  for (int z = 0; z < coarse.place.size[2]; ++z) {
    job.ThrowIfStopped("the mesh");
    ParallelFor(coarse.place.size[1], [&](int64_t y) {
      for (int x = 0; x < coarse.place.size[0]; ++x)
        coarse.values[coarse.place.Index(x, int(y), z)] = MeanDistance(views, coarse.place.At(x, double(y), z), band);
    });
    task.Update(z + 1);
  }
  return coarse;
}

}  // namespace

SignedGrid FuseViews(const std::vector<SurfaceView>& views, const GridPlace& place, const Job& job) {
  const ThreadLimit threads(job.num_threads());
  const double band = kBand * place.spacing;
  const int num_layers = (place.size[2] - 1) / kStride;
  Task task(job, "grid", 2 * num_layers + 1, "layers");
  const SignedGrid coarse = CoarseGrid(views, place, band, task, job);
  const BlocksToLookAt blocks(coarse);

  SignedGrid grid;
  grid.place = place;
  grid.values.resize(size_t(place.num_corners()));
  // The last corner of each axis belongs to the last block.
  for (int bz = 0; bz < num_layers; ++bz) {
    job.ThrowIfStopped("the mesh");
    ParallelFor(int64_t{blocks.size()[0]} * blocks.size()[1], [&](int64_t column) {
      const int bx = int(column % blocks.size()[0]), by = int(column / blocks.size()[0]);
      const auto end = [&](int block, size_t axis) {
        return kStride * (block + 1) + (block + 1 == blocks.size()[axis] ? 1 : 0);
      };
      for (int z = kStride * bz; z < end(bz, 2); ++z)
        for (int y = kStride * by; y < end(by, 1); ++y)
          for (int x = kStride * bx; x < end(bx, 0); ++x) {
            grid.values[place.Index(x, y, z)] = blocks(bx, by, bz) ? MeanDistance(views, place.At(x, y, z), band)
                                                                   : coarse.values[coarse.place.Index(bx, by, bz)];
          }
    });
    task.Update(num_layers + 1 + bz + 1);
  }
  FillUnseen(&grid, job);
  for (int z = 0; z < place.size[2]; ++z)
    for (int y = 0; y < place.size[1]; ++y)
      for (int x = 0; x < place.size[0]; ++x)
        if (x == 0 || y == 0 || z == 0 || x == place.size[0] - 1 || y == place.size[1] - 1 || z == place.size[2] - 1)
          grid.values[place.Index(x, y, z)] = 1;
  task.Finish();
  return grid;
}

}  // namespace sanerf::exports
