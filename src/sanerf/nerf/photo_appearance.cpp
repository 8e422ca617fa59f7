#include "sanerf/nerf/photo_appearance.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/nn/checkpoint.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::nerf {
namespace {

constexpr float kTransformRate = 0.2f;  // learning rate of transforms, as a share of the field's; gains take all of it
constexpr char kPhotosKey[] = "appearance_photos";

// Gains keep the name that they had when there was nothing else.
const char* TensorName(Appearance kind) { return kind == Appearance::kGain ? "exposure" : "appearance"; }

}  // namespace

PhotoAppearance::PhotoAppearance(Appearance kind, std::vector<std::string> photos)
    : kind_(kind), photos_(std::move(photos)), num_rays_(photos_.size()) {
  const int width = NumLookValues(kind);
  values_.name = TensorName(kind);
  values_.values = nn::Buffer(int64_t(photos_.size()) * width);
  for (int64_t i = 0; i < values_.size(); ++i) values_.values[i] = IdentityOfLook(kind, int(i % width));
}

std::array<float, kAffineValues> PhotoAppearance::TransformOf(int photo) const {
  return MeanTransform(kind_, Look(photo, 0, 0).values);
}

void PhotoAppearance::AddGradients(const std::vector<RayLookGradient>& gradients) {
  for (const RayLookGradient& gradient : gradients) {
    ++num_rays_[size_t(gradient.photo)];
    AddLookGradient(kind_, gradient.of_ray, values_.grads.data() + int64_t(gradient.photo) * NumLookValues(kind_));
  }
}

void PhotoAppearance::Step(const kernels::AdamStep& step, int64_t num_rays, const LookRegularization& weights) {
  if (kind_ == Appearance::kGain) {
    nn::StepParameters(&values_, step);
  } else {
    const int width = NumLookValues(kind_);
    std::vector<uint32_t> met;
    for (size_t photo = 0; photo < num_rays_.size(); ++photo) {
      if (num_rays_[photo] == 0) continue;
      met.push_back(uint32_t(photo));
      const float share = float(num_rays_[photo]) / float(num_rays);
      LookPenalty(Look(int(photo), 0, 0), weights, share, values_.grads.data() + int64_t(photo) * width);
    }
    kernels::AdamStep slower = step;
    slower.lr *= kTransformRate;
    nn::StepRows(&values_, width, met, slower);
  }
  std::fill(num_rays_.begin(), num_rays_.end(), 0);
  Center();
}

void PhotoAppearance::Center() {
  const int64_t width = NumLookValues(kind_), num_photos = int64_t(photos_.size());
  std::vector<double> sum(size_t(width), 0.0);
  for (int64_t photo = 0; photo < num_photos; ++photo)
    for (int64_t k = 0; k < width; ++k) sum[size_t(k)] += double(values_.values[photo * width + k]);
  std::vector<float> off(size_t(width));
  for (size_t k = 0; k < off.size(); ++k)
    off[k] = float(sum[k] / double(num_photos) - double(IdentityOfLook(kind_, int(k))));
  for (int64_t photo = 0; photo < num_photos; ++photo)
    for (int64_t k = 0; k < width; ++k) values_.values[photo * width + k] -= off[size_t(k)];
}

void PhotoAppearance::AddTo(nn::CheckpointWriter* writer) const {
  writer->Add(values_.name, values_.values.span());
  (*writer->meta)[kPhotosKey] = photos_;
}

void PhotoAppearance::ReadValues(const nn::CheckpointReader& reader) {
  reader.ReadFinite(values_.name, values_.values.span());
}

std::shared_ptr<const PhotoAppearance> PhotoAppearance::Read(const nn::CheckpointReader& reader, Appearance kind,
                                                             const std::string& file) {
  if (kind == Appearance::kNone || !reader.meta().contains(kPhotosKey)) return nullptr;
  std::vector<std::string> photos;
  const Json& names = reader.meta().at(kPhotosKey);
  if (!names.is_array()) throw Error(file, fmt::format("damaged checkpoint header: {} is no list", kPhotosKey));
  for (const Json& name : names) {
    if (!name.is_string()) throw Error(file, fmt::format("damaged checkpoint header: {} names no photos", kPhotosKey));
    photos.push_back(name.get<std::string>());
  }
  reader.CheckSize(TensorName(kind), int64_t(photos.size()) * NumLookValues(kind));  // before memory is asked for
  auto appearance = std::make_shared<PhotoAppearance>(kind, std::move(photos));
  appearance->ReadValues(reader);
  return appearance;
}

}  // namespace sanerf::nerf
