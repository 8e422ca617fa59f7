#include "sanerf/mask_aggregator/find_support.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/query.h"

namespace sanerf::mask_aggregator {
namespace {

constexpr int kMasksNeeded = 2;
constexpr float kHalfARay = 0.5f;   // light of which a view sees something
constexpr double kRaysPerCell = 4;  // of a surface: fewer leave holes in it (of random ones, one cell in 50 is missed)
constexpr float kHalfAbsorbed = 0.5f;  // of the light that crosses a cell: it is dense
constexpr size_t kCellsAtATime = 1 << 16;

template <class Use>
void ForNeighbors(const CellIndex::Cell& cell, const Use& use) {
  for (int i = 0; i < 27; ++i)
    if (i != 13) use(CellIndex::Cell{cell[0] + i % 3 - 1, cell[1] + i / 3 % 3 - 1, cell[2] + i / 9 - 1});
}

// The number of its component by cell; -1 for cells that are no part of any.
std::vector<int> ComponentsOf(const CellIndex& cells, const std::vector<uint8_t>& is_part, int* num_components) {
  std::vector<int> component(cells.size(), -1);
  std::vector<uint32_t> open;
  *num_components = 0;
  for (uint32_t start = 0; start < cells.size(); ++start) {
    if (is_part[start] == 0 || component[start] >= 0) continue;
    component[start] = *num_components;
    open.push_back(start);
    while (!open.empty()) {
      const CellIndex::Cell cell = cells.CellAt(open.back());
      open.pop_back();
      ForNeighbors(cell, [&](const CellIndex::Cell& at) {
        const uint32_t neighbor = cells.Find(at);
        if (neighbor == CellIndex::kNone || is_part[neighbor] == 0 || component[neighbor] >= 0) return;
        component[neighbor] = *num_components;
        open.push_back(neighbor);
      });
    }
    ++*num_components;
  }
  return component;
}

bool IsUnderMask(float seen, float labeled) { return labeled > 0.5f * seen; }

int NumMasks(const LabelEvidence& evidence) {
  return int(std::count_if(evidence.views.begin(), evidence.views.end(), [](const auto& view) {
    return std::any_of(view.begin(), view.end(), [](const auto& cell) { return cell.labeled > 0; });
  }));
}

// Step 1.
std::vector<uint8_t> UncontradictedCells(const LabelEvidence& evidence, int needed) {
  std::vector<int> num_seen(evidence.cells.size(), 0), num_contained(evidence.cells.size(), 0);
  for (const auto& view : evidence.views) {
    for (const auto& [cell, seen, labeled] : view) {
      num_seen[cell] += seen > 0;
      num_contained[cell] += seen > 0 && IsUnderMask(seen, labeled);
    }
  }
  std::vector<uint8_t> is_part(evidence.cells.size());
  for (size_t i = 0; i < is_part.size(); ++i) is_part[i] = num_contained[i] >= std::min(needed, num_seen[i]) ? 1 : 0;
  return is_part;
}

// Step 2: how many of the views that see a component contain it.
std::vector<int> SupportOf(const LabelEvidence& evidence, const std::vector<int>& component, int num_components) {
  std::vector<int> support(size_t(num_components), 0);
  std::vector<std::pair<float, float>> light(static_cast<size_t>(num_components));  // seen, labeled
  for (const auto& view : evidence.views) {
    std::fill(light.begin(), light.end(), std::pair(0.0f, 0.0f));
    for (const auto& [cell, seen, labeled] : view) {
      if (component[cell] < 0) continue;
      light[size_t(component[cell])].first += seen;
      light[size_t(component[cell])].second += labeled;
    }
    for (size_t c = 0; c < light.size(); ++c)
      support[c] += light[c].first >= kHalfARay && IsUnderMask(light[c].first, light[c].second);
  }
  return support;
}

// Which label a model has at places of the unit cube.
std::vector<uint8_t> LabelsAt(const ObjectModel& model, const std::vector<Vec3>& points, const Job& job) {
  const std::vector<float> probabilities = model.ProbabilitiesAt(points, job);
  const size_t num = size_t(model.num_labels());
  std::vector<uint8_t> labels;
  labels.reserve(points.size());
  for (auto of_point = probabilities.begin(); of_point != probabilities.end(); of_point += long(num))
    labels.push_back(uint8_t(std::max_element(of_point, of_point + long(num)) - of_point));
  return labels;
}

std::array<float, 3> CenterOf(const CellIndex::Cell& cell, int per_axis) {
  std::array<float, 3> unit;
  for (size_t a = 0; a < 3; ++a) unit[a] = (float(cell[a]) + 0.5f) / float(per_axis);
  return unit;
}

std::vector<Vec3> CentersOf(const nerf::NerfModel& nerf, const std::vector<CellIndex::Cell>& cells, int per_axis) {
  std::vector<std::array<float, 3>> units;
  units.reserve(cells.size());
  for (const CellIndex::Cell& cell : cells) units.push_back(CenterOf(cell, per_axis));
  return nerf::PointsAt(nerf, units);
}

// The label of every cell that the vote's rays meet.
std::vector<uint8_t> LabelsOfCells(const CellIndex& cells, const ObjectModel& model, const Job& job) {
  std::vector<uint8_t> labels;
  std::vector<CellIndex::Cell> some;
  for (uint32_t begin = 0; begin < cells.size(); begin += uint32_t(kCellsAtATime)) {
    some.clear();
    for (uint32_t i = begin; i < cells.size() && i - begin < kCellsAtATime; ++i) some.push_back(cells.CellAt(i));
    const std::vector<uint8_t> of_some = LabelsAt(model, CentersOf(model.nerf(), some, cells.cells_per_axis()), job);
    labels.insert(labels.end(), of_some.begin(), of_some.end());
  }
  return labels;
}

// The evidence about one label, on a lattice of its own.
class LabelLattice {
 public:
  LabelLattice(const LabelVote& vote, const std::vector<uint8_t>& labels, int label)
      : vote_(vote), labels_(labels), label_(label), light_(vote.cells().size(), 0) {
    for (int v = 0; v < vote.num_views(); ++v) {
      views_.push_back(vote.LightOf(v, label));
      const std::span<const uint32_t> cells = vote.CellsOf(v);
      for (size_t i = 0; i < cells.size(); ++i) light_[cells[i]] += views_.back()[i].seen;
    }
    while (RaysOfACell() < kRaysPerCell && per_axis() % 2 == 0 && per_axis() > 16) ++shift_;
  }

