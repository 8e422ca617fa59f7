#include "sanerf/core/lens.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sanerf/core/random.h"

namespace sanerf {
namespace {

constexpr double kPixel = 1 / 4000.0;  // of a long lens: 4000 pixels to a normalized unit

struct NamedLens {
  const char* name;
  Lens lens;
  double widest;  // angle up to which it is tried
};

// Calibrations as they come: weak ones, strong ones, all terms at once.
std::vector<NamedLens> Lenses() {
  const auto lens = [](LensModel model, const std::array<double, 12>& terms) {
    return Lens(model, LensTerms::From(terms));
  };
  return {
      {"straight", Lens(), 1.4},
      {"radial", Lens::Radial(-0.21, 0.06), 0.8},
      {"opencv", Lens::Radial(0.12, -0.05, 0.003, -0.002), 0.7},
      {"six terms", lens(LensModel::kPerspective, {-0.3, 0.12, -0.03, 0.004, -2e-4, 1e-5, 1e-3, -2e-3}), 0.8},
      {"rational", lens(LensModel::kRational, {1.2, 0.7, 0.05, 1.5, 0.9, 0.12, 1e-3, -5e-4, 1e-3, 2e-4, -1e-3, 0}),
       1.0},
      {"division, barrel", lens(LensModel::kDivision, {-0.2}), 1.3},
      {"division, pincushion", lens(LensModel::kDivision, {0.1}), 0.9},
      {"field of view", lens(LensModel::kFieldOfView, {0.95}), 1.4},
      {"next to none", lens(LensModel::kFieldOfView, {1e-5}), 1.2},
      {"unified", lens(LensModel::kUnified, {0.6, 1.1}), 1.8},
      {"unified, narrow", lens(LensModel::kUnified, {0.3, 0.9}), 1.5},
      {"equidistant", lens(LensModel::kFisheye, {}), 3.1},
      {"fisheye", lens(LensModel::kFisheye, {-0.02, 0.004, -0.0012, 1e-4}), 1.6},
      {"thin prism", lens(LensModel::kFisheye, {-0.02, 0.004, -1e-3, 1e-4, 0, 0, 1e-3, -2e-3, 1e-3, 0, -2e-3, 0}), 1.5},
      {"aria",
       lens(LensModel::kFisheye624, {0.4, -0.4, 0.2, -0.06, 0.01, -8e-4, 5e-4, -3e-4, 1e-3, -2e-4, -1e-3, 1e-4}), 1.2},
      {"sphere", lens(LensModel::kEquirectangular, {}), 3.1}};
}

Vec3 Direction(double angle, double turn) {
  return {std::sin(angle) * std::cos(turn), std::sin(angle) * std::sin(turn), -std::cos(angle)};
}

TEST(Lens, ComesBackToAThousandthOfAPixel) {
  for (const auto& [name, lens, widest] : Lenses()) {
    SCOPED_TRACE(name);
    Random random(5);
    for (int i = 0; i < 2000; ++i) {
      const Vec3 direction = Direction(widest * random.NextDouble(), 2 * M_PI * random.NextDouble());
      const auto q = lens.Project(3.7 * direction);
      ASSERT_TRUE(q) << direction.transpose();
      const auto back = lens.Unproject(*q);
      ASSERT_TRUE(back) << direction.transpose();
      EXPECT_LT((back->normalized() - direction).norm(), 1e-8) << direction.transpose();
      EXPECT_LT((*lens.Project(*back) - *q).norm(), 1e-3 * kPixel);
      EXPECT_NEAR(lens.IsWide() ? back->norm() : -back->z(), 1, 1e-12);
    }
  }
}

// Neighboring pixels have neighboring rays: what the inverse says of its slope is what the model has.
TEST(Lens, TheInversesSlopeIsTheModels) {
  for (const auto& [name, lens, widest] : Lenses()) {
    SCOPED_TRACE(name);
    Random random(6);
    for (int i = 0; i < 50; ++i) {
      const Vec2 q =
          *lens.Project(Direction((0.05 + 0.9 * random.NextDouble()) * 0.9 * widest, 6 * random.NextDouble()));
      constexpr double kStep = 1e-5;
      for (const Vec2& step : {Vec2(kStep, 0), Vec2(0, kStep)}) {
        const auto plus = lens.Unproject(q + step), minus = lens.Unproject(q - step);
        ASSERT_TRUE(plus && minus);
        const Vec3 middle = *lens.Unproject(q), slope = (*plus - *minus) / (2 * kStep);
        const auto moved = lens.Project(middle + 1e-6 * slope);
        ASSERT_TRUE(moved);
        EXPECT_LT((*moved - q - 1e-6 / kStep * step).norm(), 2e-9 * (1 + slope.squaredNorm()));
      }
    }
  }
}

// Each model once more, as its authors write it, on the tangents x, y (y down).
TEST(Lens, FollowsTheDefinitions) {
  const double x = 0.31, y = -0.47, r2 = x * x + y * y, r = std::sqrt(r2), angle = std::atan(r);
  const Vec3 direction(x, -y, -1);
  const auto at = [&](LensModel model, const std::array<double, 12>& terms) {
    return *Lens(model, LensTerms::From(terms)).Project(direction);
  };
  const auto near = [](const Vec2& q, double u, double v) {
    EXPECT_NEAR(q.x(), u, 1e-12);
    EXPECT_NEAR(q.y(), v, 1e-12);
  };
  {
    SCOPED_TRACE("polynomial, with k3 as Metashape and nerfstudio have it");
    const double s = 1 + 0.1 * r2 - 0.2 * r2 * r2 + 0.3 * r2 * r2 * r2 + 0.05 * std::pow(r2, 4);
    near(at(LensModel::kPerspective, {0.1, -0.2, 0.3, 0.05}), s * x, s * y);
  }
  {
    SCOPED_TRACE("rational, tangential and thin prism");
    const double s =
        (1 + 0.1 * r2 + 0.2 * r2 * r2 + 0.3 * std::pow(r2, 3)) / (1 + 0.4 * r2 + 0.5 * r2 * r2 + 0.6 * std::pow(r2, 3));
    near(at(LensModel::kRational, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06}),
         s * x + 2 * 0.01 * x * y + 0.02 * (r2 + 2 * x * x) + 0.03 * r2 + 0.04 * r2 * r2,
         s * y + 0.01 * (r2 + 2 * y * y) + 2 * 0.02 * x * y + 0.05 * r2 + 0.06 * r2 * r2);
  }
  {
    SCOPED_TRACE("division: what it gives, divided by 1 + k r_d^2, is the tangent");
    const Vec2 q = at(LensModel::kDivision, {-0.3});
    near(q / (1 - 0.3 * q.squaredNorm()), x, y);
  }
  {
    SCOPED_TRACE("field of view");
    const double s = std::atan(2 * r * std::tan(0.4)) / (0.8 * r);
    near(at(LensModel::kFieldOfView, {0.8}), s * x, s * y);
  }
  {
    SCOPED_TRACE("unified");
    const double below = 0.6 * std::sqrt(1.2 * r2 + 1) + 0.4;
    near(at(LensModel::kUnified, {0.6, 1.2}), x / below, y / below);
  }
  const double u = angle * x / r, v = angle * y / r, a2 = angle * angle;
  {
    SCOPED_TRACE("OpenCV's fisheye");
    const double s = 1 + 0.1 * a2 + 0.2 * a2 * a2 + 0.3 * std::pow(a2, 3) + 0.4 * std::pow(a2, 4);
    near(at(LensModel::kFisheye, {0.1, 0.2, 0.3, 0.4}), s * u, s * v);
  }
  {
    SCOPED_TRACE("COLMAP's thin prism fisheye");
    near(at(LensModel::kFisheye, {0.1, 0, 0, 0, 0, 0, 0.01, 0.02, 0.03, 0, 0.04, 0}),
         u + 0.1 * a2 * u + 2 * 0.01 * u * v + 0.02 * (a2 + 2 * u * u) + 0.03 * a2,
         v + 0.1 * a2 * v + 2 * 0.02 * u * v + 0.01 * (a2 + 2 * v * v) + 0.04 * a2);
  }
  {
    SCOPED_TRACE("Aria's: tangential and thin prism of what the polynomial gives");
    const double s = 1 + 0.1 * a2 + 0.2 * std::pow(a2, 6), p = s * u, q = s * v, d2 = p * p + q * q;
    near(at(LensModel::kFisheye624, {0.1, 0, 0, 0, 0, 0.2, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06}),
         p + 2 * 0.01 * p * q + 0.02 * (d2 + 2 * p * p) + 0.03 * d2 + 0.04 * d2 * d2,
         q + 2 * 0.02 * p * q + 0.01 * (d2 + 2 * q * q) + 0.05 * d2 + 0.06 * d2 * d2);
  }
  {
    SCOPED_TRACE("the whole sphere: right of the axis by a quarter turn, straight up, behind");
    const Lens sphere(LensModel::kEquirectangular, LensTerms());
    near(*sphere.Project({1, 0, 0}), M_PI / 2, 0);
    near(*sphere.Project({0, 1, -1}), 0, -M_PI / 4);
    EXPECT_NEAR(std::abs(sphere.Project({0, 0, 1})->x()), M_PI, 1e-12);
    EXPECT_TRUE(sphere.Unproject({M_PI / 2, 0})->isApprox(Vec3(1, 0, 0), 1e-12));
  }
}

TEST(Lens, EndsWhereTheModelTurnsBack) {
  // theta (1 - theta^2 / 12) grows up to 2, where it is 4/3.
  const Lens fisheye(LensModel::kFisheye, {.k1 = -1.0 / 12});
  EXPECT_TRUE(fisheye.Project(Direction(1.99, 1)));
  EXPECT_FALSE(fisheye.Project(Direction(2.01, 1)));
  EXPECT_FALSE(fisheye.Project(Direction(3.1, 1)));  // the bare polynomial says 0.62, in the picture
  EXPECT_TRUE(fisheye.Unproject({0, 1.333}));
  EXPECT_FALSE(fisheye.Unproject({0, 1.334}));
  const Vec3 last = fisheye.UnprojectNearest({0, 5});
  EXPECT_NEAR(std::atan2(-last.y(), -last.z()), 2, 1e-3);
  EXPECT_FALSE(Lens(LensModel::kDivision, {.k1 = 1}).Project(Direction(std::atan(0.51), 0)));  // up to 1 / (2 sqrt k)
  EXPECT_TRUE(Lens(LensModel::kDivision, {.k1 = 1}).Project(Direction(std::atan(0.49), 0)));
  // A fraction whose lower part vanishes at r^2 = 2.
  EXPECT_FALSE(Lens(LensModel::kRational, {.k4 = -0.5}).Project(Direction(std::atan(1.5), 0)));
  for (const auto& [name, lens, widest] : Lenses()) EXPECT_TRUE(lens.UnprojectNearest({40, -7}).allFinite()) << name;
}

// (x, y) becomes (-y, x) when a picture is turned clockwise, whatever the lens.
TEST(Lens, TurnsWithThePicture) {
  for (const auto& [name, lens, widest] : Lenses()) {
    if (lens.model() == LensModel::kEquirectangular) continue;  // has no such picture
    const Vec3 seen = Direction(0.5 * widest, 0.7), turned(seen.y(), -seen.x(), seen.z());
    const Vec2 q = *lens.Project(seen);
    EXPECT_LT((*lens.TurnedClockwise().Project(turned) - Vec2(-q.y(), q.x())).norm(), 1e-12) << name;
  }
}

TEST(Lens, NamesAndStampsAreOfOneLensEach) {
  for (int i = 0; i < 8; ++i) EXPECT_EQ(int(*LensModelNamed(NameOf(LensModel(i)))), i);
  EXPECT_FALSE(LensModelNamed("bottle"));
  EXPECT_EQ(Lens::Radial(0.1, 0.2, 0.3, 0.4).TextBeyondFour(), "");
  EXPECT_NE(Lens(LensModel::kPerspective, {.k3 = 0.1}).TextBeyondFour(), "");
  EXPECT_NE(Lens(LensModel::kFisheye, {}).TextBeyondFour(), Lens(LensModel::kDivision, {}).TextBeyondFour());
}

}  // namespace
}  // namespace sanerf
