// The losses of Panoptic Lifting (Siddiqui et al. 2023): 2D segments have no identity from view to view, so in each
// view they are given the field's slots in the way that contradicts the field least.
#pragma once

#include <cstdint>
#include <vector>

namespace sanerf::baselines {

// What the field says about the rays of a step. Segments are numbered 0 .. num_segments - 1.
struct SlotView {
  int num_slots = 0;
  const float* logits = nullptr;  // [ray][slot]
  const std::vector<int>& segment_of;
  int num_segments = 0;
};

// The slot of each segment of one view: each slot at most once, the sum of the segments' mean probabilities largest. -1
// for segments beyond the number of slots (the authors' code teaches those slot 0).
std::vector<int> AssignSlots(const SlotView& view);

// The slot with the highest mean probability in each segment; several may have the same.
std::vector<int> LikeliestSlots(const SlotView& view);

// Mean over the rays of confidence * -log softmax(logits)[slot]; rays with slot -1 count as 0. Writes the gradient;
// returns the loss. Both times scale. Instantiated for float (the program) and double (the proofs).
template <class T>
double SlotLoss(int num_slots, const T* logits, const std::vector<int>& slots, const std::vector<float>& confidence,
                T scale, T* grad_logits);

// AssignSlots and SlotLoss. 0 when every ray has its slot already: what is right is not reinforced.
double InstanceLoss(const SlotView& view, const std::vector<float>& confidence, float* grad_logits);

// LikeliestSlots and SlotLoss, times weight.
double SegmentLoss(const SlotView& view, const std::vector<float>& confidence, float weight, float* grad_logits);

}  // namespace sanerf::baselines
