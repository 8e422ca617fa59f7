// The object field (paper Eq. 7): hash grid and the radiance field's geometry feature -> network -> L logits per
// sample.
#pragma once

#include <memory>

#include "sanerf/core/option_values.h"
#include "sanerf/nn/field_ranges.h"
#include "sanerf/nn/hash_grid.h"
#include "sanerf/nn/mlp.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::mask_aggregator {

struct ObjectFieldOptions {
  int levels = 16;
  int features = 8;
  int log2_table = 17;
  int base = 16;
  int top = 512;
  int width = 256;
  int layers = 1;
  bool skip = false;

  template <class V>
  void Visit(V&& v) {
    v("levels", levels, "levels of the hash grid", nn::kGridLevels);
    v("features", features, "features per level", nn::kGridFeatures);
    v("log2_table", log2_table, "log2 of the rows of a hashed level", nn::kGridLog2Table);
    v("base", base, "nodes per axis of the coarsest level", nn::kGridBase);
    v("top", top, "nodes per axis of the finest level", nn::kGridTop);
    v("width", width, "width of the hidden layers", nn::kHiddenWidth);
    v("layers", layers, "hidden layers", nn::kHiddenLayers);
    v("skip", skip, "the last layer sees the network's inputs again");
  }
};

// Of the field's table.
inline nn::HashGridOptions GridOptionsOf(const ObjectFieldOptions& o) {
  return {o.levels, o.features, o.log2_table, o.base, o.top};
}

inline constexpr int kMaxFieldOutputs = 255;

class ObjectField {
 public:
  // How the network's last layer starts. kZero: all logits are 0, no label is preferred anywhere. kRandom: they differ
  // from each other and from place to place, for losses that are blind to which output means what and would never break
  // a tie.
  enum class Start { kZero, kRandom };

  static constexpr char kGridName[] = "object_grid";  // of the table in checkpoints

  ObjectField(const ObjectFieldOptions& options, int num_labels, uint64_t seed, Start start = Start::kZero);
  // The same field with room for more labels, whose logits start at 0. `field` is left empty.
  ObjectField(ObjectField&& field, int num_labels);

  std::shared_ptr<ObjectField> Copy() const;

  int num_labels() const { return mlp.num_outputs(); }
  int num_inputs() const { return mlp.num_inputs(); }  // grid features, then RadianceField::kGeometry

  // Tiled; inputs and hidden layers are kept for the backward.
  struct Activations {
    nn::Buffer grid_out, inputs /* [num_inputs] */, hidden, logits /* [num_labels] */;
  };
  // Logits of samples, m of Eq. 7. Tiled: unit positions [3], the radiance field's geometry feature [16]. The buffers
  // grow as needed.
  void Forward(const float* positions, const float* geometry, int64_t num_tiles, Activations* out) const;

  std::vector<const nn::Parameters*> networks() const { return {&mlp.params()}; }
  // network_rate: see FieldParameters.
  nn::FieldParameters trainable(float network_rate) { return {&grid, {&mlp.params()}, network_rate}; }
  const ObjectFieldOptions& options() const { return options_; }

 private:
  ObjectFieldOptions options_;

 public:
  nn::HashGrid grid;
  nn::Mlp mlp;
};

// Probabilities of one place or ray (Eq. 7), which may lie where its logits do.
void Softmax(int num_labels, const float* logits, float* probabilities);

}  // namespace sanerf::mask_aggregator