  int per_axis() const { return vote_.cells().cells_per_axis() >> shift_; }
  // All cells of the lattice that any view meets.
  CellIndex Met() const {
    CellIndex met(per_axis());
    for (uint32_t i = 0; i < vote_.cells().size(); ++i) met.Insert(At(i));
    return met;
  }

  // Of the lattice's cells in which most of the light belongs to cells of the label.
  LabelEvidence Evidence() const {
    CellIndex met(per_axis());
    std::vector<uint32_t> lattice_of(vote_.cells().size());
    std::vector<float> all, of_label;
    for (uint32_t i = 0; i < vote_.cells().size(); ++i) {
      lattice_of[i] = met.Insert(At(i));
      all.resize(met.size(), 0);
      of_label.resize(met.size(), 0);
      all[lattice_of[i]] += light_[i];
      if (labels_[i] == label_) of_label[lattice_of[i]] += light_[i];
    }
    LabelEvidence evidence{CellIndex(per_axis()), {}, {}};
    std::vector<uint32_t> number(met.size(), CellIndex::kNone);
    for (uint32_t k = 0; k < met.size(); ++k) {
      if (!(of_label[k] > 0.5f * all[k])) continue;
      number[k] = evidence.cells.Insert(met.CellAt(k));
      evidence.mass.push_back(of_label[k]);
    }
    for (size_t v = 0; v < views_.size(); ++v) evidence.views.push_back(OfView(int(v), lattice_of, number));
    return evidence;
  }

 private:
  CellIndex::Cell At(uint32_t vote_cell) const {
    CellIndex::Cell cell = vote_.cells().CellAt(vote_cell);
    for (int& c : cell) c >>= shift_;
    return cell;
  }

