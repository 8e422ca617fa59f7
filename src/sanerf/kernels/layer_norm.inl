// Layer normalization over the channels of each sample; a register holds the same channel of neighboring samples.

void LayerNormForward(int channels, const float* gain, const float* bias, const float* x, int64_t num_tiles,
                      float* stats, float* out) {
  for (int64_t tile = 0; tile < num_tiles; ++tile)
    for (int s = 0; s < kTile; s += SANERF_VW) {
      const float* in = x + tile * channels * kTile + s;
      float* o = out + tile * channels * kTile + s;
      VecF mean = {}, variance = {};
      for (int c = 0; c < channels; ++c) mean += LoadV(in + c * kTile);
      mean /= float(channels);
      for (int c = 0; c < channels; ++c) {
        const VecF d = LoadV(in + c * kTile) - mean;
        variance += d * d;
      }
      const VecF scale = 1.0f / SqrtV(variance / float(channels) + 1e-5f);
      for (int c = 0; c < channels; ++c)
        StoreV(o + c * kTile, (LoadV(in + c * kTile) - mean) * scale * gain[c] + bias[c]);
      StoreV(stats + tile * 2 * kTile + s, mean);
      StoreV(stats + (tile * 2 + 1) * kTile + s, scale);
    }
}

void LayerNormBackward(int channels, const float* gain, const float* x, const float* stats, const float* grad_out,
                       int64_t num_tiles, float* grad_x, float* grad_gain, float* grad_bias) {
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* in = x + tile * channels * kTile;
    const float* grad = grad_out + tile * channels * kTile;
    const float* mean = stats + tile * 2 * kTile;
    const float* scale = mean + kTile;
    for (int c = 0; c < channels; ++c) {
      VecF sum = {}, weighted = {};
      for (int s = 0; s < kTile; s += SANERF_VW) {
        const VecF g = LoadV(grad + c * kTile + s);
        sum += g;
        weighted += g * (LoadV(in + c * kTile + s) - LoadV(mean + s)) * LoadV(scale + s);
      }
      for (int i = 0; i < SANERF_VW; ++i) {
        grad_bias[c] += sum[i];
        grad_gain[c] += weighted[i];
      }
    }
    // dx = scale (g - mean g - x^ mean (g x^)), g = gain dy, x^ the normalized input.
    for (int s = 0; s < kTile; s += SANERF_VW) {
      const VecF m = LoadV(mean + s), r = LoadV(scale + s);
      VecF sum = {}, weighted = {};
      for (int c = 0; c < channels; ++c) {
        const VecF g = LoadV(grad + c * kTile + s) * gain[c];
        sum += g;
        weighted += g * (LoadV(in + c * kTile + s) - m) * r;
      }
      sum /= float(channels);
      weighted /= float(channels);
      float* gx = grad_x + tile * channels * kTile + s;
      for (int c = 0; c < channels; ++c) {
        const VecF normal = (LoadV(in + c * kTile + s) - m) * r;
        StoreV(gx + c * kTile, r * (LoadV(grad + c * kTile + s) * gain[c] - sum - normal * weighted));
      }
    }
  }
}
