// Multiresolution hash grid: trilinear interpolation of table rows, and its transpose. With a time axis the eight
// corners are those of the nearest time, or the sixteen of the two times around.
//
// Per level, the corners of one tile are found in registers while the tile before is summed row by row; each sum also
// asks for the rows of the sample one tile further on, so that a table beyond the caches costs bandwidth, not latency.

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

// A level of so many floats outgrows the second-level cache: its rows are worth asking for early.
constexpr uint64_t kPrefetchFrom = 1 << 15;

enum class TimeAxis { kNone, kNearest, kLinear };
constexpr int NumCorners(TimeAxis axis) { return axis == TimeAxis::kLinear ? 16 : 8; }

// Rows and weights of the N corners around the points of one tile.
template <int N>
struct Corners {
  uint32_t row[N][kTile];
  float weight[N][kTile];
};

// Corner c takes the upper node of axis a when bit a of c is set. The two nodes of an axis are always different ones.
template <int N>
SANERF_INLINE void FindCorners(const GridLevel& level, const float* positions, int s, Corners<N>* corners) {
  const float res = static_cast<float>(level.resolution);
  const VecI last_cell = static_cast<int32_t>(level.resolution) - 2 - VecI{};
  VecU cell[3];
  VecF upper[3], lower[3];
  for (int a = 0; a < 3; ++a) {
    const VecF pos = MinV(MaxV(LoadV(positions + a * kTile + s) * res - 0.5f, VecF{}), Splat(res - 1.0f));
    const VecI floor = ToIntV(pos);
    const VecI inside = floor < last_cell ? floor : last_cell;
    cell[a] = (VecU)inside;
    upper[a] = pos - ToFloatV(inside);
    lower[a] = 1.0f - upper[a];
  }
  // Partial indices per axis: the dense index is their sum, the hash their exclusive or.
  const uint32_t stride_y = level.dense ? level.resolution : 2654435761u;
  const uint32_t stride_z = level.dense ? level.resolution * level.resolution : 805459861u;
  const VecU y = cell[1] * stride_y, z = cell[2] * stride_z;
  const VecU px[2] = {cell[0], cell[0] + 1u}, py[2] = {y, y + stride_y}, pz[2] = {z, z + stride_z};
  const uint32_t mask = level.num_rows - 1u;
  for (int jk = 0; jk < 4; ++jk) {
    const int j = jk & 1, k = jk >> 1;
    const VecF w = (j ? upper : lower)[1] * (k ? upper : lower)[2];
    const VecU p = level.dense ? py[j] + pz[k] : (py[j] ^ pz[k]);
    for (int i = 0; i < 2; ++i) {
      StoreU(corners->row[2 * jk + i] + s, level.dense ? px[i] + p : (px[i] ^ p) & mask);
      StoreV(corners->weight[2 * jk + i] + s, (i ? upper : lower)[0] * w);
    }
  }
}

// Moves the eight corners to their time; kLinear: those at the later time follow them. The hash is an exclusive or, so
// that of the time can be added to rows that are found already.
template <TimeAxis Axis>
SANERF_INLINE void MoveInTime(const GridLevel& level, const float* times, int s, Corners<NumCorners(Axis)>* corners) {
  const float count = static_cast<float>(level.num_times);
  const VecI last = static_cast<int32_t>(level.num_times) - (Axis == TimeAxis::kLinear ? 2 : 1) - VecI{};
  const VecF at = LoadV(times + s) * count - (Axis == TimeAxis::kLinear ? 0.5f : 0.0f);
  const VecF pos = MinV(MaxV(at, VecF{}), Splat(Axis == TimeAxis::kLinear ? count - 1.0f : count));
  const VecI floor = ToIntV(pos);
  const VecI inside = floor < last ? floor : last;
  const uint32_t stride = level.dense ? level.resolution * level.resolution * level.resolution : 3674653429u;
  const uint32_t mask = level.num_rows - 1u;
  const VecU earlier = (VecU)inside * stride, later = earlier + stride;
  const VecF upper = pos - ToFloatV(inside), lower = 1.0f - upper;
  for (int c = 0; c < 8; ++c) {
    const VecU row = LoadU(corners->row[c] + s);
    StoreU(corners->row[c] + s, level.dense ? row + earlier : row ^ (earlier & mask));
    if constexpr (Axis == TimeAxis::kLinear) {
      const VecF weight = LoadV(corners->weight[c] + s);
      StoreU(corners->row[c + 8] + s, level.dense ? row + later : row ^ (later & mask));
      StoreV(corners->weight[c] + s, weight * lower);
      StoreV(corners->weight[c + 8] + s, weight * upper);
    }
  }
}

