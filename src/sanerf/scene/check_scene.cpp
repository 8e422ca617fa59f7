#include "sanerf/scene/check_scene.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"

namespace fs = std::filesystem;

namespace sanerf::scene {

namespace {

// The Earth measures 1.3e10 millimeters. Squares and cubes of such numbers are still far from the end of a double.
constexpr double kFarthestPlace = 1e12;
// Lenses with straight lines end at 67 degrees off the axis (9 mm on full frame), renderers' cameras a little further.
constexpr double kWidest = Lens::kWidestTangent * (1 + 1e-9);
// A 2000 mm lens before a sensor of a third of an inch sees 0.003.
constexpr double kNarrowestView = 1e-3;  // diagonal of the picture at distance 1
// Anamorphic lenses squeeze by 2; what is beyond this is a digit too many in one of the two focal lengths.
constexpr double kLargestSqueeze = 5;
constexpr double kOrthonormalTolerance = 1e-6;  // readers make rotations exactly orthonormal
constexpr double kSamePlace = 1e-9;             // of the distance to the origin, or of a unit: rounding of stored poses
constexpr double kInvertedTolerance = 0.1;      // pixels
constexpr int kLensSteps = 8;                   // the lens is tried on a grid of 9 x 9 places
constexpr int kShareSteps = 64;                 // what it does not see is counted on a grid of 64 x 64
constexpr std::array<const char*, 12> kTermNames = {"k1", "k2", "k3", "k4", "k5", "k6",
                                                    "p1", "p2", "s1", "s2", "s3", "s4"};
constexpr double kOnOneLine = 0.05;   // spread beside a line, of that along it
constexpr double kLooksAlong = 0.94;  // cosine of 20 degrees
constexpr double kCoarse = 1e-3;      // of the cameras' spread
constexpr double kStray = 64;         // of the usual distance; the largest extent that a model gets

[[noreturn]] void Fail(const SceneListing& listing, const View& view, const std::string& why, const std::string& hint) {
  throw Error(fmt::format("{}: {}", listing.root.string(), view.name), why, hint);
}

std::string NumPhotos(size_t count) { return Counted(int64_t(count), "photo"); }

// ---- one photo, one camera

bool SameLens(const Camera& a, const Camera& b) {
  const auto values = [](const Camera& c) { return std::tuple(c.width, c.height, c.fx, c.fy, c.cx, c.cy); };
  return values(a) == values(b) && a.lens == b.lens;
}

bool SamePose(const Pose& a, const Pose& b) { return a.rotation == b.rotation && a.translation == b.translation; }

// What two entries of one photo disagree about, null when they say the same.
const char* Disagreement(const View& a, const View& b, bool has_split) {
  if (!SamePose(a.camera.world_from_cam, b.camera.world_from_cam)) return "with two poses";
  if (!SameLens(a.camera, b.camera)) return "with two focal lengths, principal points or distortions";
  if (a.time != b.time) return "at two times";
  return has_split && a.is_test != b.is_test ? "to train and to test" : nullptr;
}

void TakeEachPhotoOnce(SceneListing& listing) {
  std::map<fs::path, size_t> first;
  std::vector<ListedView> once;
  std::vector<std::string> again;
  for (ListedView& listed : listing.views) {
    std::error_code unresolved;
    fs::path file = fs::canonical(listed.view.image_path, unresolved);  // a link is no photo of its own
    const auto [known, is_new] = first.emplace(unresolved ? listed.view.image_path : file, once.size());
    if (is_new) {
      once.push_back(std::move(listed));
    } else if (const char* how = Disagreement(once[known->second].view, listed.view, listing.has_split)) {
      Fail(listing, listed.view, fmt::format("the photo is listed twice, {}", how),
           fmt::format("remove one of the two entries from {}", listing.source));
    } else {
      again.push_back(listed.view.name);
    }
  }
  listing.views = std::move(once);
  if (!again.empty()) {
    listing.warnings.push_back(
        fmt::format("{} listed more than once and taken once: {}", NumPhotos(again.size()), ListOfNames(again)));
  }
}

// ---- the lens

// How far off the axis: tangents; of wide lenses angles in radians.
Vec2 OffAxis(const Camera& camera, double across, double down) {
  const Vec3 ray = camera.RayInCam({across * camera.width, down * camera.height});
  const Vec2 off(ray.x(), -ray.y());
  if (!camera.lens.IsWide() || !(off.norm() > 0)) return off;
  return off * (std::atan2(off.norm(), -ray.z()) / off.norm());
}

// Why no lens takes such pictures, "" for one that may.
std::string WhyNoView(const Camera& camera, double margin) {
  double widest = 0;
  for (const double x : {margin, 1 - margin}) {
    for (const double y : {margin, 1 - margin}) {
      const double off = OffAxis(camera, x, y).norm();
      widest = std::isfinite(off) ? std::max(widest, off) : INFINITY;
    }
  }
  if (!(widest <= kWidest)) {
    return fmt::format("it would see {:.4g} degrees off its axis, which no lens does", std::atan(widest) * 180 / M_PI);
  }
  const double seen = (OffAxis(camera, 1 - margin, 1 - margin) - OffAxis(camera, margin, margin)).norm();
  if (!(seen >= (1 - 2 * margin) * kNarrowestView)) {
    return fmt::format("all of its picture would lie within {:.3g} degrees, less than any lens sees",
                       2 * std::atan(0.5 * seen) * 180 / M_PI);
  }
  return "";
}

std::string LensOf(const Camera& camera) {
  std::string text = fmt::format("focal length {:.6g}, {:.6g} and principal point {:.6g}, {:.6g}", camera.fx, camera.fy,
                                 camera.cx, camera.cy);
  if (!camera.lens.IsStraight()) text += fmt::format(", {} lens", NameOf(camera.lens.model()));
  const std::array<double, 12> terms = camera.lens.terms().Values();
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i] != 0) text += fmt::format(", {} {:.4g}", kTermNames[i], terms[i]);
  }
  return text + fmt::format(" for a picture of {}x{}", camera.width, camera.height);
}

