// One network of the feature field and the encoder's maps that it renders: all maps of a head come from the same rays.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/worker_pool.h"
#include "sanerf/feature_container/feature_network.h"
#include "sanerf/sam/sam.h"

namespace sanerf::feature_container {

struct MapShape {  // of a map [1, channels, side, side]
  std::string name;
  int channels = 0, side = 0;
  int64_t size() const { return int64_t(channels) * side * side; }
};
// Throws Error when a map has another shape (HQ-SAM's intermediate maps): this container cannot hold it.
std::vector<MapShape> ShapesOf(const sam::SamFeatures& features);

class FieldHead {
 public:
  // side: rays per side of the square. Larger maps are learned from their means over its cells and rendered by
  // interpolation between them.
  FieldHead(const std::string& name, const FeatureFieldOptions& options, int side, std::vector<MapShape> maps);

  int side() const { return side_; }
  const std::vector<MapShape>& maps() const { return maps_; }
  FeatureNetwork& network() { return network_; }
  const FeatureNetwork& network() const { return network_; }

  // The head's channels at a cell of its own, from the encoder's maps.
  class Targets {
   public:
    Targets(const FieldHead& head, const sam::SamFeatures& features);
    void At(int cell, float* channels) const;

   private:
    int side_;
    std::vector<models::Tensor> maps_;  // at side x side
  };

  // Renders the head's maps: cells outside the image (and, per sample, rays that meet nothing) keep what is in `maps`,
  // where those of maps() are found by name. Parallel inside;
  // throws InterruptedError.
  void Render(const nerf::NerfModel& nerf, const sam::SamFrame& frame, const Camera& model_camera,
              std::vector<models::Tensor>* maps, const Job& job) const;

 private:
  void RenderCells(const FeatureRays& rays, std::span<const int> cells, int64_t begin, FeaturePass* pass,
                   std::vector<models::Tensor>* planes) const;

  int side_;
  std::vector<MapShape> maps_;
  FeatureNetwork network_;
};

}  // namespace sanerf::feature_container
