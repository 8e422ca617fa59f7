#include "sanerf/baselines/contrastive_lift/hdbscan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"

namespace sanerf::baselines {
namespace {

constexpr double kMinDistance = 1e-9;

// Points in the order in which Prim's algorithm takes them up. For any distance the groups that are connected by
// shorter ones are runs of it: while a group has points left, one of them is nearer than everything outside. So the
// whole single linkage hierarchy is in the gaps: a run falls apart at its widest.
struct Chain {
  std::vector<int> order;
  std::vector<double> gap;  // gap[i]: from order[i] to the nearest before it; gap[0] is none
};

class Prim {
 public:
  Prim(size_t dims, const std::vector<float>& points) : dims_(dims), num_left_(points.size() / dims) {
    for (size_t d = 0; d < dims; ++d) {
      coordinates_.emplace_back();
      for (size_t i = 0; i < num_left_; ++i) coordinates_[d].push_back(points[i * dims + d]);
    }
    squared_.assign(num_left_, std::numeric_limits<float>::max());
    for (size_t i = 0; i < num_left_; ++i) ids_.push_back(int(i));
  }

  Chain Run(const Job& job) {
    Chain chain;
    std::vector<float> at(dims_);
    size_t next = 0;
    double gap = 0;
    while (num_left_ > 0) {
      job.ThrowIfStopped("clustering");
      chain.order.push_back(ids_[next]);
      chain.gap.push_back(gap);
      for (size_t d = 0; d < dims_; ++d) at[d] = coordinates_[d][next];
      Remove(next);
      if (num_left_ == 0) break;
      next = Approach(at);
      gap = std::sqrt(double(squared_[next]));
    }
    return chain;
  }

 private:
  static constexpr size_t kBlock = 64;

  void Remove(size_t i) {
    --num_left_;
    for (std::vector<float>& of_dim : coordinates_) of_dim[i] = of_dim[num_left_];
    squared_[i] = squared_[num_left_];
    ids_[i] = ids_[num_left_];
  }

  // Takes the point into account; returns which of those left is nearest now. In blocks, so that it runs on vectors.
  size_t Approach(const std::vector<float>& at) {
    size_t nearest = 0;
    for (size_t first = 0; first < num_left_; first += kBlock) {
      const size_t count = std::min(kBlock, num_left_ - first);
      std::array<float, kBlock> sum{};
      for (size_t d = 0; d < dims_; ++d) {
        const float* x = coordinates_[d].data() + first;
        for (size_t i = 0; i < count; ++i) sum[i] += (x[i] - at[d]) * (x[i] - at[d]);
      }
      float* squared = squared_.data() + first;
      for (size_t i = 0; i < count; ++i) squared[i] = std::min(squared[i], sum[i]);
      for (size_t i = 0; i < count; ++i)
        if (squared[i] < squared_[nearest]) nearest = first + i;
    }
    return nearest;
  }

  size_t dims_, num_left_;
  std::vector<std::vector<float>> coordinates_;  // per dimension, of those left
  std::vector<float> squared_;                   // distance to the nearest point of the chain
  std::vector<int> ids_;
};

// The widest gap of any run, by halves: the Cartesian tree of the gaps. A node is the position of a gap; its sons are
// the widest gaps before and after it within the run that it splits. -1: the run is a single point.
struct Splits {
  std::vector<int> before, after;
  int root = -1;

  explicit Splits(const std::vector<double>& gap) : before(gap.size(), -1), after(gap.size(), -1) {
    std::vector<int> spine;  // from the root to the last gap
    for (int i = 1; i < int(gap.size()); ++i) {
      int last = -1;
      while (!spine.empty() && gap[size_t(spine.back())] < gap[size_t(i)]) {
        last = spine.back();
        spine.pop_back();
      }
      before[size_t(i)] = last;
      if (!spine.empty()) after[size_t(spine.back())] = i;
      spine.push_back(i);
    }
    if (!spine.empty()) root = spine[0];
  }
};

// A run of the chain that is a group of its own from density `birth` on.
struct Group {
  int first, end;
  int split;  // its widest gap, see Splits
  double birth;
  std::vector<int> children = {};  // into which it falls apart; none: it thins out
  double stability = 0;            // sum over its points of the range of densities that they are in it
  double densest = 0;
  bool is_chosen = true;