// The picture of the whole sphere meets itself at its sides, and its first and last row are one place each.
bool IsSamePlace(const Camera& camera, const Vec2& a, const Vec2& b) {
  if ((a - b).norm() <= kInvertedTolerance) return true;
  return camera.lens.model() == LensModel::kEquirectangular &&
         (camera.RayInCam(a) - camera.RayInCam(b)).norm() <= kInvertedTolerance / camera.fx;
}

enum class Undistorts { kEverywhere, kInTheMiddle, kNot };

Undistorts HowItUndistorts(Camera camera) {
  if (camera.lens.IsStraight()) return Undistorts::kEverywhere;
  camera.world_from_cam = Pose();
  Undistorts how = Undistorts::kEverywhere;
  for (int i = 0; i <= kLensSteps; ++i) {
    for (int j = 0; j <= kLensSteps; ++j) {
      const Vec2 px(double(i) / kLensSteps * camera.width, double(j) / kLensSteps * camera.height);
      const std::optional<Vec3> ray = camera.RayIfSeen(px);
      const std::optional<Vec2> again = ray ? camera.Project(*ray) : std::nullopt;
      if (again && IsSamePlace(camera, *again, px)) continue;
      const bool in_the_middle = std::max(std::abs(2 * i - kLensSteps), std::abs(2 * j - kLensSteps)) <= kLensSteps / 2;
      if (in_the_middle) return Undistorts::kNot;
      how = Undistorts::kInTheMiddle;
    }
  }
  return how;
}

