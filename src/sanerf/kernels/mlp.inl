// Fully connected network, one tile at a time: all layers of a tile run while it is in the first-level cache.

void MlpForward(const MlpShape& shape, const float* weights, const float* x, int64_t num_tiles, float* hidden, float* out) {
  const int64_t hidden_stride = int64_t(shape.HiddenWidth()) * kTile;
  const int last = shape.num_layers - 1;
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* input = x + tile * shape.widths[0] * kTile;
    const float* w = weights;
    float* h = hidden + tile * hidden_stride;
    for (int layer = 0; layer <= last; ++layer) {
      const int in = shape.widths[layer], outs = shape.widths[layer + 1];
      float* y = layer == last ? out + tile * outs * kTile : h;
      const GemmArgs product{w, in, input, kTile, y, kTile, outs, kTile, in, shape.leak};
      layer == last ? Gemm<GemmStore::kPlain, false>(product) : Gemm<GemmStore::kActivate, false>(product);
      w += int64_t(in) * outs;
      input = y;
      h += outs * kTile;
    }
  }
}

void MlpBackward(const MlpShape& shape, const float* weights, const float* x, const float* hidden, const float* grad_out,
                 int64_t num_tiles, float* grad_x, float* grad_weights, float* scratch) {
  const int64_t hidden_stride = int64_t(shape.HiddenWidth()) * kTile;
  const int64_t buffer = int64_t(shape.MaxWidth()) * kTile;
  float* transposed = scratch;
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* grad = grad_out + tile * shape.widths[shape.num_layers] * kTile;
    const float* w = weights + shape.NumWeights();
    float* gw = grad_weights + shape.NumWeights();
    const float* h = hidden + (tile + 1) * hidden_stride;
    for (int layer = shape.num_layers - 1; layer >= 0; --layer) {
      const int in = shape.widths[layer], outs = shape.widths[layer + 1];
      w -= int64_t(in) * outs;
      gw -= int64_t(in) * outs;
      if (layer > 0) h -= in * kTile;
      const float* input = layer > 0 ? h : x + tile * in * kTile;
      // dW[o][i] += sum over samples of dY[o][s] X[i][s]; lanes run over i, so X is needed sample by sample.
      Transpose(input, in, kTile, transposed);
      Gemm<GemmStore::kAdd, false>({grad, kTile, transposed, in, gw, in, outs, in, kTile});
      if (layer == 0 && !grad_x) break;
      // dX = W^T dY.
      float* next = layer == 0 ? grad_x + tile * in * kTile : scratch + buffer * (1 + (layer & 1));
      const GemmArgs product{w, in, grad, kTile, next, kTile, in, kTile, outs, shape.leak, h};
      layer == 0 ? Gemm<GemmStore::kPlain, true>(product) : Gemm<GemmStore::kGate, true>(product);
      grad = next;
    }
  }
}
