// A trained radiance field and how to look at it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/ray.h"
#include "sanerf/nerf/traced_field.h"

namespace sanerf::nerf {

class PhotoAppearance;
class SampleFilter;
using MakeSampleFilter = std::function<std::unique_ptr<SampleFilter>()>;

struct RenderedView {
  ImageF rgb;      // 3 channels, sRGB-encoded [0, 1], over the model's background
  ImageF depth;    // z-depth in file units where half of the light is absorbed (median); 0 where opacity < 0.5
  ImageF opacity;  // 1 channel [0, 1]
};

// A part of it, as soon as it is done. The values are of the block, row by row; they are gone when the call returns.
struct RenderedBlock {
  int x0, y0, width, height;
  std::span<const float> rgb, depth, opacity;
};
using OnBlock = std::function<void(const RenderedBlock&)>;

// Field, occupancy, frames and background: everything of RUN/nerf/model.ckpt that later stages need. Immutable.
class NerfModel {
 public:
  // Throws Error (missing, truncated, wrong kind or newer version).
  static NerfModel Load(const std::filesystem::path& checkpoint);

  // camera: file frame. Parallel inside. on_block is given the blocks of the view as they are done, in no order, one
  // call at a time, from any thread; the view has the same bytes with and without. Throws InterruptedError once a stop
  // was requested: what a thread has begun then, a block of some hundred pixels, is its last.
  RenderedView Render(const Camera& camera, const Job& job) const { return Render(camera, {}, job); }
  RenderedView Render(const Camera& camera, const OnBlock& on_block, const Job& job) const;

  // These pixels alone (ray.h), as images of the part's size. make_filter (sample_filter.h): called for each thread;
  // null = everything is there.
  RenderedView RenderPart(const PartOfView& view, const MakeSampleFilter& make_filter, const Job& job) const;

  const Similarity& model_from_file() const { return model_from_file_; }
  uint64_t Fingerprint() const { return fingerprint_; }  // changes whenever the weights do; 0 for a model in training
  bool finished() const { return finished_; }            // false: the checkpoint of an interrupted training
  int64_t step() const { return step_; }                 // steps that it was trained for

  bool contracted() const;                                                 // the scene reaches beyond [-1, 1]^3
  const PhotoAppearance* appearance() const { return appearance_.get(); }  // of its photos; null: not learned
  const float* background() const { return background_; }                  // RGB, of rays that end nowhere

 private:
  friend class NerfTrainer;
  friend struct ModelAccess;
  NerfModel() = default;
  RenderedView RenderBlocks(const PartOfView& view, const MakeSampleFilter& make_filter, const OnBlock& on_block,
                            const Job& job) const;
  TracedField traced() const { return {*field_, *occupancy_, trace_, background_}; }
  std::shared_ptr<const RadianceField> field_;
  std::shared_ptr<const OccupancyGrid> occupancy_;
  std::shared_ptr<const PhotoAppearance> appearance_;  // null: none
  TraceOptions trace_;
  Similarity model_from_file_;
  float background_[3] = {0, 0, 0};
  uint64_t fingerprint_ = 0;
  bool finished_ = false;
  int64_t step_ = 0;
};

}  // namespace sanerf::nerf
