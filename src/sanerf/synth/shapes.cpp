#include "sanerf/synth/shapes.h"

#include <algorithm>
#include <cmath>

namespace sanerf::synth {
namespace {

// std::hypot guards against overflow, which costs more than everything else here.
double Length(double x, double y) { return std::sqrt(x * x + y * y); }

double BoxDistance(const Vec3& p, const Vec3& half) {
  const Vec3 q = p.cwiseAbs() - half;
  return q.cwiseMax(0.0).norm() + std::min(q.maxCoeff(), 0.0);
}

double BoxDistance2(const Vec2& p, const Vec2& half) {
  const Vec2 q = p.cwiseAbs() - half;
  return q.cwiseMax(0.0).norm() + std::min(q.maxCoeff(), 0.0);
}

struct Ball : SynthShape {
  explicit Ball(double r) : radius(r) {
    ball_center = {0, 0, r}, ball_radius = r;
    bounds = {{-r, -r, 0}, {r, r, 2 * r}};
  }
  double Distance(const Vec3& p) const override { return (p - ball_center).norm() - radius; }
  double radius;
};

struct RoundBox : SynthShape {
  RoundBox(const Vec3& size, double r) : half(0.5 * size), round(r) {
    ball_center = {0, 0, half.z()};
    ball_radius = half.norm();
    bounds = {ball_center - half, ball_center + half};
  }
  double Distance(const Vec3& p) const override {
    return BoxDistance(p - ball_center, half - Vec3::Constant(round)) - round;
  }
  Vec3 half;
  double round;
};

struct Ring : SynthShape {
  Ring(double r, double t) : radius(r), thickness(t) {
    ball_center = {0, 0, t}, ball_radius = r + t;
    bounds = {{-r - t, -r - t, 0}, {r + t, r + t, 2 * t}};
  }
  double Distance(const Vec3& p) const override {
    return Length(Length(p.x(), p.y()) - radius, p.z() - thickness) - thickness;
  }
  double radius, thickness;
};

struct Lathe : SynthShape {
  Lathe(std::vector<Vec2> points, double r) : profile(std::move(points)), round(r) {
    double top = 0, width = 0;
    for (const Vec2& p : profile) top = std::max(top, p.y() + round), width = std::max(width, p.x() + round);
    bounds = {{-width, -width, 0}, {width, width, top}};
    ball_center = {0, 0, 0.5 * top};
    for (const Vec2& p : profile) ball_radius = std::max(ball_radius, (p - Vec2(0, 0.5 * top)).norm() + round);
  }

  double Distance(const Vec3& p) const override {
    const Vec2 q(Length(p.x(), p.y()), p.z());
    double squared = 1e300;
    bool inside = false;
    // The nearest edge, and the side by counting crossings of the ray towards +r.
    for (size_t i = 0, j = profile.size() - 1; i < profile.size(); j = i++) {
      const Vec2 &a = profile[j], &b = profile[i];
      const Vec2 edge = b - a, v = q - a;
      const double t = std::clamp(v.dot(edge) / edge.squaredNorm(), 0.0, 1.0);
      squared = std::min(squared, (v - t * edge).squaredNorm());
      if ((a.y() > q.y()) != (b.y() > q.y()) && q.x() < a.x() + edge.x() * (q.y() - a.y()) / edge.y()) inside = !inside;
    }
    const double distance = std::sqrt(squared);
    return (inside ? -distance : distance) - round;
  }
  std::vector<Vec2> profile;
  double round;
};

struct Mug : SynthShape {
  Mug(double r, double h, double w) : radius(r), height(h), wall(w) {
    ball_center = {0.25 * r, 0, 0.5 * h};
    ball_radius = Length(1.5 * r, 0.5 * h);
    bounds = {{-r, -r, 0}, {r + 0.29 * h + w, r, h}};
  }

  double Distance(const Vec3& p) const override {
    const double round = 0.3 * wall;
    const double r = Length(p.x(), p.y());
    const Vec2 side_half(0.5 * wall - round, 0.5 * height - round),
        bottom_half(radius - 0.5 * wall, 0.5 * wall - round);
    const double side = BoxDistance2(Vec2(r - (radius - 0.5 * wall), p.z() - 0.5 * height), side_half) - round;
    const double bottom = BoxDistance2(Vec2(r, p.z() - 0.5 * wall), bottom_half) - round;
    // The handle: a flattened ring in the xz plane whose inner half is cut off at the wall.
    const double loop = Length(p.x() - radius, p.z() - 0.52 * height) - 0.29 * height;
    const double handle = Length(loop, std::max(std::abs(p.y()) - 0.35 * wall, 0.0)) - 0.55 * wall;
    return std::min({side, bottom, std::max(handle, radius - 0.5 * wall - r)});
  }
  double radius, height, wall;
};

struct Banana : SynthShape {
  Banana(double b, double a, double t)
      : bend(b), half_angle(a), thickness(t), end_cosine(std::cos(a)), end_sine(std::sin(a)) {
    // The arc's middle touches the frame's origin; its center of curvature lies at (0, bend).
    const double reach = bend * std::sin(half_angle);
    ball_center = {0, 0.35 * bend * (1 - std::cos(half_angle)), thickness};
    ball_radius = reach + 1.2 * thickness;
    bounds = {{-reach - t, -t, 0}, {reach + t, bend * (1 - std::cos(half_angle)) + t, 2 * t}};
  }

  double Distance(const Vec3& p) const override {
    const Vec3 q = p - Vec3(0, bend, thickness);
    // The nearest place on the arc by direction, held at its ends; no angles, which would cost most of the time here.
    const double r = Length(q.x(), q.y());
    Vec2 toward = q.head<2>() / std::max(1e-12, r);
    if (-toward.y() < end_cosine) toward = {std::copysign(end_sine, q.x()), -end_cosine};
    const Vec3 on_arc(bend * toward.x(), bend * toward.y(), 0);
    const double u = (1 + toward.y()) / (1 - end_cosine), taper = 1.05 * std::sqrt(1 - 0.8 * u * u) - 0.05;
    // Around the center of curvature directions turn quickly: full thickness there keeps the distance a safe step.
    const double share = std::clamp((r / bend - 0.1) / 0.65, 0.0, 1.0);
    // The taper's slope stretches distances near the tips.
    return 0.7 * ((q - on_arc).norm() - thickness * (1 - share * (1 - taper)));
  }
  double bend, half_angle, thickness, end_cosine, end_sine;
};

}  // namespace

std::unique_ptr<SynthShape> MakeBall(double radius) { return std::make_unique<Ball>(radius); }
std::unique_ptr<SynthShape> MakeBox(const Vec3& size, double round) { return std::make_unique<RoundBox>(size, round); }
std::unique_ptr<SynthShape> MakeRing(double radius, double thickness) {
  return std::make_unique<Ring>(radius, thickness);
}
std::unique_ptr<SynthShape> MakeLathe(std::vector<Vec2> profile, double round) {
  return std::make_unique<Lathe>(std::move(profile), round);
}
std::unique_ptr<SynthShape> MakeMug(double radius, double height, double wall) {
  return std::make_unique<Mug>(radius, height, wall);
}
std::unique_ptr<SynthShape> MakeBanana(double bend, double half_angle, double thickness) {
  return std::make_unique<Banana>(bend, half_angle, thickness);
}

}  // namespace sanerf::synth
