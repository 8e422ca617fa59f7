#include "sanerf/nerf/occupancy_grid.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <bit>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/nerf/field_points.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::nerf {

namespace {
constexpr int64_t kQueries = 1 << 17;  // cells asked per update
constexpr int64_t kChunk = 4096;
constexpr float kDecay = 0.95f;
constexpr float kOpaqueStep = 0.01f;  // alpha of a step that counts
constexpr float kUnseen = -1;
constexpr float kUnknown = 1e9f;  // not asked yet: counts as occupied
constexpr int64_t kSweeps = 6;    // first updates ask all of space, one point per 2x2x2 cells
void Merge(float density, float* cell) {
  if (*cell == kUnknown)
    *cell = density;
  else if (*cell >= 0)
    *cell = std::max(*cell, density);
}

}  // namespace

OccupancyGrid::OccupancyGrid(int resolution, int num_cascades) : resolution_(resolution), num_cascades_(num_cascades) {
  SANERF_CHECK_EQ(resolution % 4, 0);
  SANERF_CHECK_GE(num_cascades, 1);
  density_.assign(size_t(CellsPerCascade() * num_cascades), kUnknown);
  bits_.assign(density_.size() / 64, ~uint64_t{0});
}

void OccupancyGrid::CellCorner(int64_t index, float corner[3], float* size) const {
  const int64_t cascade = index / CellsPerCascade(), cell = index % CellsPerCascade();
  const float bound = float(1 << cascade);
  *size = 2 * bound / float(resolution_);
  const int64_t xyz[3] = {cell % resolution_, cell / resolution_ % resolution_, cell / resolution_ / resolution_};
  for (int a = 0; a < 3; ++a) corner[a] = float(xyz[a]) * *size - bound;
}

namespace {

// What a camera sees, a little more at most: a pyramid, or a cone around its axis when its lens is wide.
class Sight {
 public:
  explicit Sight(const Camera& camera)
      : cam_from_world_(camera.world_from_cam.Inverse()), is_cone_(camera.lens.IsWide()) {
    constexpr int kSteps = 32;
    for (int i = 0; i <= kSteps; ++i) {
      const double share = double(i) / kSteps, x = share * camera.width, y = share * camera.height;
      for (const Vec2& px : {Vec2(x, 0), Vec2(x, camera.height), Vec2(0, y), Vec2(camera.width, y)}) {
        const Vec3 ray = camera.RayInCam(px);
        widest_ = std::max(widest_, std::atan2(std::hypot(ray.x(), ray.y()), -ray.z()));
        if (!is_cone_) box_.extend(Vec2(ray.x(), -ray.y()));
      }
    }
    if (camera.lens.model() == LensModel::kEquirectangular) widest_ = M_PI;
  }

  // A ball of this radius is seen, or may be.
  bool Sees(const Vec3& center_world, double radius) const {
    const Vec3 p = cam_from_world_ * center_world;
    if (is_cone_) {
      const double distance = p.norm();
      if (distance <= radius) return true;
      const double angle = std::atan2(std::hypot(p.x(), p.y()), -p.z());
      return angle <= widest_ + std::asin(radius / distance) + kMargin;
    }
    if (p.z() > radius) return false;
    const double z = std::max(-p.z(), radius), margin = radius / z + kMargin;
    const Vec2 tangents(p.x() / z, -p.y() / z);
    return (tangents.array() > box_.min().array() - margin).all() &&
           (tangents.array() < box_.max().array() + margin).all();
  }

 private:
  static constexpr double kMargin = 0.05;
  Pose cam_from_world_;
  bool is_cone_;
  double widest_ = 0;        // angle off the axis
  Eigen::AlignedBox2d box_;  // of tangents
};

}  // namespace

