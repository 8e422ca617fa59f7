// Nested occupancy grids (Mueller et al. 2022, appendix C): where the field is dense enough to matter.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/core/job.h"
#include "sanerf/kernels/march.h"
#include "sanerf/nerf/field.h"

namespace sanerf::nerf {

class OccupancyGrid {
 public:
  OccupancyGrid(int resolution, int num_cascades);  // cascade c covers [-2^c, 2^c]^3

  // Cells that no camera (model frame) looks at stay empty forever. Throws InterruptedError.
  void CullUnseen(const std::vector<Camera>& cameras, const Job& job);

  // Densities that training met anyway, at model-frame points: free knowledge of the cells that matter.
  struct Seen {
    uint32_t cell;  // index over all cascades
    float density;
  };
  // Index for Seen; false outside the outermost box.
  bool CellOf(const float p[3], uint32_t* cell) const;
  bool IsOccupied(const float p[3], float time = 0) const;  // time: of fields over time, see view
  void Observe(const std::vector<Seen>& seen);              // raises the cells' values; the bits follow with Update

  // Lets old values decay, asks the field at random points of random cells (half of them occupied ones; the first few
  // updates ask all of space), and recomputes the bits. A cell is occupied when a step through it would absorb more
  // than 1 %. step: the smallest marching step, model units; update: 0, 1, 2, ...
  void Update(const RadianceField& field, float step, uint64_t seed, int64_t update);

  // Of a field over time that is trained: beside the cells that were ever occupied, those that are so around a moment,
  // a bit for each cell and slab of kSlab moments. Rays of a time then meet these alone. A cell is asked at eight
  // points and every moment of the slab and the two beside it, and its neighbors count as well; where the field stands
  // still nothing changes. step: as of Update. Throws InterruptedError; the grid is then as it was.
  void FindSlabs(const RadianceField& field, float step, uint64_t seed, const Job& job);
  static constexpr int kSlab = 8;

  // The bits alone, all that rays need: without the densities that Update goes on from.
  OccupancyGrid FrozenCopy() const;

  // What may be occupied at that time, 0 to 1. Without slabs: what was ever.
  kernels::OccupancyView view(float time = 0) const { return {resolution_, num_cascades_, BitsAt(time)}; }
  int num_cascades() const { return num_cascades_; }
  double extent() const { return double(1 << (num_cascades_ - 1)); }

  void AddBitsTo(nn::CheckpointWriter* writer) const;
  void AddDensityTo(nn::CheckpointWriter* writer) const;  // what Update continues from
  // num_moments: of the field; its checkpoint may have slabs.
  void ReadBits(const nn::CheckpointReader& reader, int num_moments = 1);
  void ReadDensity(const nn::CheckpointReader& reader);

 private:
  int64_t CellsPerCascade() const { return int64_t(resolution_) * resolution_ * resolution_; }
  void CellCorner(int64_t cell, float corner[3], float* size) const;
  int64_t BlockCorner(int64_t block) const;  // first cell of a block of 2x2x2 cells
  void Ask(const RadianceField& field, int scale, uint64_t seed, int64_t update);
  void Sweep(const RadianceField& field, uint64_t seed, int64_t update);
  void RefreshBits(float step);
  float Threshold(float step) const;
  const uint64_t* BitsAt(float time) const;
  void AddNeighbors(const std::vector<uint64_t>& from, uint64_t* to) const;

  int resolution_, num_cascades_;
  std::vector<float> density_;  // running maximum; negative = never seen by a camera
  std::vector<uint64_t> bits_;
  int num_moments_ = 1;
  std::vector<uint64_t> slabs_;       // [slab][as bits_]; empty: none are known
  std::vector<int64_t> query_cells_;  // scratch of Update
  std::vector<float> query_densities_;
};

}  // namespace sanerf::nerf
