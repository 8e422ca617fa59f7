// For tests: balls in the unit cube as rays of a single sample, each view's segments numbered in another order; and
// exact masks of the procedural scene.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "sanerf/baselines/segment_rays.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/label_view.h"

namespace sanerf::baselines {

inline constexpr int kToyBalls = 3, kToyViews = 8, kToyRays = 60;  // rays per ball and view

struct ToyRays {
  SegmentRays rays;
  std::vector<int> ball_of;  // of each ray of the pool
};

// Points inside three balls beside each other. What the radiance field would say about a place is a smooth function of
// it.
inline ToyRays MakeToyRays() {
  ToyRays toy;
  Random random(11);
  for (int view = 0; view < kToyViews; ++view) {
    toy.rays.views.emplace_back();
    for (int k = 0; k < kToyBalls; ++k) {
      const int ball = (k * (1 + view % 2) + view) % kToyBalls;
      SegmentRays::Segment segment{0.9f, {}};
      for (int i = 0; i < kToyRays; ++i) {
        mask_aggregator::SamplePool& pool = toy.rays.pool;
        const int ray = int(pool.size());
        nerf::TracedRays::Vec3f unit = {0.25f + 0.25f * float(ball), 0.5f, 0.5f};
        for (float& x : unit) x += 0.1f * (2 * random.NextFloat() - 1) * 0.8f;
        nerf::TracedRays::Geometry geometry;
        for (size_t c = 0; c < geometry.size(); ++c) geometry[c] = std::sin(float(c / 3 + 1) * 2 * unit[c % 3]);
        pool.rays.unit.push_back(unit);
        pool.rays.weight.push_back(1);
        pool.rays.geometry.push_back(geometry);
        pool.rays.first.push_back(pool.rays.num_samples());
        pool.pixels.push_back({view, 0, 0});
        pool.labels.push_back(mask_aggregator::kIgnoreLabel);
        toy.rays.segment_of.push_back(int(toy.rays.segments.size()));
        toy.ball_of.push_back(ball);
        segment.rays.push_back(ray);
        toy.rays.views.back().push_back(ray);
      }
      toy.rays.segments.push_back(std::move(segment));
    }
  }
  return toy;
}

inline LiftOptions ToyOptions() {
  LiftOptions options;
  options.iters = 150;
  options.rays = 128;
  options.field.log2_table = 10;
  options.field.levels = 8;
  options.field.top = 64;
  options.field.width = 32;
  return options;
}

// Share of the rays that lie in the object which most of their ball belongs to, when no two balls share one; else 0.
inline double ToyAgreement(const ToyRays& toy, const std::vector<int>& object_of_ray) {
  std::vector<std::map<int, int>> counts(kToyBalls);
  for (size_t r = 0; r < object_of_ray.size(); ++r) ++counts[size_t(toy.ball_of[r])][object_of_ray[r]];
  std::set<int> objects;
  int right = 0;
  for (const auto& of_ball : counts) {
    const auto most = std::max_element(of_ball.begin(), of_ball.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    objects.insert(most->first);
    right += most->second;
  }
  return objects.size() == kToyBalls ? double(right) / double(object_of_ray.size()) : 0;
}

}  // namespace sanerf::baselines
