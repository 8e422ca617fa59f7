#include "sanerf/segmentation/text/text_prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/phrases.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/view_decider.h"

namespace sanerf::segmentation {
namespace {

constexpr double kSameMask = 0.7;  // IoU of masks in one view that are one thing
// Of two groups that cannot see each other: the distance of their middles as a share of both radii. Halves of a ball
// have 0.45, two balls that touch 0.9.
constexpr double kSamePlace = 0.6;
constexpr double kWeakestShare = 0.2;     // of the views of the best supported object, that each of several needs
constexpr double kConfirmedShare = 0.75;  // share of the group's views that must agree on a point that is handed on

using Group = std::vector<size_t>;  // boxes, in the order given

double MaskIou(const ImageU8& a, const ImageU8& b) {
  int64_t both = 0, either = 0;
  for (size_t i = 0; i < a.data.size(); ++i) {
    both += a.data[i] && b.data[i];
    either += a.data[i] || b.data[i];
  }
  return either > 0 ? double(both) / double(either) : 0;
}

// Of boxes in one view that SAM takes for the same thing the one with the higher confidence stays.
void DropDoubles(const std::vector<BoxInView>& boxes, std::vector<BoxEvidence>* evidence) {
  for (size_t i = 0; i < boxes.size(); ++i) {
    for (size_t j = 0; j < boxes.size(); ++j) {
      BoxEvidence &mine = (*evidence)[i], &other = (*evidence)[j];
      if (i == j || boxes[i].view_idx != boxes[j].view_idx || mine.mask.empty() || other.mask.empty()) continue;
      const bool is_worse = boxes[i].score < boxes[j].score || (boxes[i].score == boxes[j].score && i > j);
      if (!is_worse || MaskIou(mine.mask, other.mask) <= kSameMask) continue;
      mine.mask = {};
      mine.is_double = true;
      mine.why_not = "a second box around the same thing";
    }
  }
}

// Groups of boxes by mean agreement, the best pair of groups first. What two boxes cannot tell does not count.
std::vector<Group> GroupByAgreement(const std::vector<BoxInView>& boxes, const std::vector<BoxEvidence>& evidence,
                                    const Sightings& sightings, double needed) {
  std::vector<Group> groups;
  for (size_t i = 0; i < boxes.size(); ++i)
    if (!evidence[i].mask.empty()) groups.push_back({i});
  const size_t n = groups.size();
  struct Link {
    double sum = 0;
    int count = 0;
    bool is_forbidden = false;  // both have a box in one view
    double mean() const { return count > 0 && !is_forbidden ? sum / count : -1; }
  };
  std::vector<std::vector<Link>> links(n, std::vector<Link>(n));
  for (size_t a = 0; a < n; ++a) {
    for (size_t b = a + 1; b < n; ++b) {
      Link link;
      link.is_forbidden = boxes[groups[a][0]].view_idx == boxes[groups[b][0]].view_idx;
      const double agreement = link.is_forbidden ? -1 : sightings.Agreement(groups[a][0], groups[b][0]);
      if (agreement >= 0) link.sum = agreement, link.count = 1;
      links[a][b] = links[b][a] = link;
    }
  }

  while (true) {
    double best = -1;
    size_t best_a = 0, best_b = 0;
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = a + 1; b < n; ++b) {
        if (groups[a].empty() || groups[b].empty() || links[a][b].mean() <= best) continue;
        best = links[a][b].mean(), best_a = a, best_b = b;
      }
    }
    if (best < needed) break;
    groups[best_a].insert(groups[best_a].end(), groups[best_b].begin(), groups[best_b].end());
    groups[best_b].clear();
    for (size_t c = 0; c < n; ++c) {
      Link& link = links[best_a][c];
      link.sum += links[best_b][c].sum;
      link.count += links[best_b][c].count;
      link.is_forbidden |= links[best_b][c].is_forbidden;
      links[c][best_a] = link;
    }
  }
  std::erase_if(groups, [](const Group& group) { return group.empty(); });
  for (Group& group : groups) std::sort(group.begin(), group.end());
  return groups;
}