void OccupancyGrid::CullUnseen(const std::vector<Camera>& cameras, const Job& job) {
  const std::vector<Sight> sights(cameras.begin(), cameras.end());
  const ThreadLimit threads(job.num_threads());
  Task task(job, "cull what no photo shows");
  ParallelForChunks(int64_t(density_.size()), kChunk, [&](int64_t begin, int64_t end) {
    job.ThrowIfStopped("culling what no photo shows");
    for (int64_t i = begin; i < end; ++i) {
      float corner[3], size;
      CellCorner(i, corner, &size);
      const Vec3 center(corner[0] + size / 2, corner[1] + size / 2, corner[2] + size / 2);
      const double radius = 0.87 * size;  // half of the cell's diagonal
      const bool seen =
          std::any_of(sights.begin(), sights.end(), [&](const Sight& sight) { return sight.Sees(center, radius); });
      if (!seen) density_[size_t(i)] = kUnseen;
    }
  });
  RefreshBits(1);
  task.Finish();
}

bool OccupancyGrid::CellOf(const float p[3], uint32_t* index) const {
  int cascade;
  int64_t cell;
  if (!kernels::FindCell(view(), p, &cascade, &cell)) return false;
  *index = uint32_t(cascade * CellsPerCascade() + cell);
  return true;
}

bool OccupancyGrid::IsOccupied(const float p[3]) const {
  uint32_t cell;
  return CellOf(p, &cell) && (bits_[cell / 64] >> (cell % 64) & 1) != 0;
}

void OccupancyGrid::Observe(const std::vector<Seen>& seen) {
  for (const Seen& s : seen) Merge(s.density, &density_[s.cell]);
}

int64_t OccupancyGrid::BlockCorner(int64_t block) const {
  const int64_t half = resolution_ / 2, per_cascade = half * half * half;
  const int64_t cascade = block / per_cascade, b = block % per_cascade;
  const int64_t x = 2 * (b % half), y = 2 * (b / half % half), z = 2 * (b / half / half);
  return cascade * CellsPerCascade() + x + resolution_ * (y + resolution_ * z);
}

// Densities at one random point of each queried box of `scale` cells per side, whose first cell is in query_cells_.
void OccupancyGrid::Ask(const RadianceField& field, int scale, uint64_t seed, int64_t update) {
  const int64_t num_queries = int64_t(query_cells_.size());
  query_densities_.resize(size_t(num_queries));
  ParallelForChunks(num_queries, kChunk, [&](int64_t begin, int64_t end) {
    FieldPoints points(field, end - begin);
    for (int64_t i = begin; i < end; ++i) {
      Random random(seed, uint64_t(update), uint64_t(i));
      float p[3], size;
      CellCorner(query_cells_[size_t(i)], p, &size);
      for (float& coordinate : p) coordinate += size * float(scale) * random.NextFloat();
      points.Set(i - begin, p);
    }
    points.Evaluate();
    for (int64_t i = begin; i < end; ++i)
      query_densities_[size_t(i)] = std::exp(std::clamp(points.geometry()(i - begin, 0), -15.0f, 15.0f));
  });
}

// All of space that a camera sees, coarsely.
void OccupancyGrid::Sweep(const RadianceField& field, uint64_t seed, int64_t update) {
  const int64_t steps[3] = {1, resolution_, int64_t(resolution_) * resolution_};
  const auto cell_of = [&](int64_t corner, int i) {
    return size_t(corner + (i & 1) * steps[0] + (i >> 1 & 1) * steps[1] + (i >> 2) * steps[2]);
  };
  query_cells_.clear();
  for (int64_t block = 0; block < int64_t(density_.size()) / 8; ++block) {
    const int64_t corner = BlockCorner(block);
    bool seen = false;
    for (int i = 0; i < 8; ++i) seen |= density_[cell_of(corner, i)] >= 0;
    if (seen) query_cells_.push_back(corner);
  }
  Ask(field, 2, seed, update);
  for (size_t q = 0; q < query_cells_.size(); ++q)
    for (int i = 0; i < 8; ++i) Merge(query_densities_[q], &density_[cell_of(query_cells_[q], i)]);
}