  int size() const { return end - first; }
};

// Groups of min_size and more, parents before children. density: per position of the chain, at which the point
// leaves the last group that it is in.
std::vector<Group> Condense(const Chain& chain, int min_size, std::vector<double>* density) {
  const Splits splits(chain.gap);
  const int n = int(chain.order.size());
  density->assign(size_t(n), 0);
  std::vector<Group> groups = {{0, n, splits.root, 0}};
  for (int g = 0; g < int(groups.size()); ++g) {
    int first = groups[size_t(g)].first, end = groups[size_t(g)].end, split = groups[size_t(g)].split;
    const auto leave = [&](int from, int to, double at) {
      Group& group = groups[size_t(g)];
      group.stability += double(to - from) * (at - group.birth);
      group.densest = std::max(group.densest, at);
    };
    const auto drop = [&](int from, int to, double at) {
      leave(from, to, at);
      std::fill(density->begin() + from, density->begin() + to, at);
    };
    const auto found = [&](int from, int to, double at, int next_split) {
      leave(from, to, at);
      groups[size_t(g)].children.push_back(int(groups.size()));
      groups.push_back({from, to, next_split, at});
    };
    while (split >= 0) {
      const double at = 1 / std::max(kMinDistance, chain.gap[size_t(split)]);
      const bool keeps_before = split - first >= min_size, keeps_after = end - split >= min_size;
      if (keeps_before && keeps_after) {
        found(first, split, at, splits.before[size_t(split)]);
        found(split, end, at, splits.after[size_t(split)]);
        break;
      }
      if (!keeps_before) drop(first, split, at);
      if (!keeps_after) drop(split, end, at);
      if (!keeps_before && !keeps_after) break;
      if (keeps_before) end = split;
      if (keeps_after) first = split;
      split = keeps_before ? splits.before[size_t(split)] : splits.after[size_t(split)];
    }
  }
  return groups;
}

// Excess of mass: a group is chosen unless what is chosen within it is more stable.
void Choose(std::vector<Group>* groups) {
  for (size_t g = groups->size(); g-- > 0;) {
    Group& group = (*groups)[g];
    double within = 0;
    for (const int child : group.children) within += (*groups)[size_t(child)].stability;
    if (within > group.stability) {
      group.is_chosen = false;
      group.stability = within;
    }
  }
  std::vector<bool> is_within_chosen(groups->size(), false);
  for (size_t g = 0; g < groups->size(); ++g) {
    Group& group = (*groups)[g];
    for (const int child : group.children) is_within_chosen[size_t(child)] = group.is_chosen || is_within_chosen[g];
    group.is_chosen = group.is_chosen && !is_within_chosen[g];
  }
}

}  // namespace

DensityClusters Hdbscan(int dims, const std::vector<float>& points, int min_cluster_size, const Job& job) {
  SANERF_CHECK(dims >= 1 && min_cluster_size >= 2);
  const size_t n = points.size() / size_t(dims);
  DensityClusters result{0, std::vector<int>(n, -1), std::vector<float>(n, 0)};
  if (n < size_t(min_cluster_size)) return result;
  const Chain chain = Prim(size_t(dims), points).Run(job);
  std::vector<double> density;
  std::vector<Group> groups = Condense(chain, min_cluster_size, &density);
  Choose(&groups);
  std::erase_if(groups, [](const Group& group) { return !group.is_chosen; });
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.size() > b.size(); });
  for (const Group& group : groups) {
    for (int i = group.first; i < group.end; ++i) {
      const size_t point = size_t(chain.order[size_t(i)]);
      result.cluster[point] = result.num_clusters;
      result.membership[point] = float(std::min(1.0, density[size_t(i)] / group.densest));
    }
    ++result.num_clusters;
  }
  return result;
}

std::vector<float> Centers(int num_dims, const std::vector<float>& points, const DensityClusters& clusters) {
  const size_t dims = size_t(num_dims);
  std::vector<double> sum(size_t(clusters.num_clusters) * dims, 0), weight(size_t(clusters.num_clusters), 0);
  for (size_t i = 0; i < clusters.cluster.size(); ++i) {
    if (clusters.cluster[i] < 0) continue;
    const size_t c = size_t(clusters.cluster[i]);
    const double w = double(clusters.membership[i]);
    weight[c] += w;
    for (size_t d = 0; d < dims; ++d) sum[c * dims + d] += w * double(points[i * dims + d]);
  }
  std::vector<float> centers;
  for (size_t k = 0; k < sum.size(); ++k) centers.push_back(float(sum[k] / weight[k / dims]));
  return centers;
}

}  // namespace sanerf::baselines
