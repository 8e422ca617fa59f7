#include "sanerf/nerf/occupancy_grid.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

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

bool OccupancyGrid::IsOccupied(const float p[3], float time) const {
  uint32_t cell;
  return CellOf(p, &cell) && (BitsAt(time)[cell / 64] >> (cell % 64) & 1) != 0;
}

const uint64_t* OccupancyGrid::BitsAt(float time) const {
  if (slabs_.empty()) return bits_.data();
  const int moment = std::clamp(int(std::lround(time * float(num_moments_ - 1))), 0, num_moments_ - 1);
  return slabs_.data() + size_t(moment / kSlab) * bits_.size();
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
      // Ever occupied: the cell's running maximum is one over the moments as well.
      const float time =
          field.moving ? field.moving->TimeOf(int(random.NextBelow(uint32_t(field.num_moments())))) : 0.0f;
      points.Set(i - begin, p, time);
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
  slabs_.clear();  // of the field as it was
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

float OccupancyGrid::Threshold(float step) const {
  double sum = 0;
  int64_t known = 0;
  for (const float d : density_) {
    if (d < 0 || d == kUnknown) continue;
    sum += d;
    ++known;
  }
  // Early on the whole field is thin; then the mean decides, so that something is always left to learn from.
  const float mean = known > 0 ? float(sum / double(known)) : 0;
  return std::max(1e-6f, std::min(kOpaqueStep / step, mean));
}

void OccupancyGrid::RefreshBits(float step) {
  const float threshold = Threshold(step);
  for (size_t word = 0; word < bits_.size(); ++word) {
    uint64_t bits = 0;
    for (int b = 0; b < 64; ++b) bits |= uint64_t(density_[word * 64 + size_t(b)] >= threshold) << b;
    bits_[word] = bits;
  }
}

namespace {

// Cells of a few words of bits, asked for their densities at some moments.
class SlabSearch {
 public:
  SlabSearch(const RadianceField& field, float threshold) : field_(field), threshold_(threshold) {}

  // corner, size: of the cell, model units; cell: its index in the grid.
  void Add(int64_t cell, const float corner[3], float size, uint64_t seed) {
    cells_.push_back(cell);
    Random random(seed, uint64_t(cell));
    for (size_t octant = 0; octant < kOctants; ++octant)
      for (size_t a = 0; a < 3; ++a)
        places_.push_back(corner[a] + 0.5f * size * (float(octant >> a & 1u) + random.NextFloat()));
  }

  // found(cell) for those that are dense somewhere at one of the moments first to last.
  template <class Found>
  void Search(int first, int last, const Found& found) {
    std::vector<size_t> open(cells_.size());
    std::iota(open.begin(), open.end(), size_t{0});
    for (int moment = first; moment <= last && !open.empty(); ++moment) {
      FieldPoints points(field_, int64_t(open.size()) * kOctants);
      for (size_t i = 0; i < open.size(); ++i)
        for (size_t octant = 0; octant < kOctants; ++octant)
          points.Set(int64_t(i * kOctants + octant), &places_[3 * (open[i] * kOctants + octant)],
                     field_.moving->TimeOf(moment));
      points.Evaluate();
      std::vector<size_t> still_open;
      for (size_t i = 0; i < open.size(); ++i) {
        float most = -INFINITY;
        for (size_t octant = 0; octant < kOctants; ++octant)
          most = std::max(most, points.geometry()(int64_t(i * kOctants + octant), 0));
        if (std::exp(std::clamp(most, -15.0f, 15.0f)) >= threshold_)
          found(cells_[open[i]]);
        else
          still_open.push_back(open[i]);
      }
      open = std::move(still_open);
    }
  }

  // Calls found(cell) for the cells in which nothing moves, and forgets them.
  template <class Found>
  void TakeStillOnes(const Found& found) {
    if (cells_.empty()) return;
    FieldPoints points(field_, int64_t(cells_.size()) * kOctants);
    for (size_t i = 0; i < cells_.size() * kOctants; ++i) points.Set(int64_t(i), &places_[3 * i]);
    points.Evaluate();
    std::vector<bool> moves(cells_.size(), false);
    for (const int64_t sample : points.moving().moving_samples())
      if (sample >= 0 && size_t(sample) < cells_.size() * kOctants) moves[size_t(sample) / kOctants] = true;
    size_t kept = 0;
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (!moves[i]) {
        found(cells_[i]);
        continue;
      }
      cells_[kept] = cells_[i];
      std::copy_n(places_.begin() + std::ptrdiff_t(3 * kOctants * i), 3 * kOctants,
                  places_.begin() + std::ptrdiff_t(3 * kOctants * kept));
      ++kept;
    }
    cells_.resize(kept);
    places_.resize(3 * kOctants * kept);
  }

 private:
  static constexpr size_t kOctants = 8;
  const RadianceField& field_;
  const float threshold_;
  std::vector<int64_t> cells_;
  std::vector<float> places_;  // [cell][octant][3]
};

}  // namespace

