// A procedural scene and a radiance field that has learned it for a while: what the benchmarks of whole steps run on.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/synth.h"

namespace sanerf::bench {

inline constexpr int kWarmUpSteps = 600;  // by then empty space is known to be empty

// Made once, by the first benchmark that needs it.
class TrainedScene {
 public:
  static TrainedScene& Get() {
    static TrainedScene scene;
    return scene;
  }
  nerf::NerfTrainer& trainer() { return *trainer_; }
  const scene::Scene& scene() const { return scene_; }

 private:
  TrainedScene() {
    const auto folder = std::filesystem::temp_directory_path() / ("sanerf_bench_" + std::to_string(getpid()));
    synth::SynthOptions synth;
    synth.views = 30;
    synth.size = 200;
    synth.samples = 4;
    synth::WriteSynthScene(folder, synth, Job());
    scene_ = scene::LoadScene(folder, {}, Job());
    trainer_ = std::make_unique<nerf::NerfTrainer>(scene_, nerf::NerfOptions{}, Job());
    std::filesystem::remove_all(folder);  // the trainer holds the photos in memory
    for (int i = 0; i < kWarmUpSteps; ++i) trainer_->Step();
  }

  scene::Scene scene_;
  std::unique_ptr<nerf::NerfTrainer> trainer_;
};

}  // namespace sanerf::bench
