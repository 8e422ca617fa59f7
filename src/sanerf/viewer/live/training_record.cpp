#include "sanerf/viewer/live/training_record.h"

#include <fstream>

#include "sanerf/core/json.h"

namespace sanerf::viewer {
namespace {

constexpr size_t kLongestCurve = 400;  // points; then every second one goes

Json NumberOrNull(double value) { return value > 0 ? Json(value) : Json(nullptr); }

}  // namespace

void TrainingRecord::Recall(const std::filesystem::path& log, const std::string& preset, int64_t iters,
                            double seconds) {
  const std::lock_guard lock(mutex_);
  preset_ = preset;
  iters_ = iters;
  seconds_before_ = seconds_ = seconds;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) continue;
    const auto number = [&](const char* key) {
      const auto found = json.find(key);
      return found != json.end() && found->is_number() ? found->get<double>() : 0.0;
    };
    AddPoint(int64_t(number("step")), number("batch_psnr"), number("held_out_psnr"));
  }
}

void TrainingRecord::Begin(const std::string& preset, int64_t iters) {
  const std::lock_guard lock(mutex_);
  preset_ = preset;
  iters_ = iters;
  step_ = 0;
  psnr_ = held_out_ = seconds_before_ = seconds_ = 0;
  curve_.clear();
}

void TrainingRecord::Continue() {
  const std::lock_guard lock(mutex_);
  seconds_before_ = seconds_;
}

void TrainingRecord::Finish(int64_t iters) {
  const std::lock_guard lock(mutex_);
  step_ = iters_ = iters;
}

void TrainingRecord::StandAt(int64_t step) {
  const std::lock_guard lock(mutex_);
  while (!curve_.empty() && curve_.back().first > step) curve_.pop_back();
  step_ = step;
}

void TrainingRecord::AddPoint(int64_t step, double psnr, double held_out) {
  // A training that goes on from its last save comes past some of its steps again.
  while (!curve_.empty() && curve_.back().first >= step) curve_.pop_back();
  step_ = step;
  psnr_ = psnr;
  if (held_out > 0) held_out_ = held_out;
  if (psnr <= 0) return;
  curve_.emplace_back(step, psnr);
  if (curve_.size() <= kLongestCurve) return;
  for (size_t i = 0; 2 * i < curve_.size(); ++i) curve_[i] = curve_[2 * i];
  curve_.resize((curve_.size() + 1) / 2);
}

void TrainingRecord::Take(const Event& event) {
  if (event.title != "train") return;
  const std::lock_guard lock(mutex_);
  step_ = event.done;
  seconds_ = seconds_before_ + event.seconds;
  if (event.kind == Event::Kind::kMetrics) {
    double psnr = 0, held_out = 0;
    for (const Metric& metric : event.metrics) {
      if (metric.name == "batch_psnr") psnr = metric.value;
      if (metric.name == "held_out_psnr") held_out = metric.value;
    }
    AddPoint(event.done, psnr, held_out);
  }
}

int64_t TrainingRecord::step() const {
  const std::lock_guard lock(mutex_);
  return step_;
}

Json TrainingRecord::ToJson() const {
  const std::lock_guard lock(mutex_);
  Json curve = Json::array();
  for (const auto& [step, psnr] : curve_) curve.push_back({step, psnr});
  return {{"step", step_},
          {"iters", iters_},
          {"preset", preset_},
          {"psnr", NumberOrNull(psnr_)},
          {"held_out_psnr", NumberOrNull(held_out_)},
          {"seconds", seconds_},
          {"curve", std::move(curve)}};
}

}  // namespace sanerf::viewer