void OccupancyGrid::Update(const RadianceField& field, float step, uint64_t seed, int64_t update) {
  for (float& d : density_)
    if (d > 0 && d < kUnknown) d *= kDecay;
  if (update < kSweeps) {
    Sweep(field, seed, update);
  } else {
    // Every second query wants an occupied cell: the ones that could become empty, or matter most.
    const uint64_t num_cells = density_.size();
    query_cells_.resize(size_t(std::min<int64_t>(kQueries, int64_t(num_cells))));
    ParallelForChunks(int64_t(query_cells_.size()), kChunk, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        Random random(seed, uint64_t(update), uint64_t(i) | uint64_t{1} << 32);
        uint64_t cell = random.NextU64() % num_cells;
        for (int attempt = 0; i % 2 == 1 && attempt < 16 && !(bits_[cell / 64] >> (cell % 64) & 1); ++attempt)
          cell = random.NextU64() % num_cells;
        query_cells_[size_t(i)] = int64_t(cell);
      }
    });
    Ask(field, 1, seed, update);
    for (size_t q = 0; q < query_cells_.size(); ++q) Merge(query_densities_[q], &density_[size_t(query_cells_[q])]);
  }
  RefreshBits(step);
}

void OccupancyGrid::RefreshBits(float step) {
  double sum = 0;
  int64_t known = 0;
  for (const float d : density_) {
    if (d < 0 || d == kUnknown) continue;
    sum += d;
    ++known;
  }
  // Early on the whole field is thin; then the mean decides, so that something is always left to learn from.
  const float mean = known > 0 ? float(sum / double(known)) : 0;
  const float threshold = std::max(1e-6f, std::min(kOpaqueStep / step, mean));
  for (size_t word = 0; word < bits_.size(); ++word) {
    uint64_t bits = 0;
    for (int b = 0; b < 64; ++b) bits |= uint64_t(density_[word * 64 + size_t(b)] >= threshold) << b;
    bits_[word] = bits;
  }
}

int64_t OccupancyGrid::NumOccupied() const {
  int64_t count = 0;
  for (const uint64_t word : bits_) count += std::popcount(word);
  return count;
}

int64_t OccupancyGrid::KeepOnly(const std::vector<bool>& keep) {
  SANERF_CHECK_EQ(int64_t(keep.size()), num_cells());
  const int64_t res = resolution_, per_cascade = CellsPerCascade();
  const auto is_near_kept = [&](int64_t index) {
    const int64_t first = index / per_cascade * per_cascade, cell = index - first;
    const int64_t at[3] = {cell % res, cell / res % res, cell / res / res};
    int64_t low[3], high[3];
    for (int a = 0; a < 3; ++a) low[a] = std::max<int64_t>(at[a] - 1, 0), high[a] = std::min(at[a] + 1, res - 1);
    for (int64_t z = low[2]; z <= high[2]; ++z)
      for (int64_t y = low[1]; y <= high[1]; ++y)
        for (int64_t x = low[0]; x <= high[0]; ++x)
          if (keep[size_t(first + x + res * (y + res * z))]) return true;
    return false;
  };
  int64_t num_emptied = 0;
  for (int64_t i = 0; i < num_cells(); ++i) {
    uint64_t& word = bits_[size_t(i / 64)];
    const uint64_t bit = uint64_t{1} << (i % 64);
    if ((word & bit) == 0 || is_near_kept(i)) continue;
    word &= ~bit;
    if (!density_.empty()) density_[size_t(i)] = kUnseen;
    ++num_emptied;
  }
  return num_emptied;
}

OccupancyGrid OccupancyGrid::FrozenCopy() const {
  OccupancyGrid copy(4, 1);
  copy.resolution_ = resolution_;
  copy.num_cascades_ = num_cascades_;
  copy.bits_ = bits_;
  copy.density_.clear();
  return copy;
}

void OccupancyGrid::AddBitsTo(nn::CheckpointWriter* writer) const {
  writer->Add("occupancy_bits", {reinterpret_cast<const float*>(bits_.data()), bits_.size() * 2});
}

void OccupancyGrid::AddDensityTo(nn::CheckpointWriter* writer) const { writer->Add("occupancy_density", density_); }

void OccupancyGrid::ReadBits(const nn::CheckpointReader& reader) {
  reader.Read("occupancy_bits", {reinterpret_cast<float*>(bits_.data()), bits_.size() * 2});
}

void OccupancyGrid::ReadDensity(const nn::CheckpointReader& reader) { reader.Read("occupancy_density", density_); }

}  // namespace sanerf::nerf