  // The light that reaches the cell in which the light of an average ray of the label ends: fog, much of it with little
  // light each, does not count for what it is not.
  double RaysOfACell() const {
    CellIndex cells(per_axis());
    std::vector<double> light;
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < vote_.cells().size(); ++i) {
      if (labels_[i] != label_) continue;
      const uint32_t number = cells.Insert(At(i));
      light.resize(cells.size(), 0);
      light[number] += light_[i];
    }
    for (const double of_cell : light) {
      sum += of_cell;
      squares += of_cell * of_cell;
    }
    return sum > 0 ? squares / sum : std::numeric_limits<double>::infinity();
  }

  std::vector<LabelEvidence::Seen> OfView(int view, const std::vector<uint32_t>& lattice_of,
                                          const std::vector<uint32_t>& number) const {
    const std::span<const uint32_t> cells = vote_.CellsOf(view);
    const std::vector<LabelVote::Light>& light = views_[size_t(view)];
    std::vector<LabelEvidence::Seen> seen;
    for (size_t i = 0; i < cells.size(); ++i)
      if (number[lattice_of[cells[i]]] != CellIndex::kNone)
        seen.push_back({number[lattice_of[cells[i]]], light[i].seen, light[i].labeled});
    if (shift_ == 0) return seen;
    // Cells of the vote that are one of the lattice.
    std::stable_sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.cell < b.cell; });
    size_t last = 0;
    for (size_t i = 1; i < seen.size(); ++i) {
      if (seen[i].cell == seen[last].cell) {
        seen[last].seen += seen[i].seen;
        seen[last].labeled += seen[i].labeled;
      } else {
        seen[++last] = seen[i];
      }
    }
    if (!seen.empty()) seen.resize(last + 1);
    return seen;
  }

  const LabelVote& vote_;
  const std::vector<uint8_t>& labels_;  // by cell of the vote
  const int label_;
  std::vector<std::vector<LabelVote::Light>> views_;
  std::vector<float> light_;  // by cell of the vote
  int shift_ = 0;
};

// Which of these cells are dense and have the label.
std::vector<uint8_t> AreFilled(const ObjectModel& model, const std::vector<CellIndex::Cell>& cells, int per_axis,
                               int label, const Job& job) {
  const std::vector<Vec3> centers = CentersOf(model.nerf(), cells, per_axis);
  const std::vector<uint8_t> labels = LabelsAt(model, centers, job);
  const std::vector<float> density = nerf::Query(model.nerf(), centers, {}, job).density;
  std::vector<std::array<float, 3>> before(cells.size()), behind(cells.size());  // the middles of two faces
  for (size_t i = 0; i < cells.size(); ++i) {
    before[i] = behind[i] = CenterOf(cells[i], per_axis);
    before[i][0] -= 0.5f / float(per_axis);
    behind[i][0] += 0.5f / float(per_axis);
  }
  const std::vector<Vec3> from = nerf::PointsAt(model.nerf(), before), to = nerf::PointsAt(model.nerf(), behind);
  std::vector<uint8_t> filled(cells.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    const float absorbed = 1 - std::exp(-density[i] * float((to[i] - from[i]).norm()));
    filled[i] = labels[i] == label && absorbed >= kHalfAbsorbed ? 1 : 0;
  }
  return filled;
}

struct CellBox {
  CellIndex::Cell low, high;  // both inside

  bool Contains(const CellIndex::Cell& cell) const {
    for (size_t a = 0; a < 3; ++a)
      if (cell[a] < low[a] || cell[a] > high[a]) return false;
    return true;
  }
};
// Around these cells with a margin of one, within the lattice.
CellBox BoxAround(const CellIndex& cells) {
  const int last = cells.cells_per_axis() - 1;
  CellBox box{{last, last, last}, {0, 0, 0}};
  for (uint32_t i = 0; i < cells.size(); ++i) {
    const CellIndex::Cell cell = cells.CellAt(i);
    for (size_t a = 0; a < 3; ++a) {
      box.low[a] = std::min(box.low[a], std::max(0, cell[a] - 1));
      box.high[a] = std::max(box.high[a], std::min(last, cell[a] + 1));
    }
  }
  return box;
}

