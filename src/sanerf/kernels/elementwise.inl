// Activations of the heads, direction encoding, optimizer.

void Exp(const float* x, int64_t n, float* y) {
  for (int64_t i = 0; i < n; i += SANERF_VW) StoreV(y + i, ExpV(MinV(MaxV(LoadV(x + i), Splat(-15.0f)), Splat(15.0f))));
}

void Sigmoid(const float* x, int64_t n, float* y) {
  for (int64_t i = 0; i < n; i += SANERF_VW) StoreV(y + i, 1.0f / (1.0f + ExpV(-LoadV(x + i))));
}

// Constants: square roots of rational multiples of 1/pi, e.g. 0.2820948 = sqrt(1/pi)/2.
void SphericalHarmonics(const float* directions, int64_t num_tiles, float* out) {
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* d = directions + tile * 3 * kTile;
    float* o = out + tile * 16 * kTile;
    for (int s = 0; s < kTile; s += SANERF_VW) {
      const VecF x = LoadV(d + s), y = LoadV(d + kTile + s), z = LoadV(d + 2 * kTile + s);
      const VecF xx = x * x, yy = y * y, zz = z * z;
      const VecF v[16] = {Splat(0.28209479f),
                          -0.48860251f * y,
                          0.48860251f * z,
                          -0.48860251f * x,
                          1.09254843f * (x * y),
                          -1.09254843f * (y * z),
                          0.94617470f * zz - 0.31539157f,
                          -1.09254843f * (x * z),
                          0.54627421f * (xx - yy),
                          0.59004360f * y * (yy - 3.0f * xx),
                          2.89061144f * (x * y) * z,
                          0.45704580f * y * (1.0f - 5.0f * zz),
                          0.37317633f * z * (5.0f * zz - 3.0f),
                          0.45704580f * x * (1.0f - 5.0f * zz),
                          1.44530572f * z * (xx - yy),
                          0.59004360f * x * (3.0f * yy - xx)};
      for (int i = 0; i < 16; ++i) StoreV(o + i * kTile + s, v[i]);
    }
  }
}

SANERF_INLINE float SqrtF(float x) { return __builtin_sqrtf(x); }

SANERF_INLINE VecF SqrtV(VecF x) {
  VecF y;
  for (int i = 0; i < SANERF_VW; ++i) y[i] = SqrtF(x[i]);
  return y;
}

// Zeros of either sign.
SANERF_INLINE bool AllZero(const float* x) {
  uint64_t any = 0;
  for (int i = 0; i < SANERF_VW; i += 2) {
    uint64_t two;
    __builtin_memcpy(&two, x + i, sizeof two);
    any |= two;
  }
  return (any & 0x7fffffff7fffffffull) == 0;
}

void Adam(const AdamStep& o, int64_t n, float* params, float* grads, float* m, float* v) {
  const float correction1 = static_cast<float>(1.0 - __builtin_pow(o.beta1, double(o.step)));
  const float correction2 = static_cast<float>(1.0 - __builtin_pow(o.beta2, double(o.step)));
  const float rate = o.lr / correction1, inv_correction2 = 1.0f / correction2;
  int64_t i = 0;
  for (; i + SANERF_VW <= n; i += SANERF_VW) {
    const VecF g = LoadV(grads + i);
    if (o.skip_zero && AllZero(grads + i)) continue;
    const VecF m0 = LoadV(m + i), v0 = LoadV(v + i), p0 = LoadV(params + i);
    VecF m1 = o.beta1 * m0 + (1.0f - o.beta1) * g;
    VecF v1 = o.beta2 * v0 + (1.0f - o.beta2) * g * g;
    VecF p1 = p0 - rate * m1 / (SqrtV(v1 * inv_correction2) + o.epsilon);
    if (o.skip_zero) {
      m1 = g != 0.0f ? m1 : m0;
      v1 = g != 0.0f ? v1 : v0;
      p1 = g != 0.0f ? p1 : p0;
    }
    StoreV(m + i, m1);
    StoreV(v + i, v1);
    StoreV(params + i, p1);
    StoreV(grads + i, VecF{});
  }
  for (; i < n; ++i) {
    const float g = grads[i];
    if (o.skip_zero && g == 0.0f) continue;
    m[i] = o.beta1 * m[i] + (1.0f - o.beta1) * g;
    v[i] = o.beta2 * v[i] + (1.0f - o.beta2) * g * g;
    params[i] -= rate * m[i] / (SqrtF(v[i] * inv_correction2) + o.epsilon);
    grads[i] = 0;
  }
}
