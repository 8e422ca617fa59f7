// A register of SANERF_VW floats through GCC's vector extensions. Included only by simd_kernels.inl, inside the
// namespace of one instruction set: nothing here may be shared between builds, or the linker could pick code the
// processor cannot run. (No include guard and no std headers with inline functions, for the same reason.)

typedef float VecF __attribute__((vector_size(SANERF_VW * 4)));
typedef int32_t VecI __attribute__((vector_size(SANERF_VW * 4)));
typedef uint32_t VecU __attribute__((vector_size(SANERF_VW * 4)));
typedef float VecF4 __attribute__((vector_size(16)));
typedef double VecD2 __attribute__((vector_size(16)));

#define SANERF_INLINE static inline __attribute__((always_inline))

SANERF_INLINE VecF LoadV(const float* p) {
  VecF v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
SANERF_INLINE void StoreV(float* p, VecF v) { __builtin_memcpy(p, &v, sizeof v); }
SANERF_INLINE VecU LoadU(const uint32_t* p) {
  VecU v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
SANERF_INLINE void StoreU(uint32_t* p, VecU v) { __builtin_memcpy(p, &v, sizeof v); }
SANERF_INLINE VecF Splat(float x) { return x - VecF{}; }
SANERF_INLINE VecF MinV(VecF a, VecF b) { return a < b ? a : b; }
SANERF_INLINE VecF MaxV(VecF a, VecF b) { return a > b ? a : b; }
SANERF_INLINE VecI ToIntV(VecF a) { return __builtin_convertvector(a, VecI); }  // toward zero
SANERF_INLINE VecF ToFloatV(VecI a) { return __builtin_convertvector(a, VecF); }

// exp by 2^n * polynomial on [-ln2/2, ln2/2] (Taylor to degree 6, relative error < 3e-7).
SANERF_INLINE VecF ExpV(VecF x) {
  x = MinV(MaxV(x, Splat(-87.0f)), Splat(88.0f));
  const VecF scaled = x * 1.44269504088896341f;
  const VecF half = scaled < 0.0f ? Splat(-0.5f) : Splat(0.5f);
  const VecI n = ToIntV(scaled + half);
  const VecF nf = ToFloatV(n);
  const VecF r = (x - nf * 0.693359375f) + nf * 2.12194440e-4f;  // ln2 split in two for accuracy
  VecF p = Splat(1.0f / 720);
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const VecI bits = (n + 127) << 23;
  VecF power;
  __builtin_memcpy(&power, &bits, sizeof power);
  return p * power;
}

// [rows][cols] -> [cols][rows], both multiples of 4, in blocks of 4x4 that stay in registers.
SANERF_INLINE void Transpose(const float* in, int rows, int cols, float* out) {
  for (int r = 0; r < rows; r += 4) {
    for (int c = 0; c < cols; c += 4) {
      VecF4 q[4];
      for (int i = 0; i < 4; ++i) __builtin_memcpy(&q[i], in + (r + i) * cols + c, 16);
      const VecF4 a = __builtin_shufflevector(q[0], q[1], 0, 4, 1, 5);
      const VecF4 b = __builtin_shufflevector(q[2], q[3], 0, 4, 1, 5);
      const VecF4 d = __builtin_shufflevector(q[0], q[1], 2, 6, 3, 7);
      const VecF4 e = __builtin_shufflevector(q[2], q[3], 2, 6, 3, 7);
      const VecF4 t[4] = {__builtin_shufflevector(a, b, 0, 1, 4, 5), __builtin_shufflevector(a, b, 2, 3, 6, 7),
                          __builtin_shufflevector(d, e, 0, 1, 4, 5), __builtin_shufflevector(d, e, 2, 3, 6, 7)};
      for (int i = 0; i < 4; ++i) __builtin_memcpy(out + (c + i) * rows + r, &t[i], 16);
    }
  }
}
