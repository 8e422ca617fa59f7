#include "sanerf/mask_aggregator/object_field.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/field.h"

namespace sanerf::mask_aggregator {

using nn::Buffer;

using kernels::TiledSize;

namespace {

constexpr float kLeak = 0.01f;  // LeakyReLU, as the release

std::vector<int> Widths(const ObjectFieldOptions& o, int num_labels) {
  if (num_labels < 2 || num_labels > kMaxFieldOutputs)
    throw UsageError("an object field with " + std::to_string(num_labels) + " labels",
                     "2 to 255 are possible (background and up to 254 objects)",
                     "split the prompts into several files");
  SANERF_CHECK_GE(o.layers, 1);  // as CheckOptions has seen to
  std::vector<int> widths = {o.levels * o.features + nerf::RadianceField::kGeometry};
  widths.insert(widths.end(), size_t(o.layers), o.width);
  widths.push_back(num_labels);
  return widths;
}

nn::MlpExtras Extras(const ObjectFieldOptions& o) { return {.skip = o.skip ? o.layers : 0}; }

}  // namespace

ObjectField::ObjectField(const ObjectFieldOptions& o, int num_labels, uint64_t seed, Start start)
    : options_(o),
      grid(kGridName, GridOptionsOf(o), seed),
      mlp("object_mlp", Widths(o, num_labels), kLeak, seed + 1, Extras(o)) {
  if (start == Start::kRandom) return;
  const int64_t last = mlp.shape().LayerSize(o.layers);
  std::fill_n(mlp.params().values.data() + mlp.params().size() - last, last, 0.0f);
}

ObjectField::ObjectField(ObjectField&& field, int num_labels)
    : options_(field.options_),
      grid(std::move(field.grid)),
      mlp("object_mlp", Widths(options_, num_labels), kLeak, 0, Extras(options_)) {
  SANERF_CHECK_GE(num_labels, field.num_labels());
  // Layer after layer, [output][input]: the new labels' weights come last.
  Buffer& values = mlp.params().values;
  const Buffer& kept = field.mlp.params().values;
  std::copy_n(kept.data(), kept.size(), values.data());
  std::fill_n(values.data() + kept.size(), values.size() - kept.size(), 0.0f);
}

std::shared_ptr<ObjectField> ObjectField::Copy() const {
  auto copy = std::make_shared<ObjectField>(options_, num_labels(), 0);
  std::copy_n(grid.params().values.data(), grid.params().size(), copy->grid.params().values.data());
  std::copy_n(mlp.params().values.data(), mlp.params().size(), copy->mlp.params().values.data());
  return copy;
}

void ObjectField::Forward(const float* positions, const float* geometry, int64_t num_tiles, Activations* out) const {
  auto& [grid_out, inputs, hidden, logits] = *out;
  constexpr int kGeo = nerf::RadianceField::kGeometry;
  const int features = grid.num_outputs();
  grid_out.Reserve(TiledSize(num_tiles, features));
  inputs.Reserve(TiledSize(num_tiles, num_inputs()));
  hidden.Reserve(TiledSize(num_tiles, mlp.shape().HiddenWidth()));
  logits.Reserve(TiledSize(num_tiles, num_labels()));
  grid.Forward(positions, num_tiles, grid_out.data());
  const kernels::Tiled<float> in(inputs.data(), num_inputs());
  kernels::CopyChannels({grid_out.data(), features}, 0, features, num_tiles, in, 0);
  kernels::CopyChannels({geometry, kGeo}, 0, kGeo, num_tiles, in, features);
  mlp.Forward(inputs.data(), num_tiles, hidden.data(), logits.data());
}

void Softmax(int num_labels, const float* logits, float* probabilities) {
  const float top = *std::max_element(logits, logits + num_labels);
  float sum = 0;
  for (int l = 0; l < num_labels; ++l) sum += probabilities[l] = std::exp(logits[l] - top);
  for (int l = 0; l < num_labels; ++l) probabilities[l] /= sum;
}

}  // namespace sanerf::mask_aggregator