// Of a picture, in percent.
double ShareWithoutRay(const Camera& camera) {
  int without = 0;
  for (int i = 0; i < kShareSteps; ++i) {
    for (int j = 0; j < kShareSteps; ++j) {
      without += !camera.HasRay({(i + 0.5) / kShareSteps * camera.width, (j + 0.5) / kShareSteps * camera.height});
    }
  }
  return 100.0 * without / (kShareSteps * kShareSteps);
}

// Why the intrinsics cannot be those of a camera, "" when they can.
std::string WhyNoLens(const Camera& camera, Undistorts* how) {
  const auto terms = camera.lens.terms().Values();
  const bool has_terms = std::all_of(terms.begin(), terms.end(), [](double term) { return std::isfinite(term); });
  for (const double value : {camera.fx, camera.fy, camera.cx, camera.cy}) {
    if (!std::isfinite(value) || !has_terms) return "one of these is not a finite number";
  }
  if (!(camera.fx > 0 && camera.fy > 0)) return "a focal length is positive";
  const double squeeze = std::max(camera.fx / camera.fy, camera.fy / camera.fx);
  if (!(squeeze <= kLargestSqueeze)) return fmt::format("its pixels would be {:.3g} times longer than wide", squeeze);

  Camera straight = camera;
  straight.lens = Lens();
  std::string why = WhyNoView(straight, 0);
  if (!why.empty() || camera.lens.IsStraight()) return why;
  *how = HowItUndistorts(camera);
  if (*how == Undistorts::kNot) return "the distortion cannot be undone in the middle of the picture";
  return WhyNoView(camera, *how == Undistorts::kEverywhere ? 0 : 0.25);
}

// ---- pose and bounds

std::string TextOf(const Vec3& p) { return fmt::format("({:.6g}, {:.6g}, {:.6g})", p.x(), p.y(), p.z()); }

void CheckPose(const SceneListing& listing, const View& view) {
  const Mat3& rotation = view.camera.world_from_cam.rotation;
  const double deviation =
      rotation.allFinite() ? (rotation.transpose() * rotation - Mat3::Identity()).cwiseAbs().maxCoeff() : INFINITY;
  if (!(deviation <= kOrthonormalTolerance) || !(rotation.determinant() > 0)) {
    Fail(listing, view,
         fmt::format("its pose is not a rotation (its axes differ from orthonormal by {:.3g})", deviation),
         "re-export the poses");
  }
  if (!IsPlace(view.camera.center())) {
    Fail(listing, view, fmt::format("its camera stands at {}, where no scene is", TextOf(view.camera.center())),
         "correct its pose, or leave the photo out");
  }
}

// False for bounds that say nothing.
bool CheckBounds(const SceneListing& listing, const View& view, const DepthBounds& bounds) {
  const bool unknown = bounds.near == 0 && bounds.far == 0;
  if (!unknown && !(bounds.near < bounds.far && bounds.far > 0 && bounds.far <= kFarthestPlace)) {
    Fail(
        listing, view,
        fmt::format("what it sees would begin at depth {:.6g} (near) and end at {:.6g} (far)", bounds.near, bounds.far),
        "near is less than far, both in the units of the poses; without bounds they are estimated");
  }
  return bounds.near > 0;
}

void WarnOfScaledPoses(SceneListing& listing) {
  std::vector<std::string> scaled;
  double smallest = INFINITY, largest = 0;
  for (const ListedView& listed : listing.views) {
    if (listed.pose_scale == 1) continue;
    scaled.push_back(listed.view.name);
    smallest = std::min(smallest, listed.pose_scale), largest = std::max(largest, listed.pose_scale);
  }
  if (scaled.empty()) return;
  const std::string range = fmt::format("{:.4g}", smallest), to = fmt::format("{:.4g}", largest);
  listing.warnings.push_back(fmt::format("the poses of {} have a scale, {}, which is taken out of their rotations: {}",
                                         NumPhotos(scaled.size()), range == to ? range : range + " to " + to,
                                         ListOfNames(scaled)));
}

