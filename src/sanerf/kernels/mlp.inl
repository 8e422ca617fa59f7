// Fully connected network, one tile at a time: all layers of a tile run while it is in the first-level cache.

SANERF_INLINE void Activate(float* x, int n, float leak) {
  for (int i = 0; i < n; i += SANERF_VW) {
    const VecF v = LoadV(x + i);
    StoreV(x + i, v > 0.0f ? v : v * leak);
  }
}

// grad *= activation'(pre-activation), read from the sign of the activation.
SANERF_INLINE void ActivateBackward(const float* activated, int n, float leak, float* grad) {
  for (int i = 0; i < n; i += SANERF_VW) {
    const VecF g = LoadV(grad + i);
    StoreV(grad + i, LoadV(activated + i) > 0.0f ? g : g * leak);
  }
}

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
      Gemm<false>({w, in, 1, input, kTile, y, kTile, outs, kTile, in});
      if (layer != last) Activate(y, outs * kTile, shape.leak);
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
      TransposeTile(input, in, transposed);
      Gemm<true>({grad, kTile, 1, transposed, in, gw, in, outs, in, kTile});
      if (layer == 0 && !grad_x) break;
      // dX = W^T dY.
      float* next = layer == 0 ? grad_x + tile * in * kTile : scratch + buffer * (1 + (layer & 1));
      Gemm<false>({w, 1, in, grad, kTile, next, kTile, in, kTile, outs});
      if (layer > 0) ActivateBackward(h, in * kTile, shape.leak, next);
      grad = next;
    }
  }
}
