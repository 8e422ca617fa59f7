// 3D Gaussians blended into a tile of a picture, a row of pixels at a time.

SANERF_INLINE VecF LaneNumbers() {
  VecF lanes;
  for (int i = 0; i < SANERF_VW; ++i) lanes[i] = float(i);
  return lanes;
}

SANERF_INLINE float SumOfLanes(VecF x) {
  float sum = 0;
  for (int i = 0; i < SANERF_VW; ++i) sum += x[i];
  return sum;
}

SANERF_INLINE bool IsAnyLit(const float* light) {
  VecF most = LoadV(light);
  for (int i = SANERF_VW; i < kSplatPixels; i += SANERF_VW) most = MaxV(most, LoadV(light + i));
  for (int i = 0; i < SANERF_VW; ++i)
    if (most[i] >= kSplatMinLight) return true;
  return false;
}

// First and last of a tile's 16 rows or columns whose centers, from first_center on, lie within reach of the mean.
// Empty when the first is behind the last.
SANERF_INLINE void SplatSpan(float mean, float reach, float first_center, int* first, int* last) {
  const float low = mean - reach - first_center, high = mean + reach - first_center;
  *first = low <= 0 ? 0 : low > kSplatTile ? kSplatTile : int(low) + (low > float(int(low)) ? 1 : 0);
  *last = high < 0 ? -1 : high >= kSplatTile - 1 ? kSplatTile - 1 : int(high);
}

// What a Gaussian takes of a register of pixels.
struct SplatLanes {
  VecF dx, raw, alpha;  // raw: before the two steps; alpha 0 where it adds nothing
};

SANERF_INLINE SplatLanes SplatAlpha(const ScreenSplat& s, float dx0, float dy, VecF light) {
  SplatLanes lanes;
  lanes.dx = LaneNumbers() + dx0;
  const VecF exponent = (-0.5f * s.a * lanes.dx - s.b * dy) * lanes.dx - 0.5f * s.c * dy * dy;
  lanes.raw = s.opacity * ExpV(exponent);
  const VecF capped = MinV(lanes.raw, Splat(kSplatMaxAlpha));
  lanes.alpha = light >= kSplatMinLight ? capped : VecF{};
  lanes.alpha = capped >= kSplatMinAlpha ? lanes.alpha : VecF{};
  return lanes;
}

int SplatBlend(const SplatTile& tile, float* rgb, float* light) {
  constexpr int kLook = 8;  // Gaussians between two looks whether any pixel is still lit
  for (int i = 0; i < tile.count; ++i) {
    if (i % kLook == 0 && !IsAnyLit(light)) return i;
    const ScreenSplat& s = tile.splats[tile.order[i]];
    int row, last_row, first, last;
    SplatSpan(s.y, s.reach_y, float(tile.y0) + 0.5f, &row, &last_row);
    SplatSpan(s.x, s.reach_x, float(tile.x0) + 0.5f, &first, &last);
    for (; row <= last_row; ++row) {
      const float dy = float(tile.y0 + row) + 0.5f - s.y;
      for (int x = first / SANERF_VW * SANERF_VW; x <= last; x += SANERF_VW) {
        const int at = row * kSplatTile + x;
        const VecF before = LoadV(light + at);
        const VecF weight = SplatAlpha(s, float(tile.x0 + x) + 0.5f - s.x, dy, before).alpha * before;
        for (int c = 0; c < 3; ++c)
          StoreV(rgb + c * kSplatPixels + at, LoadV(rgb + c * kSplatPixels + at) + weight * s.rgb[c]);
        StoreV(light + at, before - weight);
      }
    }
  }
  return tile.count;
}

// With L the light before Gaussian i and g the pixel's gradient, the color is what is in front + L alpha c + what is
// behind, and what is behind is proportional to 1 - alpha: d loss / d alpha = L (g . c) - (g . behind) / (1 - alpha).
// rest holds g . (c of i and all behind), from which each Gaussian's own part is taken on the way.
void SplatBlendBackward(const SplatTile& tile, const float* grad_rgb, float* rest, float* light, float* grads) {
  for (int i = 0; i < tile.count; ++i) {
    const ScreenSplat& s = tile.splats[tile.order[i]];
    int row, last_row, first, last;
    SplatSpan(s.y, s.reach_y, float(tile.y0) + 0.5f, &row, &last_row);
    SplatSpan(s.x, s.reach_x, float(tile.x0) + 0.5f, &first, &last);
    // Sums over the pixels of the exponent's gradient times 1, dx, dy, dx^2, dx dy, dy^2; and the color's.
    VecF sum = {}, sum_x = {}, sum_y = {}, sum_xx = {}, sum_xy = {}, sum_yy = {}, color[3] = {};
    for (; row <= last_row; ++row) {
      const float dy = float(tile.y0 + row) + 0.5f - s.y;
      for (int x = first / SANERF_VW * SANERF_VW; x <= last; x += SANERF_VW) {
        const int at = row * kSplatTile + x;
        const VecF before = LoadV(light + at);
        const SplatLanes lanes = SplatAlpha(s, float(tile.x0 + x) + 0.5f - s.x, dy, before);
        const VecF weight = lanes.alpha * before;
        VecF along = {};  // g . c
        for (int c = 0; c < 3; ++c) {
          const VecF g = LoadV(grad_rgb + c * kSplatPixels + at);
          along += g * s.rgb[c];
          color[c] += weight * g;
        }
        const VecF behind = LoadV(rest + at) - weight * along;
        StoreV(rest + at, behind);
        StoreV(light + at, before - weight);
        VecF of_exponent = lanes.raw * (before * along - behind / (1.0f - lanes.alpha));
        of_exponent = lanes.alpha > 0.0f ? of_exponent : VecF{};
        of_exponent = lanes.raw < kSplatMaxAlpha ? of_exponent : VecF{};
        sum += of_exponent;
        const VecF with_dx = of_exponent * lanes.dx, with_dy = of_exponent * dy;
        sum_x += with_dx;
        sum_y += with_dy;
        sum_xx += with_dx * lanes.dx;
        sum_xy += with_dx * dy;
        sum_yy += with_dy * dy;
      }
    }
    float* out = grads + int64_t(i) * kSplatGradients;
    const float x = SumOfLanes(sum_x), y = SumOfLanes(sum_y);
    out[kGradX] = s.a * x + s.b * y;
    out[kGradY] = s.b * x + s.c * y;
    out[kGradA] = -0.5f * SumOfLanes(sum_xx);
    out[kGradB] = -SumOfLanes(sum_xy);
    out[kGradC] = -0.5f * SumOfLanes(sum_yy);
    out[kGradOpacity] = SumOfLanes(sum) / s.opacity;
    for (int c = 0; c < 3; ++c) out[kGradRgb + c] = SumOfLanes(color[c]);
  }
}
