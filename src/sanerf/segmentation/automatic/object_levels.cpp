#include "sanerf/segmentation/automatic/object_levels.h"

#include <algorithm>
#include <functional>

namespace sanerf::segmentation {
namespace {

constexpr double kSame = 0.85;        // of each inside the other
constexpr double kContained = 0.7;    // of a part inside the whole
constexpr double kApart = 0.3;        // parts that share no more are beside each other
constexpr double kMadeUp = 0.8;       // of a whole that its parts cover together
constexpr double kConflicting = 0.5;  // of one of two objects that may not lie in the other

class Levels {
 public:
  Levels(const std::vector<LevelItem>& items, const std::vector<std::vector<double>>& share_in, double whole)
      : items_(items), share_in_(share_in), whole_(whole), verdicts_(items.size(), Verdict::kObject) {}

  std::vector<Verdict> Choose() {
    const std::vector<size_t> by_agreement = Order([&](size_t i) { return items_[i].agreement; });
    ForPairs(by_agreement, Verdict::kRepeated, [&](size_t worse, size_t better) {
      return std::min(share_in_[worse][better], share_in_[better][worse]) > kSame;
    });
    DropBackground();
    for (const size_t i : Order([&](size_t i) { return items_[i].size; }))
      if (Stays(i)) SettleWhole(i, by_agreement);
    ForPairs(by_agreement, Verdict::kConflict, [&](size_t worse, size_t better) {
      return std::max(share_in_[worse][better], share_in_[better][worse]) > kConflicting;
    });
    return std::move(verdicts_);
  }

 private:
  bool Stays(size_t i) const { return verdicts_[i] == Verdict::kObject; }
  bool IsPart(size_t i, size_t of) const { return i != of && share_in_[i][of] > kContained; }

  std::vector<size_t> Order(const std::function<double(size_t)>& value) const {  // largest first
    std::vector<size_t> order(items_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return value(a) > value(b); });
    return order;
  }

  // The worse of each pair for which `is_too_many` holds gets the verdict.
  void ForPairs(const std::vector<size_t>& best_first, Verdict verdict,
                const std::function<bool(size_t worse, size_t better)>& is_too_many) {
    for (size_t i = 0; i < best_first.size(); ++i)
      for (size_t j = 0; j < i && Stays(best_first[i]); ++j)
        if (Stays(best_first[j]) && is_too_many(best_first[i], best_first[j])) verdicts_[best_first[i]] = verdict;
  }

  void DropBackground() {
    for (size_t b = 0; b < items_.size(); ++b) {
      if (!Stays(b) || !items_[b].is_background) continue;
      verdicts_[b] = Verdict::kBackground;
      for (size_t i = 0; i < items_.size(); ++i)
        if (Stays(i) && !items_[i].is_background && IsPart(i, b) && items_[i].agreement < items_[b].agreement)
          verdicts_[i] = Verdict::kTexture;
    }
  }

  // The views agree on things beside each other that make up most of the whole, and on each better than on the whole.
  bool IsMadeUpOfBetter(size_t whole, const std::vector<size_t>& by_agreement) const {
    std::vector<size_t> parts;
    double covered = 0;
    for (const size_t i : by_agreement) {
      if (!Stays(i) || !IsPart(i, whole) || items_[i].agreement < items_[whole].agreement) continue;
      if (std::any_of(parts.begin(), parts.end(),
                      [&](size_t p) { return std::max(share_in_[i][p], share_in_[p][i]) > kApart; }))
        continue;
      parts.push_back(i);
      covered += share_in_[whole][i];
    }
    return parts.size() > 1 && covered > kMadeUp;
  }

  void SettleWhole(size_t whole, const std::vector<size_t>& by_agreement) {
    double best_part = 0;
    for (size_t i = 0; i < items_.size(); ++i)
      if (Stays(i) && IsPart(i, whole)) best_part = std::max(best_part, items_[i].agreement);
    if (items_[whole].agreement < whole_ * best_part || IsMadeUpOfBetter(whole, by_agreement)) {
      verdicts_[whole] = Verdict::kWhole;
      return;
    }
    for (size_t i = 0; i < items_.size(); ++i)
      if (Stays(i) && IsPart(i, whole)) verdicts_[i] = Verdict::kPart;
  }

  const std::vector<LevelItem>& items_;
  const std::vector<std::vector<double>>& share_in_;
  double whole_;
  std::vector<Verdict> verdicts_;
};

}  // namespace

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kObject:
      return "object";
    case Verdict::kRepeated:
      return "repeated";
    case Verdict::kPart:
      return "part";
    case Verdict::kWhole:
      return "whole of better parts";
    case Verdict::kTexture:
      return "texture of the background";
    case Verdict::kConflict:
      return "overlaps a better one";
    case Verdict::kBackground:
      return "background";
  }
  return "";
}

std::vector<Verdict> ChooseLevel(const std::vector<LevelItem>& items, const std::vector<std::vector<double>>& share_in,
                                 double whole) {
  return Levels(items, share_in, whole).Choose();
}

}  // namespace sanerf::segmentation
