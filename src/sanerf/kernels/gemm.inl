// C[M][N] (+)= A[M][K] B[K][N] for matrices that fit in the caches; every product of an MLP is one of these.
// A is read by broadcast with any strides (so a transposed weight matrix needs no copy), B and C by rows.

struct GemmArgs {
  const float* a;
  int a_row, a_col;  // element (m, k) at a[m * a_row + k * a_col]
  const float* b;
  int ldb;
  float* c;
  int ldc;
  int m, n, k;  // n: multiple of SANERF_VW
};

// Rows x Vectors accumulators stay in registers: 6 x 2 of 16 registers, 6 x 4 of AVX-512's 32.
template <int Rows, int Vectors, bool Add>
SANERF_INLINE void GemmBlock(const GemmArgs& g, int m0, int n0) {
  VecF acc[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v)
      acc[r][v] = Add ? LoadV(g.c + (m0 + r) * g.ldc + n0 + v * SANERF_VW) : VecF{};
  const float* a = g.a + m0 * g.a_row;
  const float* b = g.b + n0;
  for (int k = 0; k < g.k; ++k) {
    VecF bv[Vectors];
    for (int v = 0; v < Vectors; ++v) bv[v] = LoadV(b + v * SANERF_VW);
    for (int r = 0; r < Rows; ++r) {
      const VecF av = Splat(a[r * g.a_row]);
      for (int v = 0; v < Vectors; ++v) acc[r][v] += av * bv[v];
    }
    a += g.a_col;
    b += g.ldb;
  }
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) StoreV(g.c + (m0 + r) * g.ldc + n0 + v * SANERF_VW, acc[r][v]);
}

template <int Vectors, bool Add>
SANERF_INLINE void GemmColumns(const GemmArgs& g, int n0) {
  int m = 0;
  for (; m + 6 <= g.m; m += 6) GemmBlock<6, Vectors, Add>(g, m, n0);
  for (; m + 4 <= g.m; m += 4) GemmBlock<4, Vectors, Add>(g, m, n0);
  for (; m < g.m; ++m) GemmBlock<1, Vectors, Add>(g, m, n0);
}

template <bool Add>
void Gemm(const GemmArgs& g) {
  constexpr int kVectors = SANERF_VW == 16 ? 4 : 2;
  int n = 0;
  for (; n + kVectors * SANERF_VW <= g.n; n += kVectors * SANERF_VW) GemmColumns<kVectors, Add>(g, n);
  for (; n < g.n; n += SANERF_VW) GemmColumns<1, Add>(g, n);
}

// [rows][kTile] -> [kTile][rows], in blocks of 4x4 that stay in registers.
SANERF_INLINE void TransposeTile(const float* in, int rows, float* out) {
  for (int r = 0; r < rows; r += 4) {
    for (int s = 0; s < kTile; s += 4) {
      VecF4 q[4];
      for (int i = 0; i < 4; ++i) __builtin_memcpy(&q[i], in + (r + i) * kTile + s, 16);
      const VecF4 a = __builtin_shuffle(q[0], q[1], VecI4{0, 4, 1, 5});
      const VecF4 b = __builtin_shuffle(q[2], q[3], VecI4{0, 4, 1, 5});
      const VecF4 c = __builtin_shuffle(q[0], q[1], VecI4{2, 6, 3, 7});
      const VecF4 d = __builtin_shuffle(q[2], q[3], VecI4{2, 6, 3, 7});
      const VecF4 t[4] = {__builtin_shuffle(a, b, VecI4{0, 1, 4, 5}), __builtin_shuffle(a, b, VecI4{2, 3, 6, 7}),
                          __builtin_shuffle(c, d, VecI4{0, 1, 4, 5}), __builtin_shuffle(c, d, VecI4{2, 3, 6, 7})};
      for (int i = 0; i < 4; ++i) __builtin_memcpy(out + (s + i) * rows + r, &t[i], 16);
    }
  }
}
