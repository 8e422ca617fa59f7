#include "sanerf/baselines/panoptic_lifting/slot_loss.h"

#include <algorithm>

#include "sanerf/core/assignment.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/mask_aggregator/object_gradient.h"

namespace sanerf::baselines {
namespace {

// [segment][slot]
std::vector<std::vector<double>> MeanProbabilities(const SlotView& view) {
  const size_t num_slots = size_t(view.num_slots);
  std::vector<std::vector<double>> mean(size_t(view.num_segments), std::vector<double>(num_slots, 0));
  std::vector<int64_t> count(size_t(view.num_segments), 0);
  std::vector<float> probabilities(num_slots);
  for (size_t i = 0; i < view.segment_of.size(); ++i) {
    const size_t segment = size_t(view.segment_of[i]);
    mask_aggregator::Softmax(view.num_slots, view.logits + i * num_slots, probabilities.data());
    for (size_t s = 0; s < num_slots; ++s) mean[segment][s] += double(probabilities[s]);
    ++count[segment];
  }
  for (size_t segment = 0; segment < mean.size(); ++segment)
    for (double& p : mean[segment]) p /= double(std::max<int64_t>(1, count[segment]));
  return mean;
}

// The slot of each ray from that of its segment.
std::vector<int> SlotsOfRays(const SlotView& view, const std::vector<int>& slot_of_segment) {
  std::vector<int> slots;
  for (const int segment : view.segment_of) slots.push_back(slot_of_segment[size_t(segment)]);
  return slots;
}

// Rays without a slot have nothing to get right.
bool AreAllRight(const SlotView& view, const std::vector<int>& slots) {
  for (size_t i = 0; i < slots.size(); ++i) {
    const float* logits = view.logits + i * size_t(view.num_slots);
    if (slots[i] >= 0 && std::max_element(logits, logits + view.num_slots) - logits != slots[i]) return false;
  }
  return true;
}

}  // namespace

std::vector<int> AssignSlots(const SlotView& view) {
  std::vector<std::vector<double>> cost = MeanProbabilities(view);
  for (std::vector<double>& row : cost)
    for (double& p : row) p = -p;
  return MinCostAssignment(cost);
}

std::vector<int> LikeliestSlots(const SlotView& view) {
  std::vector<int> slots;
  for (const std::vector<double>& mean : MeanProbabilities(view))
    slots.push_back(int(std::max_element(mean.begin(), mean.end()) - mean.begin()));
  return slots;
}

template <class T>
double SlotLoss(int num_slots, const T* logits, const std::vector<int>& slots, const std::vector<float>& confidence,
                T scale, T* grad_logits) {
  const T share = scale / T(std::max<size_t>(1, slots.size()));
  double loss = 0;
  for (size_t i = 0; i < slots.size(); ++i) {
    T* grad = grad_logits + i * size_t(num_slots);
    if (slots[i] < 0) {
      std::fill_n(grad, num_slots, T(0));
      continue;
    }
    const T weight = share * T(confidence[i]);
    loss += double(weight) *
            mask_aggregator::CrossEntropy(logits + i * size_t(num_slots), num_slots, slots[i], weight, grad);
  }
  return loss;
}

template double SlotLoss(int, const float*, const std::vector<int>&, const std::vector<float>&, float, float*);
template double SlotLoss(int, const double*, const std::vector<int>&, const std::vector<float>&, double, double*);

double InstanceLoss(const SlotView& view, const std::vector<float>& confidence, float* grad_logits) {
  const std::vector<int> slots = SlotsOfRays(view, AssignSlots(view));
  if (AreAllRight(view, slots)) {
    std::fill_n(grad_logits, view.segment_of.size() * size_t(view.num_slots), 0.0f);
    return 0;
  }
  return SlotLoss(view.num_slots, view.logits, slots, confidence, 1.0f, grad_logits);
}

double SegmentLoss(const SlotView& view, const std::vector<float>& confidence, float weight, float* grad_logits) {
  return SlotLoss(view.num_slots, view.logits, SlotsOfRays(view, LikeliestSlots(view)), confidence, weight,
                  grad_logits);
}

}  // namespace sanerf::baselines
