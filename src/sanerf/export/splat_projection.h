// One 3D Gaussian in a picture with straight lines, and the way back of its gradients (Kerbl et al. 2023, section 4 and
// appendix A; the projection is linear around the mean as in Zwicker et al., EWA Splatting, 2002).
//
// With t = W p + d the mean in the camera, J the derivative of the projection there and M = J W, the picture sees the
// covariance M R S^2 R^T M^T. A third of a pixel is added on each axis, as every viewer of such files does.
#pragma once

#include <cmath>

namespace sanerf::exports {

inline constexpr double kSplatBlur = 0.3;  // pixels squared, added to the covariance in the picture

// x right, y down, z forward.
template <class T>
struct SplatCamera {
  int width = 0, height = 0;
  T fx, fy, cx, cy;  // pixels, centers at + 0.5
  T rotation[9];     // camera from world, row by row
  T translation[3];
  T eye[3];          // in the world
  T near = T(0.01);  // nothing nearer is seen
};

template <class T>
struct SplatShape {
  T position[3], log_scale[3], rotation[4], logit;  // rotation: w x y z, of any length; opacity is sigmoid(logit)
};

// The Gaussian in the picture: mean, inverse covariance, opacity.
template <class T>
struct ProjectedSplat {
  T x, y, a, b, c, opacity;
  T depth;   // along the axis
  T xx, yy;  // variances in the picture, blur included
};

// What both ways need.
template <class T>
struct SplatInCamera {
  T t[3];      // the mean
  T slope[2];  // t_x / t_z and t_y / t_z for J, held where the picture is far away
  bool is_held[2];
  T r[9];      // of the normalized quaternion
  T length;    // of the quaternion
  T s[3];      // standard deviations
  T m[6];      // J W
  T sigma[9];  // R S^2 R^T
  T xx, xy, yy;
};

// false: not in front of the camera; nothing else is set then.
template <class T>
bool PlaceSplat(const SplatCamera<T>& camera, const SplatShape<T>& splat, SplatInCamera<T>* placed) {
  const T* w = camera.rotation;
  SplatInCamera<T>& at = *placed;
  for (int i = 0; i < 3; ++i)
    at.t[i] = w[3 * i] * splat.position[0] + w[3 * i + 1] * splat.position[1] + w[3 * i + 2] * splat.position[2] +
              camera.translation[i];
  if (!(at.t[2] > camera.near)) return false;
  // Far outside of the picture the linear projection is no projection any more.
  const T margin = T(0.15);
  const T focal[2] = {camera.fx, camera.fy}, center[2] = {camera.cx, camera.cy},
          size[2] = {T(camera.width), T(camera.height)};
  for (int i = 0; i < 2; ++i) {
    const T low = (-center[i] - margin * size[i]) / focal[i],
            high = (size[i] - center[i] + margin * size[i]) / focal[i];
    at.slope[i] = at.t[i] / at.t[2];
    at.is_held[i] = at.slope[i] < low || at.slope[i] > high;
    at.slope[i] = at.slope[i] < low ? low : at.slope[i] > high ? high : at.slope[i];
  }
  const T iz = 1 / at.t[2];
  for (int k = 0; k < 3; ++k) {
    at.m[k] = camera.fx * iz * (w[k] - at.slope[0] * w[6 + k]);
    at.m[3 + k] = camera.fy * iz * (w[3 + k] - at.slope[1] * w[6 + k]);
  }
  const T* q = splat.rotation;
  at.length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  const T n = 1 / at.length, qw = q[0] * n, qx = q[1] * n, qy = q[2] * n, qz = q[3] * n;
  const T r[9] = {1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy - qw * qz),     2 * (qx * qz + qw * qy),
                  2 * (qx * qy + qw * qz),     1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz - qw * qx),
                  2 * (qx * qz - qw * qy),     2 * (qy * qz + qw * qx),     1 - 2 * (qx * qx + qy * qy)};
  for (int i = 0; i < 9; ++i) at.r[i] = r[i];
  for (int k = 0; k < 3; ++k) at.s[k] = std::exp(splat.log_scale[k]);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      at.sigma[3 * i + j] = 0;
      for (int k = 0; k < 3; ++k) at.sigma[3 * i + j] += r[3 * i + k] * r[3 * j + k] * at.s[k] * at.s[k];
    }
  T ms[6];  // M Sigma
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j) {
      ms[3 * i + j] = 0;
      for (int k = 0; k < 3; ++k) ms[3 * i + j] += at.m[3 * i + k] * at.sigma[3 * k + j];
    }
  const auto dot = [](const T* u, const T* v) { return u[0] * v[0] + u[1] * v[1] + u[2] * v[2]; };
  at.xx = dot(ms, at.m) + T(kSplatBlur);
  at.xy = dot(ms, at.m + 3);
  at.yy = dot(ms + 3, at.m + 3) + T(kSplatBlur);
  return true;
}

template <class T>
ProjectedSplat<T> ProjectPlaced(const SplatCamera<T>& camera, const SplatShape<T>& splat, const SplatInCamera<T>& at) {
  const T inverse = 1 / (at.xx * at.yy - at.xy * at.xy);
  return {camera.fx * at.t[0] / at.t[2] + camera.cx,
          camera.fy * at.t[1] / at.t[2] + camera.cy,
          at.yy * inverse,
          -at.xy * inverse,
          at.xx * inverse,
          1 / (1 + std::exp(-splat.logit)),
          at.t[2],
          at.xx,
          at.yy};
}

