// How a lens bends rays: directions in the camera's frame to normalized image coordinates (x right, y down; times the
// focal length, plus the principal point, they are pixels) and back.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "sanerf/core/geometry.h"

namespace sanerf {

// What the terms mean. r is the distance from the axis on the plane that the model distorts: tan(angle) for the first
// four, the angle itself for fisheyes.
enum class LensModel {
  kPerspective,      // r (1 + k1 r^2 + … + k6 r^12); tangential p1 p2, thin prism s1…s4 as OpenCV has them
  kRational,         // r (1 + k1 r^2 + k2 r^4 + k3 r^6) / (1 + k4 r^2 + k5 r^4 + k6 r^6); p and s as above
  kDivision,         // Fitzgibbon 2001: r = r_d / (1 + k1 r_d^2)
  kFieldOfView,      // Devernay and Faugeras 2001: r_d = atan(2 r tan(k1 / 2)) / k1
  kUnified,          // Khomutenko et al. 2016: alpha is k1, beta is k2
  kFisheye,          // equidistant, distorted by the same polynomial in the angle; p and s beside it
  kFisheye624,       // Aria's: the polynomial in the angle first, p and s on what it gives
  kEquirectangular,  // the whole sphere: longitude and latitude in radians; no terms
};

struct LensTerms {
  double k1 = 0, k2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0;
  double p1 = 0, p2 = 0;
  double s1 = 0, s2 = 0, s3 = 0, s4 = 0;  // s1 r^2 + s2 r^4 to the right, s3 r^2 + s4 r^4 down

  bool operator==(const LensTerms&) const = default;
  std::array<double, 12> Values() const { return {k1, k2, k3, k4, k5, k6, p1, p2, s1, s2, s3, s4}; }
  static LensTerms From(const std::array<double, 12>& values);  // in the order of Values()
};

class Lens {
 public:
  // Of 85 degrees, where all lenses end that are not wide: with straight lines a picture has next to nothing beyond.
  static constexpr double kWidestTangent = 11.430052302761343;

  Lens() = default;  // straight lines stay straight
  // Looks for the end of what the lens sees: beyond it the model folds far things back into the picture.
  Lens(LensModel model, const LensTerms& terms);
  // OpenCV's four.
  static Lens Radial(double k1, double k2 = 0, double p1 = 0, double p2 = 0);

  LensModel model() const { return model_; }
  const LensTerms& terms() const { return terms_; }
  bool operator==(const Lens& other) const { return model_ == other.model_ && terms_ == other.terms_; }

  bool IsStraight() const { return is_straight_; }
  // Sees 90 degrees off its axis and beyond: depth is the distance from the camera, not that along its axis.
  bool IsWide() const { return model_ >= LensModel::kUnified; }

  // What k1, k2, p1, p2 of a lens with straight lines otherwise do not say, for stamps: "" when they say all.
  std::string TextBeyondFour() const;

  // Where a direction (OpenGL axes, any length) falls; none where the lens does not see.
  std::optional<Vec2> Project(const Vec3& direction) const;
  // The direction that falls on `q`: with z = -1, of wide lenses with length 1. None where no direction does.
  std::optional<Vec3> Unproject(const Vec2& q) const;
  // The same, and the outermost direction on that side where no direction falls on `q`.
  Vec3 UnprojectNearest(const Vec2& q) const;

  // Of the same lens in a picture that was turned by 90 degrees clockwise.
  Lens TurnedClockwise() const;

 private:
  std::optional<Vec2> Undistort(const Vec2& q) const;

  LensModel model_ = LensModel::kPerspective;
  LensTerms terms_;
  bool is_straight_ = true;
  double limit_ = kWidestTangent;  // r at which it ends; of fisheyes an angle
};

const char* NameOf(LensModel model);                               // "perspective", "fisheye", …
std::optional<LensModel> LensModelNamed(const std::string& name);  // none for an unknown one

}  // namespace sanerf
