#include "sanerf/segmentation/automatic/associate_masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sanerf/core/assignment.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/phrases.h"
#include "sanerf/segmentation/automatic/object_levels.h"

namespace sanerf::segmentation {
namespace {

using Counts = MaskOverlaps::Counts;

constexpr int64_t kMinSeen = 6;  // lifted pixels; fewer say nothing

// Groups of masks, one per view at most, that show the same surface.
class Grouping {
 public:
  Grouping(const MaskOverlaps& overlaps, const AssociateOptions& options) : overlaps_(overlaps), options_(options) {
    for (int m = 0; m < overlaps.num_masks(); ++m) {
      by_view_.resize(size_t(overlaps.num_views()));
      by_view_[size_t(overlaps.view_of(m))].push_back(m);
    }
  }

  // The masks that match `seed`, then those that match these: a single mask may be cut off where the others are not.
  FoundObject Around(int seed) const { return MatchesOf(MatchesOf({seed}).masks); }

  // IoU of a mask with a group, over what the mask's view and the others see.
  double Likeness(int mask, const std::vector<int>& group) const {
    Counts sum;
    for (const int member : group)
      if (overlaps_.view_of(member) != overlaps_.view_of(mask)) sum.Add(overlaps_.Of(member, mask));
    return sum.Iou();
  }
  // Shares of a and of b that lie in the other one.
  std::pair<double, double> InCommon(const FoundObject& a, const FoundObject& b) const {
    Counts sum;
    for (const int m : a.masks)
      for (const int n : b.masks) sum.Add(overlaps_.Of(m, n));
    return {sum.first > 0 ? double(sum.both) / double(sum.first) : 0,
            sum.second > 0 ? double(sum.both) / double(sum.second) : 0};
  }
  const std::vector<int>& MasksOf(int view) const { return by_view_[size_t(view)]; }

 private:
  bool Sees(int view, const std::vector<int>& group) const {
    return std::any_of(group.begin(), group.end(), [&](int m) {
      const int64_t seen = overlaps_.Seen(m, view);
      return seen >= kMinSeen && double(seen) >= options_.seen * double(overlaps_.size(m));
    });
  }

  FoundObject MatchesOf(const std::vector<int>& group) const {
    FoundObject object;
    double sum = 0;
    for (int view = 0; view < overlaps_.num_views(); ++view) {
      if (!Sees(view, group)) continue;
      double best = 0;
      int best_mask = -1;
      // A group of one mask has nothing to compare its own view with.
      if (group.size() == 1 && overlaps_.view_of(group[0]) == view) best = 1, best_mask = group[0];
      for (const int mask : best_mask < 0 ? by_view_[size_t(view)] : std::vector<int>()) {
        const double likeness = Likeness(mask, group);
        if (likeness > best) best = likeness, best_mask = mask;
      }
      ++object.num_views_seeing;
      if (best < options_.match) continue;
      object.masks.push_back(best_mask);
      sum += best;
    }
    object.agreement = object.num_views_seeing > 0 ? sum / object.num_views_seeing : 0;
    return object;
  }

