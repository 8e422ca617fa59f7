#include "sanerf/core/lens.h"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace sanerf {
namespace {

constexpr double kTolerance = 1e-10;  // normalized coordinates: far below a thousandth of a pixel
constexpr int kMaxSteps = 60;
constexpr int kLimitSteps = 512;  // angles at which the slope is looked at
constexpr double kSmallOmega = 1e-4;

constexpr std::array<const char*, 8> kNames = {"perspective", "rational", "division",    "field_of_view",
                                               "unified",     "fisheye",  "fisheye_624", "equirectangular"};

bool IsFisheye(LensModel model) { return model == LensModel::kFisheye || model == LensModel::kFisheye624; }

// r_d = factor * r; slope is d(factor) / d(r^2).
struct RadialFactor {
  double factor, slope;
  double Growth(double s) const { return factor + 2 * s * slope; }  // d(r_d) / dr at r^2 = s
};

// sum of c[i] s^(i+1), and its derivative.
template <size_t N>
RadialFactor Polynomial(const std::array<double, N>& c, double s) {
  double value = 0, slope = 0;
  for (size_t i = N; i-- > 0;) {
    slope = slope * s + double(i + 1) * c[i];
    value = (value + c[i]) * s;
  }
  return {1 + value, slope};
}

RadialFactor RadialAt(LensModel model, const LensTerms& t, double s) {
  switch (model) {
    case LensModel::kRational: {
      const RadialFactor above = Polynomial(std::array{t.k1, t.k2, t.k3}, s);
      const RadialFactor below = Polynomial(std::array{t.k4, t.k5, t.k6}, s);
      if (!(below.factor > 0)) return {0, 0};  // a pole: nothing grows there
      const double factor = above.factor / below.factor;
      return {factor, (above.slope - factor * below.slope) / below.factor};
    }
    case LensModel::kDivision: {
      const double root = std::sqrt(std::max(0.0, 1 - 4 * t.k1 * s));
      if (!(root > 0)) return {0, 0};
      return {2 / (1 + root), 4 * t.k1 / (root * (1 + root) * (1 + root))};
    }
    case LensModel::kFieldOfView: {
      const double omega = t.k1;
      if (std::abs(omega) < kSmallOmega) return {1, 0};
      const double stretch = 2 * std::tan(0.5 * omega), z = stretch * stretch * s;  // z = (stretch r)^2
      // atan(sqrt(z)) / sqrt(z) and its derivative; their series where z is small.
      double value, slope;
      if (z < 1e-4) {
        value = 1 - z / 3 + z * z / 5, slope = -1.0 / 3 + 2 * z / 5;
      } else {
        value = std::atan(std::sqrt(z)) / std::sqrt(z), slope = 0.5 * (1 / (1 + z) - value) / z;
      }
      return {stretch / omega * value, stretch / omega * slope * stretch * stretch};
    }
    default:
      return Polynomial(std::array{t.k1, t.k2, t.k3, t.k4, t.k5, t.k6}, s);
  }
}

bool HasPrism(const LensTerms& t) { return t.p1 != 0 || t.p2 != 0 || t.s1 != 0 || t.s2 != 0 || t.s3 != 0 || t.s4 != 0; }

// What the tangential and thin-prism terms add to p, and its Jacobian.
Vec2 Prism(const LensTerms& t, const Vec2& p, Eigen::Matrix2d* jacobian) {
  const double x = p.x(), y = p.y(), s = p.squaredNorm();
  const double right = t.s1 + 2 * s * t.s2, down = t.s3 + 2 * s * t.s4;  // d/ds
  *jacobian << 2 * t.p1 * y + 6 * t.p2 * x + 2 * x * right, 2 * t.p1 * x + 2 * t.p2 * y + 2 * y * right,
      2 * t.p1 * x + 2 * t.p2 * y + 2 * x * down, 6 * t.p1 * y + 2 * t.p2 * x + 2 * y * down;
  return {2 * t.p1 * x * y + t.p2 * (s + 2 * x * x) + s * (t.s1 + s * t.s2),
          t.p1 * (s + 2 * y * y) + 2 * t.p2 * x * y + s * (t.s3 + s * t.s4)};
}

// All of the distortion, and its Jacobian d(distorted) / dp.
Vec2 Distort(LensModel model, const LensTerms& t, const Vec2& p, Eigen::Matrix2d* jacobian) {
  const RadialFactor radial = RadialAt(model, t, p.squaredNorm());
  const Eigen::Matrix2d of_radial =
      radial.factor * Eigen::Matrix2d::Identity() + 2 * radial.slope * (p * p.transpose());
  const Vec2 scaled = radial.factor * p;
  Eigen::Matrix2d of_prism;
  if (model == LensModel::kFisheye624) {
    const Vec2 added = Prism(t, scaled, &of_prism);
    *jacobian = (Eigen::Matrix2d::Identity() + of_prism) * of_radial;
    return scaled + added;
  }
  const Vec2 added = Prism(t, p, &of_prism);
  *jacobian = of_radial + of_prism;
  return scaled + added;
}

// Up to where r_d grows with r: the first place where it stops, at most `end`.
double LimitOf(LensModel model, const LensTerms& terms, double end) {
  const auto grows = [&](double r) { return RadialAt(model, terms, r * r).Growth(r * r) > 0; };
  const bool is_angle = IsFisheye(model);
  const double last = is_angle ? end : std::atan(end);
  double inside = 0;
  for (int i = 1; i <= kLimitSteps; ++i) {
    const double angle = last * i / kLimitSteps;
    const double r = i == kLimitSteps ? end : is_angle ? angle : std::tan(angle);
    if (grows(r)) {
      inside = r;
      continue;
    }
    double outside = r;
    for (int step = 0; step < 200 && outside > inside; ++step) {
      // Halves on the scale of their own size, as the end may lie at 1e-15.
      const double middle = inside > 0 ? 0.5 * (inside + outside) : step < 100 ? 1e-3 * outside : 0.5 * outside;
      if (middle <= inside || middle >= outside) break;
      (grows(middle) ? inside : outside) = middle;
    }
    return inside;
  }
  return end;
}

}  // namespace

