// C[M][N] (+)= A[M][K] B[K][N] for matrices that fit in the caches; every product of an MLP is one of these.
// A is read by broadcast, along rows or columns (so a transposed weight matrix needs no copy), B and C by rows.

struct GemmArgs {
  const float* a;  // [m][k], or [k][m] for a transposed product
  int lda;
  const float* b;
  int ldb;
  float* c;
  int ldc;
  int m, n, k;                  // n: multiple of SANERF_VW
  float leak = 1;               // of kActivate and kGate
  const float* gate = nullptr;  // laid out as c
  const float* bias = nullptr;  // [m], added to every column; not with kAdd
};

// What happens to the product on its way to C.
enum class GemmStore {
  kPlain,
  kAdd,       // C += product
  kActivate,  // C = activation(product), slope `leak` below zero
  kGate,      // C = product * activation'(.), read from the sign of the activated value in `gate`
};

// Rows x Vectors accumulators stay in registers: 6 x 2 of 16 registers, 6 x 4 of AVX-512's 32. One of A's strides is 1;
// knowing which lets the compiler address the broadcasts without arithmetic.
template <int Rows, int Vectors, GemmStore Store, bool TransposedA>
SANERF_INLINE void GemmBlock(const GemmArgs& g, int m0, int n0) {
  VecF acc[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v)
      acc[r][v] = Store == GemmStore::kAdd ? LoadV(g.c + (m0 + r) * g.ldc + n0 + v * SANERF_VW)
                                           : Splat(g.bias ? g.bias[m0 + r] : 0.0f);
  const float* a[Rows];
  for (int r = 0; r < Rows; ++r) a[r] = TransposedA ? g.a + m0 + r : g.a + (m0 + r) * g.lda;
  const float* b = g.b + n0;
#pragma GCC unroll 2
  for (int k = 0; k < g.k; ++k) {
    VecF bv[Vectors];
    for (int v = 0; v < Vectors; ++v) bv[v] = LoadV(b + v * SANERF_VW);
    for (int r = 0; r < Rows; ++r) {
      const VecF av = Splat(TransposedA ? a[0][r] : a[r][k]);
      for (int v = 0; v < Vectors; ++v) acc[r][v] += av * bv[v];
    }
    if (TransposedA) a[0] += g.lda;
    b += g.ldb;
  }
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) {
      const int at = (m0 + r) * g.ldc + n0 + v * SANERF_VW;
      VecF y = acc[r][v];
      if (Store == GemmStore::kActivate) y = y > 0.0f ? y : y * g.leak;
      if (Store == GemmStore::kGate) y = LoadV(g.gate + at) > 0.0f ? y : y * g.leak;
      StoreV(g.c + at, y);
    }
}

template <int Rows, int Vectors, GemmStore Store, bool TransposedA>
SANERF_INLINE void GemmRows(const GemmArgs& g, int m0) {
  int n = 0;
  for (; n + Vectors * SANERF_VW <= g.n; n += Vectors * SANERF_VW)
    GemmBlock<Rows, Vectors, Store, TransposedA>(g, m0, n);
  for (; n < g.n; n += SANERF_VW) GemmBlock<Rows, 1, Store, TransposedA>(g, m0, n);
}

template <GemmStore Store, bool TransposedA>
void Gemm(const GemmArgs& g) {
  constexpr int kVectors = SANERF_VW == 16 ? 4 : 2;
  int m = 0;
  for (; m + 6 <= g.m; m += 6) GemmRows<6, kVectors, Store, TransposedA>(g, m);
  // Fewer rows take more columns, so that enough chains of additions remain to hide their latency.
  if (m + 4 <= g.m) {
    GemmRows<4, kVectors, Store, TransposedA>(g, m);
    m += 4;
  }
  if (m + 3 == g.m) GemmRows<3, 4, Store, TransposedA>(g, m);
  if (m + 2 == g.m) GemmRows<2, 4, Store, TransposedA>(g, m);
  if (m + 1 == g.m) GemmRows<1, 4, Store, TransposedA>(g, m);
}