// Every cell around one that is set, in its cascade, as far as it was ever occupied.
void OccupancyGrid::AddNeighbors(const std::vector<uint64_t>& from, uint64_t* to) const {
  const auto is_set = [](const uint64_t* bits, int64_t cell) { return (bits[cell / 64] >> (cell % 64) & 1) != 0; };
  const int64_t res = resolution_;
  for (int64_t index = 0; index < int64_t(bits_.size()) * 64; ++index) {
    if (from[size_t(index / 64)] == 0) {
      index += 63 - index % 64;
      continue;
    }
    if (!is_set(from.data(), index)) continue;
    const int64_t base = index / CellsPerCascade() * CellsPerCascade(), cell = index - base;
    const int64_t at[3] = {cell % res, cell / res % res, cell / res / res};
    for (int64_t z = std::max<int64_t>(0, at[2] - 1); z <= std::min(res - 1, at[2] + 1); ++z)
      for (int64_t y = std::max<int64_t>(0, at[1] - 1); y <= std::min(res - 1, at[1] + 1); ++y)
        for (int64_t x = std::max<int64_t>(0, at[0] - 1); x <= std::min(res - 1, at[0] + 1); ++x) {
          const int64_t other = base + x + res * (y + res * z);
          if (is_set(bits_.data(), other)) to[other / 64] |= uint64_t{1} << (other % 64);
        }
  }
}

void OccupancyGrid::FindSlabs(const RadianceField& field, float step, uint64_t seed, const Job& job) {
  SANERF_CHECK(field.moving != nullptr);
  const int num_moments = field.num_moments(), num_slabs = (num_moments + kSlab - 1) / kSlab;
  const float threshold = Threshold(step);
  const size_t num_words = bits_.size();
  std::vector<uint64_t> found(size_t(num_slabs) * num_words, 0);
  const ThreadLimit threads(job.num_threads());
  Task task(job, "find what is empty when");
  // Each thread writes words of its own.
  ParallelForChunks(int64_t(num_words), 64, [&](int64_t begin, int64_t end) {
    job.ThrowIfStopped("finding what is empty when");
    const auto set = [&](int slab, int64_t cell) {
      found[size_t(slab) * num_words + size_t(cell / 64)] |= uint64_t{1} << (cell % 64);
    };
    SlabSearch search(field, threshold);
    for (int64_t cell = begin * 64; cell < end * 64; ++cell) {
      if ((bits_[size_t(cell / 64)] >> (cell % 64) & 1) == 0) continue;
      float corner[3], size;
      CellCorner(cell, corner, &size);
      search.Add(cell, corner, size, seed);
    }
    search.TakeStillOnes([&](int64_t cell) {
      for (int slab = 0; slab < num_slabs; ++slab) set(slab, cell);
    });
    for (int slab = 0; slab < num_slabs; ++slab)
      search.Search(std::max(0, slab * kSlab - 1), std::min(num_moments - 1, (slab + 1) * kSlab),
                    [&](int64_t cell) { set(slab, cell); });
  });
  std::vector<uint64_t> slabs = found;
  ParallelFor(num_slabs, [&](int64_t slab) {
    const auto first = found.begin() + std::ptrdiff_t(size_t(slab) * num_words);
    AddNeighbors({first, first + std::ptrdiff_t(num_words)}, slabs.data() + size_t(slab) * num_words);
  });
  num_moments_ = num_moments;
  slabs_ = std::move(slabs);
  task.Finish();
}

OccupancyGrid OccupancyGrid::FrozenCopy() const {
  OccupancyGrid copy(4, 1);
  copy.resolution_ = resolution_;
  copy.num_cascades_ = num_cascades_;
  copy.bits_ = bits_;
  copy.num_moments_ = num_moments_;
  copy.slabs_ = slabs_;
  copy.density_.clear();
  return copy;
}

void OccupancyGrid::AddBitsTo(nn::CheckpointWriter* writer) const {
  writer->Add("occupancy_bits", {reinterpret_cast<const float*>(bits_.data()), bits_.size() * 2});
  if (!slabs_.empty())
    writer->Add("occupancy_slabs", {reinterpret_cast<const float*>(slabs_.data()), slabs_.size() * 2});
}

void OccupancyGrid::AddDensityTo(nn::CheckpointWriter* writer) const { writer->Add("occupancy_density", density_); }

void OccupancyGrid::ReadBits(const nn::CheckpointReader& reader, int num_moments) {
  reader.Read("occupancy_bits", {reinterpret_cast<float*>(bits_.data()), bits_.size() * 2});
  slabs_.clear();
  num_moments_ = num_moments;
  if (num_moments < 2 || !reader.Has("occupancy_slabs")) return;
  const size_t num_slabs = size_t((num_moments + kSlab - 1) / kSlab);
  reader.CheckSize("occupancy_slabs", int64_t(num_slabs * bits_.size() * 2));
  slabs_.resize(num_slabs * bits_.size());
  reader.Read("occupancy_slabs", {reinterpret_cast<float*>(slabs_.data()), slabs_.size() * 2});
}

void OccupancyGrid::ReadDensity(const nn::CheckpointReader& reader) { reader.Read("occupancy_density", density_); }

}  // namespace sanerf::nerf