  const MaskOverlaps& overlaps_;
  const AssociateOptions& options_;
  std::vector<std::vector<int>> by_view_;
};

double BorderShare(const BitMask& mask) {
  int64_t on_mask = 0, total = 0;
  const auto count = [&](int x, int y) { on_mask += mask.At(x, y), ++total; };
  for (int x = 0; x < mask.width(); ++x) count(x, 0), count(x, mask.height() - 1);
  for (int y = 0; y < mask.height(); ++y) count(0, y), count(mask.width() - 1, y);
  return double(on_mask) / double(total);
}

template <class F>
double MeanOverMasks(const FoundObject& object, const std::vector<FoundMask>& masks, const F& value) {
  double sum = 0;
  for (const int m : object.masks) sum += value(masks[size_t(m)].mask);
  return sum / double(object.masks.size());
}

double CoplanarShare(const FoundObject& object, const std::vector<FoundMask>& masks) {
  double sum = 0;
  for (const int m : object.masks) sum += masks[size_t(m)].is_coplanar;
  return sum / double(object.masks.size());
}

// The groups around all masks, each once, without those that too few views support.
std::vector<FoundObject> SupportedGroups(const Grouping& grouping, const std::vector<FoundMask>& masks,
                                         const AssociateOptions& options, Association* result) {
  std::map<std::vector<int>, FoundObject> distinct;
  for (int seed = 0; seed < int(masks.size()); ++seed) {
    FoundObject group = grouping.Around(seed);
    if (!group.masks.empty()) distinct.try_emplace(group.masks, group);
  }
  std::vector<FoundObject> groups;
  for (auto& [members, group] : distinct) {
    if (int(members.size()) < options.min_views) {
      ++result->num_rare;
    } else if (group.agreement < options.min_agreement) {
      ++result->num_unstable;
    } else if (CoplanarShare(group, masks) > options.coplanar) {
      ++result->num_coplanar;
    } else {
      group.size = MeanOverMasks(group, masks, [](const BitMask& mask) {
        return double(mask.Count()) / (double(mask.width()) * mask.height());
      });
      groups.push_back(group);
    }
  }
  return groups;
}

// Which of the groups are the objects.
std::vector<Verdict> VerdictsOn(const Grouping& grouping, const std::vector<FoundObject>& groups,
                                const std::vector<FoundMask>& masks, const AssociateOptions& options) {
  std::vector<LevelItem> items;
  for (const FoundObject& group : groups)
    items.push_back({group.agreement, group.size, MeanOverMasks(group, masks, BorderShare) > options.background});
  std::vector<std::vector<double>> share_in(groups.size(), std::vector<double>(groups.size(), 0));
  for (size_t i = 0; i < groups.size(); ++i)
    for (size_t j = i + 1; j < groups.size(); ++j)
      std::tie(share_in[i][j], share_in[j][i]) = grouping.InCommon(groups[i], groups[j]);
  return ChooseLevel(items, share_in, options.whole);
}

// One level of the hierarchy: no two of the groups that stay show the same surface.
std::vector<FoundObject> OneLevel(const std::vector<FoundObject>& groups, const std::vector<Verdict>& verdicts,
                                  Association* result, const Job& job) {
  std::vector<FoundObject> level;
  for (size_t i = 0; i < groups.size(); ++i) {
    job.Detail(fmt::format("group  {} of {}, {:.2f}% of a view, agreement {:.2f}: {}", groups[i].masks.size(),
                           Counted(groups[i].num_views_seeing, "view"), 100 * groups[i].size, groups[i].agreement,
                           VerdictName(verdicts[i])));
    result->num_background += verdicts[i] == Verdict::kBackground;
    result->num_texture += verdicts[i] == Verdict::kTexture;
    if (verdicts[i] == Verdict::kObject) level.push_back(groups[i]);
  }
  result->num_other_levels = int(groups.size() - level.size()) - result->num_background - result->num_texture;
  return level;
}

// In each view every object takes another mask, the assignment of the largest sum of likenesses (Hungarian method).
void AssignMasks(const Grouping& grouping, int num_views, double match, std::vector<FoundObject>* objects) {
  std::vector<std::vector<int>> taken(objects->size());
  for (int view = 0; view < num_views; ++view) {
    const std::vector<int>& masks = grouping.MasksOf(view);
    std::vector<std::vector<double>> cost(objects->size(), std::vector<double>(masks.size(), 0));
    for (size_t o = 0; o < objects->size(); ++o)
      for (size_t m = 0; m < masks.size(); ++m) {
        const double likeness = grouping.Likeness(masks[m], (*objects)[o].masks);
        cost[o][m] = likeness >= match ? -likeness : 0;
      }
    const std::vector<int> mask_of = MinCostAssignment(cost);
    for (size_t o = 0; o < objects->size(); ++o)
      if (mask_of[o] >= 0 && cost[o][size_t(mask_of[o])] < 0) taken[o].push_back(masks[size_t(mask_of[o])]);
  }
  for (size_t o = 0; o < objects->size(); ++o) (*objects)[o].masks = taken[o];
}

}  // namespace

Association AssociateMasks(const std::vector<FoundMask>& masks, const MaskOverlaps& overlaps,
                           const AssociateOptions& options, const Job& job) {
  CheckOptions(options, "auto");
  Association result;
  if (masks.empty()) return result;
  const Grouping grouping(overlaps, options);
  const std::vector<FoundObject> groups = SupportedGroups(grouping, masks, options, &result);
  result.objects = OneLevel(groups, VerdictsOn(grouping, groups, masks, options), &result, job);
  AssignMasks(grouping, overlaps.num_views(), options.match, &result.objects);
  std::erase_if(result.objects, [](const FoundObject& object) { return object.masks.empty(); });
  std::stable_sort(result.objects.begin(), result.objects.end(),
                   [](const FoundObject& a, const FoundObject& b) { return a.size > b.size; });
  return result;
}

}  // namespace sanerf::segmentation