template <TimeAxis Axis>
SANERF_INLINE void FindTileCorners(const GridLevel& level, const float* positions, Corners<NumCorners(Axis)>* corners) {
  for (int s = 0; s < kTile; s += SANERF_VW) {
    FindCorners(level, positions, s, corners);
    if constexpr (Axis != TimeAxis::kNone) MoveInTime<Axis>(level, positions + 3 * kTile, s, corners);
  }
}

// Asks for the rows of one sample. Neighbors in x mostly share a cache line as long as rows are short.
template <int F, int N>
SANERF_INLINE void PrefetchRows(const float* rows, const Corners<N>& corners, int s) {
  for (int c = 0; c < N; c += F == 8 ? 1 : 2) __builtin_prefetch(rows + F * uint64_t(corners.row[c][s]));
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

template <int F, bool Prefetch, int N>
SANERF_INLINE void SumTile(const float* table, const Corners<N>& corners, const Corners<N>& next, float* out) {
  if constexpr (F == 2) {
    for (int s = 0; s < kTile; ++s) {
      if (Prefetch) PrefetchRows<F, N>(table, next, s);
      VecF4 sum = {};
      for (int c = 0; c < N; c += 2) {
        const float a = corners.weight[c][s], b = corners.weight[c + 1][s];
        const float* first = table + 2 * uint64_t(corners.row[c][s]);
        const float* second = table + 2 * uint64_t(corners.row[c + 1][s]);
        sum += VecF4{a, a, b, b} * LoadTwoRows2(first, second);
      }
      out[s] = sum[0] + sum[2];
      out[kTile + s] = sum[1] + sum[3];
    }
  } else {
    typedef typename RowOf<F>::Type Row;
    float sums[kTile * F];
    for (int s = 0; s < kTile; ++s) {
      if (Prefetch) PrefetchRows<F, N>(table, next, s);
      Row sum = {};
      for (int c = 0; c < N; ++c) {
        Row row;
        __builtin_memcpy(&row, table + F * uint64_t(corners.row[c][s]), sizeof row);
        sum += corners.weight[c][s] * row;
      }
      __builtin_memcpy(sums + s * F, &sum, sizeof sum);
    }
    Transpose(sums, kTile, F, out);
  }
}

// body(corners of a tile, corners of the tile to ask for, tile) for every tile.
template <TimeAxis Axis, class Body>
SANERF_INLINE void ForEachTile(const GridLevel& level, const float* positions, int64_t num_tiles, const Body& body) {
  constexpr int kStride = (Axis == TimeAxis::kNone ? 3 : 4) * kTile;
  Corners<NumCorners(Axis)> corners[2];
  if (num_tiles > 0) FindTileCorners<Axis>(level, positions, &corners[0]);
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const int64_t ahead = tile + 1 < num_tiles ? tile + 1 : tile;
    Corners<NumCorners(Axis)>& next = corners[(tile + 1) & 1];
    FindTileCorners<Axis>(level, positions + ahead * kStride, &next);
    body(corners[tile & 1], next, tile);
  }
}

template <int F, TimeAxis Axis>
void GridForwardF(const GridShape& shape, const float* table, const float* positions, int64_t num_tiles, float* out) {
  using TileCorners = Corners<NumCorners(Axis)>;
  // Level by level: one level's rows stay in the caches while all tiles pass.
  for (int l = 0; l < shape.num_levels; ++l) {
    const GridLevel& level = shape.levels[l];
    const float* rows = table + level.row_offset * F;
    const bool prefetch = uint64_t(level.num_rows) * F >= kPrefetchFrom;
    ForEachTile<Axis>(level, positions, num_tiles, [&](const TileCorners& now, const TileCorners& next, int64_t tile) {
      float* o = out + (tile * shape.num_levels + l) * F * kTile;
      prefetch ? SumTile<F, true>(rows, now, next, o) : SumTile<F, false>(rows, now, next, o);
    });
  }
}