void WarnOfOnePlace(SceneListing& listing) {
  const Vec3 first = listing.views[0].view.camera.center();
  double spread = 0;
  for (const ListedView& listed : listing.views) {
    spread = std::max(spread, (listed.view.camera.center() - first).norm());
  }
  if (listing.views.size() > 1 && spread < kSamePlace * std::max(1.0, first.norm())) {
    listing.warnings.push_back("all cameras stand at the same place; depth cannot be recovered, check the poses");
  }
}

// A step forward moves the picture's middle by nothing, whatever stands there.
void WarnOfForwardMotion(SceneListing& listing) {
  const size_t n = listing.views.size();
  if (n < 3) return;
  Vec3 middle = Vec3::Zero();
  for (const ListedView& listed : listing.views) middle += listed.view.camera.center() / double(n);
  Mat3 scatter = Mat3::Zero();
  for (const ListedView& listed : listing.views) {
    const Vec3 offset = listed.view.camera.center() - middle;
    scatter += offset * offset.transpose() / double(n);
  }
  const Eigen::SelfAdjointEigenSolver<Mat3> solver(scatter);
  const Vec3 spread = solver.eigenvalues().cwiseMax(0).cwiseSqrt(), along = solver.eigenvectors().col(2);
  if (!(spread[2] > kSamePlace * std::max(1.0, middle.norm())) || spread[1] > kOnOneLine * spread[2]) return;
  for (const ListedView& listed : listing.views)
    if (std::abs(listed.view.camera.world_from_cam.rotation.col(2).dot(along)) < kLooksAlong) return;
  listing.warnings.push_back(
      "all cameras stand on one line and look along it; depth in the middle of their pictures cannot be recovered, "
      "take some photos from beside that line");
}

// instant-ngp's box stands around the origin of its file; poses may be those of a place on the Earth.
void DropBoxElsewhere(SceneListing& listing) {
  if (!listing.content) return;
  const Box& box = *listing.content;
  const Vec3 middle = 0.5 * (box.min + box.max);
  size_t num_around = 0;
  for (const ListedView& listed : listing.views) {
    const Camera& camera = listed.view.camera;
    const Vec3 center = camera.center();
    const bool is_inside = (center - box.min).minCoeff() >= 0 && (box.max - center).minCoeff() >= 0;
    const std::optional<Vec2> px = is_inside ? std::nullopt : camera.Project(middle);
    num_around += is_inside || (px && camera.Contains(*px));
  }
  if (2 * num_around >= listing.views.size()) return;
  listing.content.reset();
  listing.warnings.push_back(fmt::format(
      "the box of the scene (aabb_scale, scale and offset, or room_bbox, in {}) is not where the cameras look, "
      "and is not used",
      listing.source));
}

// Of numbers around 5,000,000 single precision keeps halves.
void WarnOfCoarsePlaces(SceneListing& listing) {
  const Vec3 first = listing.views[0].view.camera.center();
  double spread = 0, farthest = 0;
  for (const ListedView& listed : listing.views) {
    const Vec3 center = listed.view.camera.center();
    if (center.cast<float>().cast<double>() != center) return;
    spread = std::max(spread, (center - first).norm());
    farthest = std::max(farthest, center.cwiseAbs().maxCoeff());
  }
  const double step = farthest * std::numeric_limits<float>::epsilon();
  if (step < kCoarse * spread || !(spread > 0)) return;
  listing.warnings.push_back(fmt::format(
      "the cameras' places are stored in single precision, which at {:.3g} from the origin knows them to {:.2g} "
      "only; subtract an offset before they are written, or write them in double precision",
      farthest, step));
}

}  // namespace

bool IsPlace(const Vec3& p) { return p.allFinite() && p.cwiseAbs().maxCoeff() <= kFarthestPlace; }

