// Colors that depend on the direction, as 3D Gaussians have them: real spherical harmonics in the order and with the
// signs of Kerbl et al. 2023, degree by degree, order -l to l.
#pragma once

#include <cstddef>

namespace sanerf::exports {

inline constexpr int kMostHarmonics = 9;  // of degree 0 to 2
inline constexpr double kHarmonic0 = 0.28209479177387814;

// basis [(degree + 1)^2] of a unit direction; derivative [(degree + 1)^2][3], as if it were any vector; may be null.
template <class T>
void SphericalHarmonics(int degree, const T d[3], T* basis, T (*derivative)[3]) {
  constexpr T k1 = T(0.4886025119029199), k2a = T(1.0925484305920792), k2b = T(0.31539156525252005),
              k2c = T(0.5462742152960396);
  const T x = d[0], y = d[1], z = d[2];
  const auto set = [&](int i, T value, T dx, T dy, T dz) {
    basis[i] = value;
    if (derivative == nullptr) return;
    derivative[i][0] = dx;
    derivative[i][1] = dy;
    derivative[i][2] = dz;
  };
  set(0, T(kHarmonic0), 0, 0, 0);
  if (degree < 1) return;
  set(1, -k1 * y, 0, -k1, 0);
  set(2, k1 * z, 0, 0, k1);
  set(3, -k1 * x, -k1, 0, 0);
  if (degree < 2) return;
  set(4, k2a * x * y, k2a * y, k2a * x, 0);
  set(5, -k2a * y * z, 0, -k2a * z, -k2a * y);
  set(6, k2b * (2 * z * z - x * x - y * y), -2 * k2b * x, -2 * k2b * y, 4 * k2b * z);
  set(7, -k2a * x * z, -k2a * z, 0, -k2a * x);
  set(8, k2c * (x * x - y * y), 2 * k2c * x, -2 * k2c * y, 0);
}

// max(0, 0.5 + sum) per channel; coefficients [function][3].
template <class T>
void HarmonicColor(int degree, const T d[3], const T* coefficients, T rgb[3]) {
  T basis[kMostHarmonics];
  SphericalHarmonics<T>(degree, d, basis, nullptr);
  const int count = (degree + 1) * (degree + 1);
  for (int c = 0; c < 3; ++c) {
    T sum = T(0.5);
    for (int k = 0; k < count; ++k) sum += basis[k] * coefficients[3 * k + c];
    rgb[c] = sum > 0 ? sum : T(0);
  }
}

// Adds to the gradients of the coefficients and of the direction; rgb: what HarmonicColor said.
template <class T>
void HarmonicColorBackward(int degree, const T d[3], const T* coefficients, const T rgb[3], const T grad_rgb[3],
                           T* grad_coefficients, T grad_d[3]) {
  T basis[kMostHarmonics], derivative[kMostHarmonics][3];
  SphericalHarmonics<T>(degree, d, basis, derivative);
  const int count = (degree + 1) * (degree + 1);
  for (int c = 0; c < 3; ++c) {
    if (rgb[c] <= 0) continue;  // held at black
    for (int k = 0; k < count; ++k) {
      grad_coefficients[3 * k + c] += basis[k] * grad_rgb[c];
      for (int a = 0; a < 3; ++a) grad_d[a] += derivative[k][a] * coefficients[3 * k + c] * grad_rgb[c];
    }
  }
}

}  // namespace sanerf::exports
