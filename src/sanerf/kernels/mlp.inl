// Fully connected network, one tile at a time: all layers of a tile run while it is in the first-level cache.

SANERF_INLINE void CopyFloats(const float* from, int n, float* to) {
  __builtin_memcpy(to, from, sizeof(float) * uint64_t(n));
}

// sums[r] += the sum of row r of [rows][kTile].
SANERF_INLINE void AddRowSums(const float* in, int rows, float* sums) {
  for (int r = 0; r < rows; ++r) {
    VecF sum = {};
    for (int s = 0; s < kTile; s += SANERF_VW) sum += LoadV(in + r * kTile + s);
    float total = 0;
    for (int i = 0; i < SANERF_VW; ++i) total += sum[i];
    sums[r] += total;
  }
}

void MlpForward(const MlpShape& shape, const float* weights, const float* x, int64_t num_tiles, float* hidden,
                float* out) {
  const int64_t hidden_stride = int64_t(shape.HiddenWidth()) * kTile;
  const int last = shape.num_layers - 1;
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* input = x + tile * shape.widths[0] * kTile;
    const float* w = weights;
    float* h = hidden + tile * hidden_stride;
    for (int layer = 0; layer <= last; ++layer) {
      const int in = shape.InWidth(layer), outs = shape.widths[layer + 1];
      float* y = layer == last ? out + tile * outs * kTile : h;
      const float* bias = shape.bias ? w + int64_t(in) * outs : nullptr;
      const GemmArgs product{w, in, input, kTile, y, kTile, outs, kTile, in, shape.leak, nullptr, bias};
      layer == last ? Gemm<GemmStore::kPlain, false>(product) : Gemm<GemmStore::kActivate, false>(product);
      w += shape.LayerSize(layer);
      if (layer == last) break;
      if (layer + 1 == shape.skip)
        CopyFloats(x + tile * shape.widths[0] * kTile, shape.widths[0] * kTile, y + outs * kTile);
      input = y;
      h += shape.InWidth(layer + 1) * kTile;
    }
  }
}

void MlpBackward(const MlpShape& shape, const float* weights, const float* x, const float* hidden,
                 const float* grad_out, int64_t num_tiles, float* grad_x, float* grad_weights, float* scratch) {
  const int64_t hidden_stride = int64_t(shape.HiddenWidth()) * kTile;
  const int64_t buffer = int64_t(shape.MaxWidth()) * kTile;
  float* transposed = scratch;
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* grad = grad_out + tile * shape.widths[shape.num_layers] * kTile;
    const float* w = weights + shape.NumWeights();
    float* gw = grad_weights + shape.NumWeights();
    const float* h = hidden + (tile + 1) * hidden_stride;
    for (int layer = shape.num_layers - 1; layer >= 0; --layer) {
      const int in = shape.InWidth(layer), outs = shape.widths[layer + 1], own = shape.widths[layer];
      w -= shape.LayerSize(layer);
      gw -= shape.LayerSize(layer);
      if (layer > 0) h -= in * kTile;
      const float* input = layer > 0 ? h : x + tile * in * kTile;
      // dW[o][i] += sum over samples of dY[o][s] X[i][s]; lanes run over i, so X is needed sample by sample.
      Transpose(input, in, kTile, transposed);
      Gemm<GemmStore::kAdd, false>({grad, kTile, transposed, in, gw, in, outs, in, kTile});
      if (shape.bias) AddRowSums(grad, outs, gw + int64_t(in) * outs);
      if (layer == 0 && !grad_x) break;
      // dX = W^T dY. The copy of x that was skipped to this layer comes first, the rest is added at layer 0.
      float* gx = grad_x ? grad_x + tile * shape.widths[0] * kTile : nullptr;
      if (own < in && gx) Gemm<GemmStore::kPlain, true>({w + own, in, grad, kTile, gx, kTile, in - own, kTile, outs});
      float* next = layer == 0 ? gx : scratch + buffer * (1 + (layer & 1));
      const GemmArgs product{w, in, grad, kTile, next, kTile, own, kTile, outs, shape.leak, h};
      if (layer > 0) {
        Gemm<GemmStore::kGate, true>(product);
      } else {
        shape.skip > 0 ? Gemm<GemmStore::kAdd, true>(product) : Gemm<GemmStore::kPlain, true>(product);
      }
      grad = next;
    }
  }
}