// gradient: of x, y, a, b, c and opacity of `projected`. Adds to `to`.
template <class T>
void ProjectBackward(const SplatCamera<T>& camera, const SplatShape<T>& splat, const SplatInCamera<T>& at,
                     const ProjectedSplat<T>& projected, const ProjectedSplat<T>& gradient, SplatShape<T>* to) {
  const T* w = camera.rotation;
  // The inverse Q of the covariance: d(covariance) = -Q G Q with G the gradient of Q, both symmetric; b stands for two
  // entries.
  const T a = projected.a, b = projected.b, c = projected.c, ga = gradient.a, gb = gradient.b / 2, gc = gradient.c;
  const T p00 = ga * a + gb * b, p01 = ga * b + gb * c, p10 = gb * a + gc * b, p11 = gb * b + gc * c;  // G Q
  const T gxx = -(a * p00 + b * p10), gxy = -(a * p01 + b * p11), gyy = -(b * p01 + c * p11);
  // covariance = M Sigma M^T: d Sigma = M^T g M, d M = 2 g M Sigma.
  T gm[6], g_sigma[9], d_m[6];
  for (int k = 0; k < 3; ++k) {
    gm[k] = gxx * at.m[k] + gxy * at.m[3 + k];
    gm[3 + k] = gxy * at.m[k] + gyy * at.m[3 + k];
  }
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) g_sigma[3 * i + j] = at.m[i] * gm[j] + at.m[3 + i] * gm[3 + j];
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j) {
      d_m[3 * i + j] = 0;
      for (int k = 0; k < 3; ++k) d_m[3 * i + j] += 2 * gm[3 * i + k] * at.sigma[3 * k + j];
    }
  // M = J W with J = (fx, 0, -fx slope_x; 0, fy, -fy slope_y) / z.
  const T iz = 1 / at.t[2];
  T d_t[3] = {0, 0, 0};
  for (int i = 0; i < 2; ++i) {
    const T focal = i == 0 ? camera.fx : camera.fy;
    T by_row = 0, by_axis = 0;  // d J_ii and d J_iz
    for (int k = 0; k < 3; ++k) {
      by_row += d_m[3 * i + k] * w[3 * i + k];
      by_axis += d_m[3 * i + k] * w[6 + k];
    }
    d_t[2] -= focal * iz * iz * (by_row - at.slope[i] * by_axis);
    const T d_slope = -focal * iz * by_axis;
    if (!at.is_held[i]) {
      d_t[i] += d_slope * iz;
      d_t[2] -= d_slope * at.slope[i] * iz;
    }
    const T d_mean = i == 0 ? gradient.x : gradient.y;
    d_t[i] += d_mean * focal * iz;
    d_t[2] -= d_mean * focal * at.t[i] * iz * iz;
  }
  for (int k = 0; k < 3; ++k) to->position[k] += w[k] * d_t[0] + w[3 + k] * d_t[1] + w[6 + k] * d_t[2];
  // Sigma = L L^T with L = R S: d L = 2 g_sigma L.
  T d_r[9];
  for (int k = 0; k < 3; ++k) {
    T d_s = 0;
    for (int i = 0; i < 3; ++i) {
      T d_l = 0;
      for (int j = 0; j < 3; ++j) d_l += 2 * g_sigma[3 * i + j] * at.r[3 * j + k] * at.s[k];
      d_r[3 * i + k] = d_l * at.s[k];
      d_s += d_l * at.r[3 * i + k];
    }
    to->log_scale[k] += d_s * at.s[k];
  }
  // The normalized quaternion, and its length, which changes nothing.
  const T n = 1 / at.length;
  const T q[4] = {splat.rotation[0] * n, splat.rotation[1] * n, splat.rotation[2] * n, splat.rotation[3] * n};
  const T d_q[4] = {2 * (q[1] * (d_r[7] - d_r[5]) + q[2] * (d_r[2] - d_r[6]) + q[3] * (d_r[3] - d_r[1])),
                    2 * (q[2] * (d_r[1] + d_r[3]) + q[3] * (d_r[2] + d_r[6]) + q[0] * (d_r[7] - d_r[5])) -
                        4 * q[1] * (d_r[4] + d_r[8]),
                    2 * (q[1] * (d_r[1] + d_r[3]) + q[3] * (d_r[5] + d_r[7]) + q[0] * (d_r[2] - d_r[6])) -
                        4 * q[2] * (d_r[0] + d_r[8]),
                    2 * (q[1] * (d_r[2] + d_r[6]) + q[2] * (d_r[5] + d_r[7]) + q[0] * (d_r[3] - d_r[1])) -
                        4 * q[3] * (d_r[0] + d_r[4])};
  const T along = q[0] * d_q[0] + q[1] * d_q[1] + q[2] * d_q[2] + q[3] * d_q[3];
  for (int i = 0; i < 4; ++i) to->rotation[i] += (d_q[i] - along * q[i]) * n;
  to->logit += gradient.opacity * projected.opacity * (1 - projected.opacity);
}

}  // namespace sanerf::exports