double ScoreOf(const Group& group, const std::vector<BoxInView>& boxes) {
  return std::accumulate(group.begin(), group.end(), 0.0, [&](double sum, size_t i) { return sum + boxes[i].score; });
}

// The object in front; only groups of at least two views.
std::vector<Group> Rank(std::vector<Group> groups, const std::vector<BoxInView>& boxes,
                        const std::vector<int>& hints_on_box) {
  std::erase_if(groups, [](const Group& group) { return group.size() < 2; });
  const auto rank = [&](const Group& group) {
    int most = 0;
    for (const size_t i : group) most = std::max(most, hints_on_box[i]);
    return std::pair(most, ScoreOf(group, boxes));
  };
  std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) { return rank(a) > rank(b); });
  return groups;
}

std::vector<int> CountHints(const std::vector<BoxInView>& boxes, const std::vector<BoxEvidence>& evidence,
                            const std::vector<Vec3>& hints, const mask_decoder::DecodeContext& context,
                            const Job& job) {
  const mask_decoder::DepthTolerance tolerance = mask_decoder::ToleranceOf(context.options, context.model_from_file);
  std::vector<int> counts(boxes.size(), 0);
  for (size_t i = 0; i < boxes.size() && !hints.empty(); ++i) {
    if (evidence[i].mask.empty()) continue;
    const Camera camera = context.container.WorkingCamera(boxes[i].view_idx);
    const ImageF depth = context.container.Depth(boxes[i].view_idx, job);
    for (const Vec3& hint : hints) {
      const mask_decoder::PointInView found = mask_decoder::FindInView(hint, camera, depth, tolerance);
      counts[i] += found.state == mask_decoder::PointState::kVisible &&
                   evidence[i].mask.At(int(found.px.x()), int(found.px.y())) > 0;
    }
  }
  return counts;
}

// Points that the masks of nearly all of the group's views hold which see them: the best confirmed one first, then each
// far from the earlier ones.
std::vector<mask_decoder::PointPrompt> ConfirmedPoints(const Group& group, const std::vector<BoxEvidence>& evidence,
                                                       const Sightings& sightings, int count) {
  struct Candidate {
    Vec3 p;
    int inside;
  };
  std::vector<Candidate> candidates;
  for (const size_t i : group) {
    for (size_t p = 0; p < evidence[i].points.size(); ++p) {
      int visible = 0, inside = 0;
      for (const size_t j : group) {
        visible += sightings.Of(i, p, j) != Seen::kHidden;
        inside += sightings.Of(i, p, j) == Seen::kInside;
      }
      if (inside > 0 && inside >= kConfirmedShare * visible) candidates.push_back({evidence[i].points[p], inside});
    }
  }
  std::vector<mask_decoder::PointPrompt> points;
  std::vector<double> distance(candidates.size(), std::numeric_limits<double>::infinity());
  while (int(points.size()) < count) {
    size_t best = candidates.size();
    for (size_t k = 0; k < candidates.size(); ++k) {
      if (distance[k] <= 0) continue;
      const auto key = [&](size_t at) { return std::pair(distance[at], candidates[at].inside); };
      if (best == candidates.size() || key(k) > key(best)) best = k;
    }
    if (best == candidates.size()) break;
    points.push_back({candidates[best].p, 1});
    for (size_t k = 0; k < candidates.size(); ++k)
      distance[k] = std::min(distance[k], (candidates[k].p - candidates[best].p).norm());
  }
  return points;
}

int CountViews(const std::vector<BoxInView>& boxes) {
  std::set<int> views;
  for (const BoxInView& box : boxes) views.insert(box.view_idx);
  return int(views.size());
}

