// Multiresolution hash grid: trilinear interpolation of table rows, and its transpose.

// One table row as a register.
template <int F>
struct RowOf;
template <>
struct RowOf<2> {
  typedef float Type __attribute__((vector_size(8)));
};
template <>
struct RowOf<4> {
  typedef float Type __attribute__((vector_size(16)));
};
template <>
struct RowOf<8> {
  typedef float Type __attribute__((vector_size(32)));
};

// Rows and weights of the eight corners around SANERF_VW points of one level.
struct Corners {
  VecU row[8];
  VecF weight[8];
};

SANERF_INLINE void FindCorners(const GridLevel& level, const float* x, const float* y, const float* z, Corners* corners) {
  const float res = static_cast<float>(level.resolution);
  const VecF top = Splat(res - 1.0f);
  VecU lo[3], hi[3];
  VecF frac[3];
  const float* axes[3] = {x, y, z};
  for (int a = 0; a < 3; ++a) {
    const VecF pos = MinV(MaxV(LoadV(axes[a]) * res - 0.5f, VecF{}), top);
    const VecI floor = ToIntV(pos);
    frac[a] = pos - ToFloatV(floor);
    lo[a] = (VecU)floor;
    const VecU next = lo[a] + 1u;
    const VecU last = level.resolution - 1u - VecU{};
    hi[a] = next < last ? next : last;
  }
  // Partial indices per axis: the dense index is their sum, the hash their exclusive or.
  const uint32_t stride_y = level.dense ? level.resolution : 2654435761u;
  const uint32_t stride_z = level.dense ? level.resolution * level.resolution : 805459861u;
  const VecU py[2] = {lo[1] * stride_y, hi[1] * stride_y};
  const VecU pz[2] = {lo[2] * stride_z, hi[2] * stride_z};
  const VecU px[2] = {lo[0], hi[0]};
  const VecF wx[2] = {1.0f - frac[0], frac[0]};
  const VecF wy[2] = {1.0f - frac[1], frac[1]};
  const VecF wz[2] = {1.0f - frac[2], frac[2]};
  const uint32_t mask = level.num_rows - 1u;
  for (int c = 0; c < 8; ++c) {
    const int i = c & 1, j = (c >> 1) & 1, k = c >> 2;
    corners->row[c] = level.dense ? px[i] + py[j] + pz[k] : (px[i] ^ py[j] ^ pz[k]) & mask;
    corners->weight[c] = wx[i] * (wy[j] * wz[k]);
  }
}

// Two table rows of two floats each in one register.
SANERF_INLINE VecF4 LoadTwoRows2(const float* a, const float* b) {
  VecD2 pair;
  double lo, hi;
  __builtin_memcpy(&lo, a, 8);
  __builtin_memcpy(&hi, b, 8);
  pair = VecD2{lo, hi};
  return (VecF4)pair;
}

template <int F>
SANERF_INLINE void ForwardPoints(const float* table, const Corners& corners, float* out) {
  if constexpr (F == 2) {
    for (int s = 0; s < SANERF_VW; ++s) {
      VecF4 sum = {};
      for (int c = 0; c < 8; c += 2) {
        const float a = corners.weight[c][s], b = corners.weight[c + 1][s];
        sum += VecF4{a, a, b, b} * LoadTwoRows2(table + 2 * uint64_t(corners.row[c][s]), table + 2 * uint64_t(corners.row[c + 1][s]));
      }
      out[s] = sum[0] + sum[2];
      out[kTile + s] = sum[1] + sum[3];
    }
  } else {
    typedef typename RowOf<F>::Type Row;
    for (int s = 0; s < SANERF_VW; ++s) {
      Row sum = {};
      for (int c = 0; c < 8; ++c) {
        Row row;
        __builtin_memcpy(&row, table + F * uint64_t(corners.row[c][s]), sizeof row);
        sum += corners.weight[c][s] * row;
      }
      for (int f = 0; f < F; ++f) out[f * kTile + s] = sum[f];
    }
  }
}

template <int F>
void GridForwardF(const GridShape& shape, const float* table, const float* positions, int64_t num_tiles, float* out) {
  const int channels = shape.num_levels * F;
  // Level by level: one level's rows stay in the caches while all tiles pass.
  for (int l = 0; l < shape.num_levels; ++l) {
    const GridLevel& level = shape.levels[l];
    const float* rows = table + level.row_offset * F;
    for (int64_t tile = 0; tile < num_tiles; ++tile) {
      const float* x = positions + tile * 3 * kTile;
      float* o = out + (tile * channels + l * F) * kTile;
      for (int s = 0; s < kTile; s += SANERF_VW) {
        Corners corners;
        FindCorners(level, x + s, x + kTile + s, x + 2 * kTile + s, &corners);
        ForwardPoints<F>(rows, corners, o + s);
      }
    }
  }
}

void GridForward(const GridShape& shape, const float* table, const float* positions, int64_t num_tiles, float* out) {
  if (shape.num_features == 2) return GridForwardF<2>(shape, table, positions, num_tiles, out);
  if (shape.num_features == 4) return GridForwardF<4>(shape, table, positions, num_tiles, out);
  return GridForwardF<8>(shape, table, positions, num_tiles, out);
}

template <int F>
void GridBackwardF(const GridShape& shape, int l, const float* positions, const float* grad_out, int64_t num_tiles,
                   float* grad_table) {
  typedef typename RowOf<F>::Type Row;
  const int channels = shape.num_levels * F;
  const GridLevel& level = shape.levels[l];
  float* rows = grad_table + level.row_offset * F;
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* x = positions + tile * 3 * kTile;
    const float* g = grad_out + (tile * channels + l * F) * kTile;
    for (int s0 = 0; s0 < kTile; s0 += SANERF_VW) {
      Corners corners;
      FindCorners(level, x + s0, x + kTile + s0, x + 2 * kTile + s0, &corners);
      for (int s = 0; s < SANERF_VW; ++s) {
        Row grad;
        for (int f = 0; f < F; ++f) grad[f] = g[f * kTile + s0 + s];
        for (int c = 0; c < 8; ++c) {
          float* place = rows + F * uint64_t(corners.row[c][s]);
          Row sum;
          __builtin_memcpy(&sum, place, sizeof sum);
          sum += corners.weight[c][s] * grad;
          __builtin_memcpy(place, &sum, sizeof sum);
        }
      }
    }
  }
}

void GridBackward(const GridShape& shape, int level, const float* positions, const float* grad_out, int64_t num_tiles,
                  float* grad_table) {
  if (shape.num_features == 2) return GridBackwardF<2>(shape, level, positions, grad_out, num_tiles, grad_table);
  if (shape.num_features == 4) return GridBackwardF<4>(shape, level, positions, grad_out, num_tiles, grad_table);
  return GridBackwardF<8>(shape, level, positions, grad_out, num_tiles, grad_table);
}