LensTerms LensTerms::From(const std::array<double, 12>& v) {
  return {v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11]};
}

Lens::Lens(LensModel model, const LensTerms& terms)
    : model_(model), terms_(terms), is_straight_(model == LensModel::kPerspective && terms == LensTerms()) {
  if (model == LensModel::kUnified || model == LensModel::kEquirectangular || IsStraight()) return;
  limit_ = LimitOf(model, terms, IsFisheye(model) ? M_PI : kWidestTangent);
}

Lens Lens::Radial(double k1, double k2, double p1, double p2) {
  LensTerms terms;
  terms.k1 = k1, terms.k2 = k2, terms.p1 = p1, terms.p2 = p2;
  return Lens(LensModel::kPerspective, terms);
}

std::string Lens::TextBeyondFour() const {
  LensTerms rest = terms_;
  rest.k1 = rest.k2 = rest.p1 = rest.p2 = 0;
  if (model_ == LensModel::kPerspective && rest == LensTerms()) return "";
  std::string text = fmt::format(" {}", NameOf(model_));
  for (const double term : rest.Values()) text += fmt::format(" {:.9g}", term);
  return text;
}

std::optional<Vec2> Lens::Project(const Vec3& direction) const {
  const double along = -direction.z();
  if (is_straight_) {
    if (!(along > 1e-12)) return std::nullopt;
    return Vec2(direction.x() / along, -direction.y() / along);
  }
  const double length = direction.norm();
  if (!(length > 0)) return std::nullopt;
  if (model_ == LensModel::kEquirectangular) {
    return Vec2(std::atan2(direction.x(), along), -std::atan2(direction.y(), std::hypot(direction.x(), along)));
  }
  if (model_ == LensModel::kUnified) {
    const double alpha = terms_.k1, beta = terms_.k2;
    const double rho = std::sqrt(along * along + beta * direction.head<2>().squaredNorm());
    const double below = alpha * rho + (1 - alpha) * along;
    // Behind this cone the model shows nothing, or the same places once more.
    const double cone = alpha > 0.5 ? (1 - alpha) / alpha : alpha / (1 - alpha);
    if (!(below > 1e-12 * length) || !(along > -cone * rho)) return std::nullopt;
    return Vec2(direction.x() / below, -direction.y() / below);
  }
  Vec2 p(direction.x(), -direction.y());
  if (IsFisheye(model_)) {
    const double across = p.norm(), angle = std::atan2(across, along);
    if (angle > limit_ || (across == 0 && along < 0)) return std::nullopt;
    if (across > 0) p *= angle / across;
  } else {
    if (!(along > 1e-12)) return std::nullopt;
    p /= along;
    if (p.norm() > limit_) return std::nullopt;
  }
  Eigen::Matrix2d jacobian;
  return Distort(model_, terms_, p, &jacobian);
}