[[noreturn]] void FailWithoutAgreement(const std::string& what, const std::vector<BoxInView>& boxes,
                                       const std::vector<BoxEvidence>& evidence, const scene::Scene& scene) {
  const auto best = std::max_element(boxes.begin(), boxes.end(),
                                     [](const BoxInView& a, const BoxInView& b) { return a.score < b.score; });
  const std::string& view = scene.views.at(size_t(best->view_idx)).name;
  const std::string hint = fmt::format(
      "let the detector keep more boxes with a lower --set text.box_threshold, or say which one is meant: --name "
      "OBJECT --box {}:{:.0f},{:.0f},{:.0f},{:.0f} (score {:.2f})",
      view, std::max(0.0, best->box.x0), std::max(0.0, best->box.y0), best->box.x1, best->box.y1, best->score);
  const auto count = [&](auto&& is_counted) { return std::count_if(evidence.begin(), evidence.end(), is_counted); };
  const auto num_doubles = count([](const BoxEvidence& box) { return box.is_double; });
  const auto num_useless = count([](const BoxEvidence& box) { return box.mask.empty() && !box.is_double; });
  const int64_t num_distinct = int64_t(boxes.size()) - num_doubles;
  if (CountViews(boxes) == 1)
    throw NothingFound(fmt::format("'{}' was found in one view only ({})", what, view),
                       "without a second view that shows the same nothing says that it is right", hint);
  throw NothingFound(fmt::format("'{}' was found in {}, but no two of them agree on what it is", what,
                                 Counted(CountViews(boxes), "view")),
                     num_useless > 0
                         ? fmt::format("{} of {} {} no surface", num_useless, Counted(num_distinct, "box", "boxes"),
                                       IsAre(num_useless, "shows", "show"))
                         : Counted(num_distinct, "box lies", "boxes lie") + " around different things in 3D",
                     hint);
}

// What the boxes show, and how they see each other.
struct Evidence {
  Evidence(const std::vector<BoxInView>& boxes, const mask_decoder::DecodeContext& context,
           const AgreementOptions& options, const Job& job)
      : of_boxes(WithoutDoubles(boxes, DecodeBoxes(boxes, options.points_per_box, context, job))),
        sightings(boxes, of_boxes, context, job) {}

  static std::vector<BoxEvidence> WithoutDoubles(const std::vector<BoxInView>& boxes,
                                                 std::vector<BoxEvidence> evidence) {
    DropDoubles(boxes, &evidence);
    return evidence;
  }

  std::vector<BoxEvidence> of_boxes;
  Sightings sightings;
};

// A ball around the points of a group's boxes.
struct PlaceOfGroup {
  Vec3 center = Vec3::Zero();
  double radius = 0;
};

PlaceOfGroup PlaceOf(const Group& group, const std::vector<BoxEvidence>& evidence) {
  std::vector<Vec3> points;
  for (const size_t i : group) points.insert(points.end(), evidence[i].points.begin(), evidence[i].points.end());
  PlaceOfGroup place;
  for (const Vec3& p : points) place.center += p / double(points.size());
  for (const Vec3& p : points) place.radius = std::max(place.radius, (p - place.center).norm());
  return place;
}

// No box of one group says anything about a box of the other.
bool AreStrangers(const Group& a, const Group& b, const std::vector<BoxInView>& boxes, const Sightings& sightings) {
  for (const size_t i : a)
    for (const size_t j : b)
      if (boxes[i].view_idx == boxes[j].view_idx || sightings.Agreement(i, j) >= 0) return false;
  return true;
}

// An object's front and back: seen by different views, at one place.
void UniteAtOnePlace(const std::vector<BoxInView>& boxes, const Evidence& evidence, std::vector<Group>* groups) {
  for (size_t a = 0; a < groups->size(); ++a) {
    for (size_t b = a + 1; b < groups->size();) {
      Group &one = (*groups)[a], &other = (*groups)[b];
      const PlaceOfGroup here = PlaceOf(one, evidence.of_boxes), there = PlaceOf(other, evidence.of_boxes);
      if ((here.center - there.center).norm() > kSamePlace * (here.radius + there.radius) ||
          !AreStrangers(one, other, boxes, evidence.sightings)) {
        ++b;
        continue;
      }
      one.insert(one.end(), other.begin(), other.end());
      std::sort(one.begin(), one.end());
      groups->erase(groups->begin() + std::ptrdiff_t(b));
      b = a + 1;  // what was a stranger to both apart may lie at the place of both together
    }
  }
}

