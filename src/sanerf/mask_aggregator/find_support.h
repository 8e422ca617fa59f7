// Which parts of what a model takes for an object enough masks show. Not in the paper, whose masks of clean captures
// leave little to doubt: where a radiance field has fog, cells of it lie before the object in one view and are taken
// for it in all.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_support.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_model.h"

namespace sanerf::mask_aggregator {

// What the views say about the cells that have a label.
struct LabelEvidence {
  // Light of labeled pixels that reaches a cell, and the part of it that has the label.
  struct Seen {
    uint32_t cell;
    float seen, labeled;
  };

  CellIndex cells;                       // those that have the label
  std::vector<float> mass;               // by cell: density x label, as the light that the views see there
  std::vector<std::vector<Seen>> views;  // by view, each cell once
};

// Two masks must contain what several views see; one, when the label has only one mask. By cell of the evidence,
// whether it is kept:
//
// 1. A cell that some view sees outside of its mask, and that fewer masks than needed contain, is contradicted.
// 2. The others hang together where they touch (26 neighbors). A component is supported when enough of the views that
// see
//    it contain it: at least half of the light of one ray, of which more than half is under the mask.
// 3. Where no component is supported, the one of the largest mass stays: an object does not vanish.
std::vector<uint8_t> SupportedCells(const LabelEvidence& evidence);

// What `vote` has counted says where the labels of the model are supported: the supported cells, what no view has seen
// but is dense, has the label and hangs together with them, and their neighbors, unless those were found unsupported.
// Null when nothing is to be confined: no label is seen anywhere. The lattice of each label is as fine as the vote's,
// or coarser by a power of two where the views' rays would leave holes in a surface. Costs a query of the field per
// cell of the vote and a pass over the vote's samples per label. Throws InterruptedError.
std::shared_ptr<const LabelSupport> FindSupport(const LabelVote& vote, const ObjectModel& model, const Job& job);

}  // namespace sanerf::mask_aggregator