// What no view has seen joins, wave by wave, where it is filled and touches what is there already.
void JoinUnseen(const ObjectModel& model, int label, const CellIndex& met, CellIndex* kept, const Job& job) {
  const CellBox box = BoxAround(*kept);
  CellIndex asked(kept->cells_per_axis());
  uint32_t first = 0;  // cells from here on are new
  while (first < kept->size()) {
    job.ThrowIfStopped("finding what the masks support");
    std::vector<CellIndex::Cell> candidates;
    for (; first < kept->size(); ++first) {
      ForNeighbors(kept->CellAt(first), [&](const CellIndex::Cell& at) {
        if (!box.Contains(at) || met.Find(at) != CellIndex::kNone || asked.Find(at) != CellIndex::kNone) return;
        asked.Insert(at);
        candidates.push_back(at);
      });
    }
    const std::vector<uint8_t> filled = AreFilled(model, candidates, kept->cells_per_axis(), label, job);
    for (size_t i = 0; i < candidates.size(); ++i)
      if (filled[i] != 0) kept->Insert(candidates[i]);
  }
}

// With all cells around them but those that were found unsupported.
CellIndex WithNeighbors(const CellIndex& kept, const CellIndex& evidence, const std::vector<uint8_t>& is_kept) {
  CellIndex all(kept.cells_per_axis());
  for (uint32_t i = 0; i < kept.size(); ++i) all.Insert(kept.CellAt(i));
  for (uint32_t i = 0; i < kept.size(); ++i) {
    ForNeighbors(kept.CellAt(i), [&](const CellIndex::Cell& at) {
      for (const int c : at)
        if (c < 0 || c >= kept.cells_per_axis()) return;
      const uint32_t number = evidence.Find(at);
      if (number == CellIndex::kNone || is_kept[number] != 0) all.Insert(at);
    });
  }
  return all;
}

}  // namespace

std::vector<uint8_t> SupportedCells(const LabelEvidence& evidence) {
  const int needed = std::min(kMasksNeeded, NumMasks(evidence));
  std::vector<uint8_t> is_kept = UncontradictedCells(evidence, needed);
  int num_components = 0;
  const std::vector<int> component = ComponentsOf(evidence.cells, is_kept, &num_components);
  if (num_components == 0) return std::vector<uint8_t>(is_kept.size(), 1);  // all is contradicted: nothing to go by

  std::vector<double> mass(size_t(num_components), 0);
  for (size_t i = 0; i < component.size(); ++i)
    if (component[i] >= 0) mass[size_t(component[i])] += double(evidence.mass[i]);
  const std::vector<int> support = SupportOf(evidence, component, num_components);
  std::vector<uint8_t> stays(static_cast<size_t>(num_components));
  for (size_t c = 0; c < stays.size(); ++c) stays[c] = support[c] >= std::max(1, needed) ? 1 : 0;
  if (std::find(stays.begin(), stays.end(), 1) == stays.end())
    stays[size_t(std::max_element(mass.begin(), mass.end()) - mass.begin())] = 1;
  for (size_t i = 0; i < component.size(); ++i)
    is_kept[i] = component[i] >= 0 && stays[size_t(component[i])] != 0 ? 1 : 0;
  return is_kept;
}

std::shared_ptr<const LabelSupport> FindSupport(const LabelVote& vote, const ObjectModel& model, const Job& job) {
  SANERF_CHECK_EQ(vote.num_labels(), model.num_labels());
  SANERF_CHECK(model.support() == nullptr);
  Task task(job, "find what the masks support", model.num_labels() - 1, "labels");
  const std::vector<uint8_t> labels = LabelsOfCells(vote.cells(), model, job);
  LabelSupport support(model.num_labels());
  for (int label = 1; label < model.num_labels(); ++label) {
    job.ThrowIfStopped("finding what the masks support");
    const LabelLattice lattice(vote, labels, label);
    const LabelEvidence evidence = lattice.Evidence();
    task.Update(label);
    if (evidence.cells.size() == 0 || NumMasks(evidence) == 0) continue;  // nobody says anything about it
    const std::vector<uint8_t> is_kept = SupportedCells(evidence);
    CellIndex kept(lattice.per_axis());
    for (uint32_t i = 0; i < evidence.cells.size(); ++i)
      if (is_kept[i] != 0) kept.Insert(evidence.cells.CellAt(i));
    JoinUnseen(model, label, lattice.Met(), &kept, job);
    support.Confine(label, WithNeighbors(kept, evidence.cells, is_kept));
  }
  task.Finish();
  return support.confines_anything() ? std::make_shared<const LabelSupport>(std::move(support)) : nullptr;
}

}  // namespace sanerf::mask_aggregator
