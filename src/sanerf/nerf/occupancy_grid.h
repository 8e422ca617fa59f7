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
  bool IsOccupied(const float p[3]) const;
  void Observe(const std::vector<Seen>& seen);  // raises the cells' values; the bits follow with Update

  // Lets old values decay, asks the field at random points of random cells (half of them occupied ones; the first few
  // updates ask all of space), and recomputes the bits. A cell is occupied when a step through it would absorb more
  // than 1 %. step: the smallest marching step, model units; update: 0, 1, 2, ...
  void Update(const RadianceField& field, float step, uint64_t seed, int64_t update);

  // Empties every cell that is neither kept nor beside one that is, corners included: what was sampled at some rays is
  // known to about a cell. keep [cell over all cascades]. Returns how many occupied ones were emptied; no Update brings
  // them back.
  int64_t KeepOnly(const std::vector<bool>& keep);

  // The bits alone, all that rays need: without the densities that Update goes on from.
  OccupancyGrid FrozenCopy() const;

  kernels::OccupancyView view() const { return {resolution_, num_cascades_, bits_.data()}; }
  int64_t num_cells() const { return CellsPerCascade() * num_cascades_; }
  int64_t NumOccupied() const;
  int num_cascades() const { return num_cascades_; }
  double extent() const { return double(1 << (num_cascades_ - 1)); }

  void AddBitsTo(nn::CheckpointWriter* writer) const;
  void AddDensityTo(nn::CheckpointWriter* writer) const;  // what Update continues from
  void ReadBits(const nn::CheckpointReader& reader);
  void ReadDensity(const nn::CheckpointReader& reader);

 private:
  int64_t CellsPerCascade() const { return int64_t(resolution_) * resolution_ * resolution_; }
  void CellCorner(int64_t cell, float corner[3], float* size) const;
  int64_t BlockCorner(int64_t block) const;  // first cell of a block of 2x2x2 cells
  void Ask(const RadianceField& field, int scale, uint64_t seed, int64_t update);
  void Sweep(const RadianceField& field, uint64_t seed, int64_t update);
  void RefreshBits(float step);

  int resolution_, num_cascades_;
  std::vector<float> density_;  // running maximum; negative = never seen by a camera
  std::vector<uint64_t> bits_;
  std::vector<int64_t> query_cells_;  // scratch of Update
  std::vector<float> query_densities_;
};

}  // namespace sanerf::nerf