// Group `which` as the object, the others after it in their order.
AgreedObject ObjectOfGroup(size_t which, const std::vector<Group>& groups, const BoxesOfWords& found,
                           const Evidence& evidence, int num_points) {
  const std::vector<BoxInView>& boxes = found.boxes;
  AgreedObject object;
  object.prompt.name = found.what;
  object.score = ScoreOf(groups[which], boxes);
  object.outcomes.resize(boxes.size());
  for (size_t i = 0; i < boxes.size(); ++i)
    object.outcomes[i].reason =
        evidence.of_boxes[i].mask.empty() ? evidence.of_boxes[i].why_not : "agrees with no other view";
  for (size_t g = 0; g < groups.size(); ++g) {
    const int number = g == which ? 0 : g < which ? int(g) + 1 : int(g);
    for (const size_t i : groups[g]) object.outcomes[i] = {number, number == 0 ? "the object" : "another object"};
    if (number > 0) object.other_views.push_back(int(groups[g].size()));
  }
  std::set<int> dropped_views;
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (object.outcomes[i].group >= 0) continue;
    ++object.num_dropped;
    dropped_views.insert(boxes[i].view_idx);
  }
  object.num_dropped_views = int(dropped_views.size());
  for (const size_t i : groups[which]) object.prompt.boxes.push_back(boxes[i].box);
  object.prompt.points = ConfirmedPoints(groups[which], evidence.of_boxes, evidence.sightings, num_points);
  return object;
}

}  // namespace

std::vector<Vec3> HintsFrom(const mask_decoder::ObjectPrompt& more, const scene::Scene& scene,
                            const feature_container::FeatureContainer& container, const Job& job) {
  std::vector<Vec3> hints;
  for (const mask_decoder::LiftedPoint& point : mask_decoder::LiftPrompts(more, scene, container, job))
    if (point.label == 1) hints.push_back(point.p_file);
  return hints;
}

AgreedObject AgreeIn3d(const BoxesOfWords& found, const mask_decoder::DecodeContext& context,
                       const AgreementOptions& options, const Job& job) {
  CheckOptions(options, "text");
  const Evidence evidence(found.boxes, context, options, job);
  const std::vector<Group> groups =
      Rank(GroupByAgreement(found.boxes, evidence.of_boxes, evidence.sightings, options.agreement), found.boxes,
           CountHints(found.boxes, evidence.of_boxes, found.hints, context, job));
  if (groups.empty()) FailWithoutAgreement(found.what, found.boxes, evidence.of_boxes, context.scene);
  return ObjectOfGroup(0, groups, found, evidence, options.points);
}

std::vector<AgreedObject> AllThatAgreeIn3d(const BoxesOfWords& found, const mask_decoder::DecodeContext& context,
                                           const AgreementOptions& options, const Job& job) {
  CheckOptions(options, "text");
  const Evidence evidence(found.boxes, context, options, job);
  std::vector<Group> groups = GroupByAgreement(found.boxes, evidence.of_boxes, evidence.sightings, options.agreement);
  UniteAtOnePlace(found.boxes, evidence, &groups);
  groups = Rank(std::move(groups), found.boxes, std::vector<int>(found.boxes.size(), 0));
  if (groups.empty()) FailWithoutAgreement(found.what, found.boxes, evidence.of_boxes, context.scene);
  const double fewest = kWeakestShare * double(groups[0].size());
  std::erase_if(groups, [&](const Group& group) { return double(group.size()) < fewest; });
  std::vector<AgreedObject> objects;
  for (size_t i = 0; i < groups.size(); ++i)
    objects.push_back(ObjectOfGroup(i, groups, found, evidence, options.points));
  return objects;
}

}  // namespace sanerf::segmentation
