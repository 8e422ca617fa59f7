#include "sanerf/mask_decoder/prediction_memory.h"

#include <algorithm>

#include "sanerf/feature_container/half.h"

namespace sanerf::mask_decoder {

using sam::SamMask;
using sam::SamPrompt;

namespace {

bool IsSame(const SamPrompt& a, const SamPrompt& b) {
  const auto same_point = [](const SamPrompt::Point& p, const SamPrompt::Point& q) {
    return p.x == q.x && p.y == q.y && p.label == q.label;
  };
  if (a.box.has_value() != b.box.has_value()) return false;
  if (a.box && (a.box->x0 != b.box->x0 || a.box->y0 != b.box->y0 || a.box->x1 != b.box->x1 || a.box->y1 != b.box->y1))
    return false;
  return std::equal(a.points.begin(), a.points.end(), b.points.begin(), b.points.end(), same_point);
}

}  // namespace

std::vector<SamMask> PredictionMemory::Recall(int view_idx, const SamPrompt& prompt) const {
  std::shared_ptr<const Answer> kept;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = answers_.find(view_idx); found != answers_.end()) kept = found->second;
  }
  if (!kept || !prompt.mask_logits.empty() || !IsSame(kept->prompt, prompt)) return {};
  const Answer& answer = *kept;
  std::vector<SamMask> candidates = answer.candidates;
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].logits = ImageF(answer.width, answer.height, 1);
    feature_container::FloatFromHalf(answer.logits[i].data(), answer.logits[i].size(),
                                     candidates[i].logits.data.data());
  }
  return candidates;
}

std::shared_ptr<PredictionMemory> PredictionMemory::Copy() const {
  auto copy = std::make_shared<PredictionMemory>();
  const std::lock_guard lock(mutex_);
  copy->answers_ = answers_;
  return copy;
}

void PredictionMemory::Keep(int view_idx, const SamPrompt& prompt, const std::vector<SamMask>& candidates) {
  if (!prompt.mask_logits.empty() || candidates.empty()) return;
  Answer answer;
  answer.prompt = prompt;
  answer.width = candidates[0].logits.width;
  answer.height = candidates[0].logits.height;
  for (const SamMask& candidate : candidates) {
    answer.logits.emplace_back(candidate.logits.data.size());
    feature_container::HalfFromFloat(candidate.logits.data.data(), candidate.logits.data.size(),
                                     answer.logits.back().data());
    answer.candidates.push_back({ImageF(), candidate.predicted_iou, candidate.candidate});
  }
  const std::lock_guard lock(mutex_);
  answers_[view_idx] = std::make_shared<const Answer>(std::move(answer));
}

}  // namespace sanerf::mask_decoder