// r_d = factor(r^2) * r has one solution up to the limit: Newton, kept between bounds. The other terms, which are
// small, are undone by Newton with step halving from there.
std::optional<Vec2> Lens::Undistort(const Vec2& q) const {
  const double distorted = q.norm();
  if (!(distorted > 0)) {
    if (distorted != 0) return std::nullopt;
    if (!HasPrism(terms_)) return q;
  }
  double low = 0, high = limit_;
  const bool is_beyond = !(RadialAt(model_, terms_, high * high).factor * high >= distorted);
  double r = is_beyond ? limit_ : std::min(distorted, limit_);
  for (int i = 0; i < 4 * kMaxSteps && !is_beyond; ++i) {
    const RadialFactor radial = RadialAt(model_, terms_, r * r);
    const double residual = radial.factor * r - distorted;
    (residual > 0 ? high : low) = r;
    double next = r - residual / radial.Growth(r * r);
    if (!(next >= low && next <= high)) next = 0.5 * (low + high);
    const bool is_done = std::abs(next - r) <= 1e-15 * r;
    r = next;
    if (is_done) break;
  }
  Vec2 p = distorted > 0 ? Vec2(q * (r / distorted)) : q;
  if (!HasPrism(terms_)) return is_beyond ? std::nullopt : std::optional(p);

  Eigen::Matrix2d jacobian;
  Vec2 residual = Distort(model_, terms_, p, &jacobian) - q;
  for (int i = 0; i < kMaxSteps && residual.norm() > kTolerance; ++i) {
    const double determinant = jacobian.determinant();
    if (!std::isfinite(determinant) || std::abs(determinant) < 1e-12) break;
    Vec2 step = -(jacobian.inverse() * residual), next;
    Eigen::Matrix2d next_jacobian;
    bool is_better = false;
    for (int halvings = 0; halvings < 20 && !is_better; ++halvings, step *= 0.5) {
      next = p + step;
      const Vec2 next_residual = Distort(model_, terms_, next, &next_jacobian) - q;
      if (!(next_residual.norm() < residual.norm())) continue;
      is_better = true;
      residual = next_residual;
    }
    if (!is_better) break;
    p = next, jacobian = next_jacobian;
  }
  const bool is_inverse = residual.norm() <= 10 * kTolerance && p.norm() <= limit_ && jacobian.determinant() > 0;
  return is_inverse ? std::optional(p) : std::nullopt;
}

std::optional<Vec3> Lens::Unproject(const Vec2& q) const {
  if (is_straight_) return Vec3(q.x(), -q.y(), -1);
  if (model_ == LensModel::kEquirectangular) {
    constexpr double kRounding = 1e-9;
    if (!(std::abs(q.x()) <= M_PI + kRounding && std::abs(q.y()) <= M_PI / 2 + kRounding)) return std::nullopt;
    return Vec3(std::sin(q.x()) * std::cos(q.y()), -std::sin(q.y()), -std::cos(q.x()) * std::cos(q.y()));
  }
  if (model_ == LensModel::kUnified) {
    const double alpha = terms_.k1, beta = terms_.k2, s = beta * q.squaredNorm();
    const double inside = 1 - (2 * alpha - 1) * s;
    if (!(inside >= 0)) return std::nullopt;
    const double below = alpha * std::sqrt(inside) + 1 - alpha;
    if (!(below > 0)) return std::nullopt;
    return Vec3(q.x(), -q.y(), -(1 - alpha * alpha * s) / below).normalized();
  }
  const std::optional<Vec2> p = Undistort(q);
  if (!p) return std::nullopt;
  if (!IsFisheye(model_)) return Vec3(p->x(), -p->y(), -1);
  const double angle = p->norm(), across = angle > 0 ? std::sin(angle) / angle : 1;
  return Vec3(across * p->x(), -across * p->y(), -std::cos(angle));
}

Vec3 Lens::UnprojectNearest(const Vec2& q) const {
  if (const auto direction = Unproject(q)) return *direction;
  if (!q.allFinite()) return {0, 0, -1};
  if (model_ == LensModel::kEquirectangular) {
    const double longitude = std::remainder(q.x(), 2 * M_PI), latitude = std::clamp(q.y(), -M_PI / 2, M_PI / 2);
    return *Unproject({longitude, latitude});
  }
  // The last place on the way from the axis that has a direction.
  double inside = 0, outside = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (inside + outside);
    (Unproject(middle * q) ? inside : outside) = middle;
  }
  return Unproject(inside * q).value_or(Vec3(0, 0, -1));
}

// Both kinds of terms are vectors on the picture: r^2 (p2, p1) + 2 p (p . (p2, p1)), r^2 (s1, s3) + r^4 (s2, s4). What
// was above is now to the right: (x, y) becomes (-y, x).
Lens Lens::TurnedClockwise() const {
  LensTerms turned = terms_;
  turned.p2 = -terms_.p1, turned.p1 = terms_.p2;
  turned.s1 = -terms_.s3, turned.s3 = terms_.s1;
  turned.s2 = -terms_.s4, turned.s4 = terms_.s2;
  return Lens(model_, turned);
}

const char* NameOf(LensModel model) { return kNames[size_t(model)]; }

std::optional<LensModel> LensModelNamed(const std::string& name) {
  const auto at = std::find(kNames.begin(), kNames.end(), name);
  return at == kNames.end() ? std::nullopt : std::optional(LensModel(at - kNames.begin()));
}

}  // namespace sanerf