void CheckListing(SceneListing& listing) {
  TakeEachPhotoOnce(listing);
  std::vector<std::string> folded, unbounded;
  double most_folded = 0;
  const Camera* last = nullptr;  // most scenes have one lens
  Undistorts how = Undistorts::kEverywhere;
  for (ListedView& listed : listing.views) {
    const View& view = listed.view;
    if (!IsUtf8(view.name))
      Fail(listing, view, "its name is not UTF-8, and what a run records of a photo goes by its name",
           fmt::format("rename it, and what lists it ({})", listing.source));
    CheckPose(listing, view);
    if (!last || !SameLens(*last, view.camera)) {
      how = Undistorts::kEverywhere;
      if (const std::string why = WhyNoLens(view.camera, &how); !why.empty()) {
        Fail(listing, view, fmt::format("no camera has {}: {}", LensOf(view.camera), why),
             "correct the intrinsics, which are in pixels of the picture that they were computed from");
      }
      if (how == Undistorts::kInTheMiddle) most_folded = std::max(most_folded, ShareWithoutRay(view.camera));
      last = &view.camera;
    }
    if (how == Undistorts::kInTheMiddle) folded.push_back(view.name);
    if (listed.bounds && !CheckBounds(listing, view, *listed.bounds)) {
      listed.bounds.reset();
      unbounded.push_back(view.name);
    }
  }
  if (listing.content && !(IsPlace(listing.content->min) && IsPlace(listing.content->max))) {
    throw Error(listing.root.string(),
                fmt::format("the box of the scene reaches from {} to {}, where no scene is",
                            TextOf(listing.content->min), TextOf(listing.content->max)),
                fmt::format("correct aabb_scale, scale and offset, or room_bbox, in {}", listing.source));
  }
  DropBoxElsewhere(listing);
  if (!folded.empty()) {
    listing.warnings.push_back(fmt::format(
        "the lens distortion of {} cannot be undone at the picture's edge: up to {:.2g} % of the pixels "
        "have no ray and take no part; check k1, k2, … unless that is the dark around a fisheye's circle: {}",
        NumPhotos(folded.size()), most_folded, ListOfNames(folded)));
  }
  if (!unbounded.empty()) {
    listing.warnings.push_back(
        fmt::format("the depth bounds of {} do not begin in front of the camera and are not used: {}",
                    NumPhotos(unbounded.size()), ListOfNames(unbounded)));
  }
  WarnOfScaledPoses(listing);
  WarnOfOnePlace(listing);
  WarnOfForwardMotion(listing);
  WarnOfCoarsePlaces(listing);
}

std::string FewPhotos(const Scene& scene) {
  const size_t num_train = scene.TrainViews().size(), num_test = scene.TestViews().size();
  if (num_train > 2) return "";
  std::string text = num_train == 1 ? "there is one photo to train on, which shows no depth"
                                    : "there are two photos to train on, which show little depth";
  text += "; a radiance field shows what lies between ten photos or more";
  if (num_test == 0) return text;
  return text + fmt::format(" ({} held out: --test-every 0 holds none out, unless the scene itself does)",
                            Counted(int64_t(num_test), "photo is", "photos are"));
}

void WarnOfStrayCameras(Scene& scene) {
  std::vector<double> distances;
  for (const View& view : scene.views) distances.push_back((scene.model_from_file * view.camera.center()).norm());
  std::vector<double> sorted = distances;
  std::sort(sorted.begin(), sorted.end());
  const double usual = sorted[sorted.size() / 2];
  std::vector<std::string> stray;
  for (size_t i = 0; i < distances.size(); ++i) {
    if (distances[i] > kStray * usual) stray.push_back(scene.views[i].name);
  }
  if (stray.empty() || !(usual > 0)) return;
  scene.warnings.push_back(fmt::format(
      "{} taken from more than {} times as far as the others, where the model hardly reaches; check the {}: {}",
      Counted(int64_t(stray.size()), "photo was", "photos were"), kStray, IsAre(int64_t(stray.size()), "pose", "poses"),
      ListOfNames(stray)));
}

}  // namespace sanerf::scene
