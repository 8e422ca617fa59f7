#include "sanerf/nerf/traced_rays.h"

#include "sanerf/core/check.h"

namespace sanerf::nerf {
namespace {

template <class T>
void AppendColumn(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

template <class T>
void KeepRows(const std::vector<int64_t>& kept, std::vector<T>* column) {
  if (column->empty()) return;
  for (size_t i = 0; i < kept.size(); ++i) (*column)[i] = (*column)[size_t(kept[i])];
  column->resize(kept.size());
}

template <class T>
void KeepFirst(int64_t count, std::vector<T>* column) {
  if (!column->empty()) column->resize(size_t(count));
}

}  // namespace

void TracedRays::Append(const TracedRays& other) {
  const int64_t before = num_samples();
  for (int64_t ray = 1; ray <= other.num_rays(); ++ray) first.push_back(before + other.first[size_t(ray)]);
  AppendColumn(other.origin, &origin);
  AppendColumn(other.direction, &direction);
  AppendColumn(other.time, &time);
  AppendColumn(other.z_per_t, &z_per_t);
  AppendColumn(other.opacity, &opacity);
  AppendColumn(other.median_t, &median_t);
  AppendColumn(other.unit, &unit);
  AppendColumn(other.weight, &weight);
  AppendColumn(other.t, &t);
  AppendColumn(other.dt, &dt);
  AppendColumn(other.geometry, &geometry);
  AppendColumn(other.color, &color);
}

void TracedRays::DropSamples(float min_weight) {
  std::vector<int64_t> kept;
  int64_t begin = 0;
  for (size_t ray = 0; ray < size_t(num_rays()); ++ray) {
    const int64_t end = first[ray + 1];
    for (int64_t s = begin; s < end; ++s)
      if (weight[size_t(s)] > min_weight) kept.push_back(s);
    begin = end;
    first[ray + 1] = int64_t(kept.size());
  }
  KeepRows(kept, &unit);
  KeepRows(kept, &weight);
  KeepRows(kept, &t);
  KeepRows(kept, &dt);
  KeepRows(kept, &geometry);
  KeepRows(kept, &color);
}

void TracedRays::Truncate(int64_t num_rays) {
  SANERF_CHECK(num_rays >= 0 && num_rays <= this->num_rays());
  first.resize(size_t(num_rays) + 1);
  KeepFirst(num_rays, &origin);
  KeepFirst(num_rays, &direction);
  KeepFirst(num_rays, &time);
  KeepFirst(num_rays, &z_per_t);
  KeepFirst(num_rays, &opacity);
  KeepFirst(num_rays, &median_t);
  KeepFirst(first.back(), &unit);
  KeepFirst(first.back(), &weight);
  KeepFirst(first.back(), &t);
  KeepFirst(first.back(), &dt);
  KeepFirst(first.back(), &geometry);
  KeepFirst(first.back(), &color);
}

std::vector<int64_t> TracedRays::DropEmptyRays() {
  std::vector<int64_t> kept;
  for (int64_t ray = 0; ray < num_rays(); ++ray)
    if (NumSamples(ray) > 0) kept.push_back(ray);
  KeepRows(kept, &origin);
  KeepRows(kept, &direction);
  KeepRows(kept, &time);
  KeepRows(kept, &z_per_t);
  KeepRows(kept, &opacity);
  KeepRows(kept, &median_t);
  const int64_t end = first.back();
  KeepRows(kept, &first);  // where a ray begins, those between have no samples
  first.push_back(end);
  return kept;
}

}  // namespace sanerf::nerf