template <int F>
void GridForwardOf(const GridShape& shape, const float* table, const float* positions, int64_t num_tiles, float* out) {
  if (!shape.has_time) return GridForwardF<F, TimeAxis::kNone>(shape, table, positions, num_tiles, out);
  if (!shape.linear_time) return GridForwardF<F, TimeAxis::kNearest>(shape, table, positions, num_tiles, out);
  return GridForwardF<F, TimeAxis::kLinear>(shape, table, positions, num_tiles, out);
}

void GridForward(const GridShape& shape, const float* table, const float* positions, int64_t num_tiles, float* out) {
  if (shape.num_features == 2) return GridForwardOf<2>(shape, table, positions, num_tiles, out);
  if (shape.num_features == 4) return GridForwardOf<4>(shape, table, positions, num_tiles, out);
  return GridForwardOf<8>(shape, table, positions, num_tiles, out);
}

// [F][kTile] -> [kTile][F].
template <int F>
SANERF_INLINE void SampleMajor(const float* in, float* out) {
  if constexpr (F == 2) {
    for (int s = 0; s < kTile; ++s) {
      out[2 * s] = in[s];
      out[2 * s + 1] = in[kTile + s];
    }
  } else {
    Transpose(in, F, kTile, out);
  }
}

template <int F, bool Prefetch, int N>
SANERF_INLINE void AddTile(const Corners<N>& corners, const Corners<N>& next, const float* grad_out, float* rows) {
  typedef typename RowOf<F>::Type Row;
  float grads[kTile * F];
  SampleMajor<F>(grad_out, grads);
  for (int s = 0; s < kTile; ++s) {
    if (Prefetch) PrefetchRows<F, N>(rows, next, s);
    Row grad;
    __builtin_memcpy(&grad, grads + s * F, sizeof grad);
    for (int c = 0; c < N; ++c) {
      float* place = rows + F * uint64_t(corners.row[c][s]);
      Row sum;
      __builtin_memcpy(&sum, place, sizeof sum);
      sum += corners.weight[c][s] * grad;
      __builtin_memcpy(place, &sum, sizeof sum);
    }
  }
}

template <int F, TimeAxis Axis>
void GridBackwardF(const GridShape& shape, int l, const float* positions, const float* grad_out, int64_t num_tiles,
                   float* grad_table) {
  using TileCorners = Corners<NumCorners(Axis)>;
  const GridLevel& level = shape.levels[l];
  float* rows = grad_table + level.row_offset * F;
  const bool prefetch = uint64_t(level.num_rows) * F >= kPrefetchFrom;
  ForEachTile<Axis>(level, positions, num_tiles, [&](const TileCorners& now, const TileCorners& next, int64_t tile) {
    const float* g = grad_out + (tile * shape.num_levels + l) * F * kTile;
    prefetch ? AddTile<F, true>(now, next, g, rows) : AddTile<F, false>(now, next, g, rows);
  });
}

template <int F>
void GridBackwardOf(const GridShape& shape, int l, const float* positions, const float* grad_out, int64_t num_tiles,
                    float* grad_table) {
  if (!shape.has_time) return GridBackwardF<F, TimeAxis::kNone>(shape, l, positions, grad_out, num_tiles, grad_table);
  if (!shape.linear_time)
    return GridBackwardF<F, TimeAxis::kNearest>(shape, l, positions, grad_out, num_tiles, grad_table);
  return GridBackwardF<F, TimeAxis::kLinear>(shape, l, positions, grad_out, num_tiles, grad_table);
}

void GridBackward(const GridShape& shape, int level, const float* positions, const float* grad_out, int64_t num_tiles,
                  float* grad_table) {
  if (shape.num_features == 2) return GridBackwardOf<2>(shape, level, positions, grad_out, num_tiles, grad_table);
  if (shape.num_features == 4) return GridBackwardOf<4>(shape, level, positions, grad_out, num_tiles, grad_table);
  return GridBackwardOf<8>(shape, level, positions, grad_out, num_tiles, grad_table);
}
