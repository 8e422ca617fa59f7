#include "sanerf/synth/world.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sanerf/core/random.h"

namespace sanerf::synth {
namespace {

constexpr double kRoomHalf = 2.9, kFloor = -0.85, kCeiling = 2.7;
constexpr double kTableHalfX = 1.15, kTableHalfY = 0.95, kTableThickness = 0.06;
constexpr double kHitDistance = 5e-5;
// The plate of a turntable: its top is where the table's is without one.
constexpr double kPlateRadius = 0.9, kPlateHeight = 0.03, kPlateRound = 0.004;

const Vec3 kLight(1.5, -1.2, 2.3);   // middle of a round lamp
constexpr double kLampSlope = 0.11;  // its radius over its distance: the width of soft shadows
const Vec3 kLampColor(2.75, 2.6, 2.35);

// Of a ray through a box.
struct Crossing {
  double entry = -1e30, exit = 1e30;
  int axis = 2;  // across which it enters
};
// None when it misses.
std::optional<Crossing> Cross(const Box& box, const Vec3& origin, const Vec3& inverse_direction) {
  Crossing crossing;
  for (int k = 0; k < 3; ++k) {
    double a = (box.min[k] - origin[k]) * inverse_direction[k], b = (box.max[k] - origin[k]) * inverse_direction[k];
    if (a > b) std::swap(a, b);
    if (a > crossing.entry) crossing.entry = a, crossing.axis = k;
    crossing.exit = std::min(crossing.exit, b);
  }
  return crossing.entry < crossing.exit ? std::optional(crossing) : std::nullopt;
}

// Sphere tracing inside the object's ball, up to `limit`; negative when it is missed.
double March(const SynthObject& object, const Vec3& origin, const Vec3& unit, double limit) {
  const Vec3 v = origin - object.ball_center();
  const double b = v.dot(unit), c = v.squaredNorm() - object.shape->ball_radius * object.shape->ball_radius;
  const double discriminant = b * b - c;
  if (discriminant <= 0) return -1;
  const double half = std::sqrt(discriminant), ball_end = std::min(-b + half, limit);
  const Vec3 o = object.ToLocal(origin), d = object.TurnBack(unit);
  const std::optional<Crossing> bounds = Cross(object.shape->bounds, o, d.cwiseInverse());
  if (!bounds) return -1;
  double t = std::max({0.0, -b - half, bounds->entry});
  const double end = std::min(ball_end, bounds->exit);
  for (int step = 0; step < 160 && t < end; ++step) {
    const double distance = object.shape->Distance(o + t * d);
    if (distance < kHitDistance) return t;
    t += distance;
  }
  return -1;
}

Vec3 Gradient(const SynthShape& shape, const Vec3& p) {
  constexpr double h = 4e-4;
  static const Vec3 kCorners[4] = {{1, -1, -1}, {-1, -1, 1}, {-1, 1, -1}, {1, 1, 1}};
  Vec3 sum = Vec3::Zero();
  for (const Vec3& corner : kCorners) sum += corner * shape.Distance(p + h * corner);
  return sum.normalized();
}

// Share of the lamp that a solid leaves visible when it comes within `h` of the middle ray after `t`.
double LampShare(double ratio) {
  const double r = std::clamp(ratio, -1.0, 1.0);
  return 0.25 * (1 + r) * (1 + r) * (2 - r);
}

double BoxDistance(const Box& box, const Vec3& p) {
  const Vec3 q = (p - 0.5 * (box.min + box.max)).cwiseAbs() - 0.5 * (box.max - box.min);
  return q.cwiseMax(0.0).norm() + std::min(q.maxCoeff(), 0.0);
}

// Steps along the middle ray in [t0, t1] and keeps the smallest distance relative to the lamp's cone there.
template <class D>
double NarrowestRatio(const D& distance_at, double t0, double t1) {
  double ratio = 1;
  double t = t0;
  for (int step = 0; step < 40 && t < t1; ++step) {
    const double h = distance_at(t);
    ratio = std::min(ratio, h / (kLampSlope * t));
    if (ratio < -1) break;
    t += std::clamp(std::abs(h), 0.006, 0.12);
  }
  return ratio;
}

}  // namespace

void SynthObject::Place(const Vec3& at, double angle) {
  position = at;
  yaw = angle;
  cos_ = std::cos(angle), sin_ = std::sin(angle);
  ball_center_ = position + Turn(shape->ball_center);
}

SynthWorld::SynthWorld(int seed, bool turntable)
    : room_{{-kRoomHalf, -kRoomHalf, kFloor}, {kRoomHalf, kRoomHalf, kCeiling}} {
  const double top = turntable ? -kPlateHeight : 0, bottom = top - kTableThickness;
  table_.push_back({{-kTableHalfX, -kTableHalfY, bottom}, {kTableHalfX, kTableHalfY, top}});
  for (const double x : {-1.0, 1.0}) {
    for (const double y : {-1.0, 1.0}) {
      const Vec3 foot(x * (kTableHalfX - 0.12), y * (kTableHalfY - 0.12), kFloor);
      table_.push_back({foot - Vec3(0.05, 0.05, 0), {foot.x() + 0.05, foot.y() + 0.05, bottom}});
    }
  }
  wood_ = WoodPlanks(uint32_t(seed));
  floor_ = FloorBoards(uint32_t(seed) + 100);
  walls_ = RoomWalls(kRoomHalf, kFloor, uint32_t(seed) + 200);
  PlaceObjects(seed);
  if (turntable) PlacePlate(seed);
  for (const SynthObject& object : objects_) homes_.push_back({object.position, object.yaw});
}

void SynthWorld::PlacePlate(int seed) {
  constexpr double r = kPlateRound;
  SynthObject plate;
  plate.id = kTableId;
  plate.name = "plate";
  plate.shape =
      MakeLathe({{0, r}, {kPlateRadius - r, r}, {kPlateRadius - r, kPlateHeight - r}, {0, kPlateHeight - r}}, r);
  plate.texture = PrintedMarks(uint32_t(seed) + 400);
  plate.gloss = 0.03;
  plate.Place({0, 0, -kPlateHeight}, 0);
  objects_.push_back(std::move(plate));
  table_id_ = 0;
}

void SynthWorld::TurnTo(double angle) {
  const Eigen::AngleAxisd turn(angle, Vec3::UnitZ());
  for (size_t i = 0; i < objects_.size(); ++i) objects_[i].Place(turn * homes_[i].position, homes_[i].yaw + angle);
}

// Fixed places that occlude each other from low viewpoints, moved a little by the seed; the whole layout is turned.
void SynthWorld::PlaceObjects(int seed) {
  Random random(uint64_t(seed), 0x7ab1e);
  const double turn = 2 * M_PI * random.NextDouble();
  const auto add = [&](const char* name, bool target, std::unique_ptr<SynthShape> shape, SynthTexture texture,
                       double gloss, const Vec2& at, double yaw) {
    SynthObject object;
    object.id = kTableId + 1 + int(objects_.size());
    object.name = name;
    object.is_target = target;
    object.shape = std::move(shape);
    object.texture = std::move(texture);
    object.gloss = gloss;
    const Vec2 jitter(0.06 * (random.NextDouble() - 0.5), 0.06 * (random.NextDouble() - 0.5));
    const Vec2 place = Eigen::Rotation2Dd(turn) * (at + jitter);
    object.Place({place.x(), place.y(), 0}, yaw + turn + 0.5 * (random.NextDouble() - 0.5));
    objects_.push_back(std::move(object));
  };
  const Vec3 carton(0.34, 0.13, 0.46);
  add("cereal_box", true, MakeBox(carton, 0.008), PrintedCarton(carton, uint32_t(seed)), 0.04, {-0.36, 0.36}, 0.5);
  add("ball", true, MakeBall(0.2), BallStripes(0.2, FromSrgb(198, 58, 48), FromSrgb(242, 224, 190)), 0.16, {0.42, 0.30},
      0.0);
  const Glaze glaze{.outside = FromSrgb(48, 96, 152),
                    .inside = FromSrgb(226, 222, 208),
                    .inner_radius = 0.119,
                    .band = FromSrgb(228, 226, 214),
                    .band_low = 0.2,
                    .band_high = 0.225};
  add("mug", true, MakeMug(0.145, 0.29, 0.026), CeramicGlaze(glaze), 0.18, {-0.40, -0.34}, 3.6);
  const std::vector<Vec2> bottle = {{0, 0.01},     {0.075, 0.01}, {0.085, 0.02},  {0.085, 0.29},
                                    {0.07, 0.335}, {0.026, 0.40}, {0.026, 0.475}, {0, 0.475}};
  add("bottle", false, MakeLathe(bottle, 0.01), LabeledBottle(0.30, 0.43), 0.22, {0.06, 0.55}, 0.0);
  add("banana", false, MakeBanana(0.26, 0.95, 0.052), BananaPeel(0.26, 0.95), 0.06, {0.10, -0.12}, 0.6);
  add("donut", false, MakeRing(0.12, 0.06), Icing(0.12, 0.06, uint32_t(seed) + 300), 0.12, {0.52, -0.40}, 0.0);
}

SynthHit SynthWorld::Trace(const Vec3& origin, const Vec3& direction) const {
  const double length = direction.norm();
  const Vec3 unit = direction / length, inverse = unit.cwiseInverse();
  SynthHit hit;

  // The room is left where the ray first crosses a wall.
  int axis = 2;
  for (int k = 0; k < 3; ++k) {
    const double t = ((unit[k] > 0 ? room_.max[k] : room_.min[k]) - origin[k]) * inverse[k];
    if (t < hit.t) hit.t = t, axis = k;
  }
  hit.part = 0;
  hit.normal = Vec3::Zero();
  hit.normal[axis] = unit[axis] > 0 ? -1 : 1;

  for (size_t i = 0; i < table_.size(); ++i) {
    const std::optional<Crossing> board = Cross(table_[i], origin, inverse);
    if (!board || board->entry < 0 || board->entry >= hit.t) continue;
    hit.t = board->entry, hit.id = table_id_, hit.part = 1 + int(i);
    hit.normal = Vec3::Zero();
    hit.normal[board->axis] = unit[board->axis] > 0 ? -1 : 1;
  }
  for (const SynthObject& object : objects_) {
    const double t = March(object, origin, unit, hit.t);
    if (t >= 0) hit.t = t, hit.id = object.id, hit.object = &object;
  }
  if (hit.object)
    hit.normal = hit.object->Turn(Gradient(*hit.object->shape, hit.object->ToLocal(origin + hit.t * unit)));
  hit.t /= length;
  return hit;
}

SynthHit SynthWorld::TraceSame(const SynthHit& like, const Vec3& p, const Vec3& origin, const Vec3& direction) const {
  SynthHit hit = like;
  if (!like.object) {  // the same plane
    hit.t = like.normal.dot(p - origin) / like.normal.dot(direction);
    return hit;
  }
  const double length = direction.norm();
  const Vec3 unit = direction / length;
  const double t = March(*like.object, origin, unit, 1e30);
  if (t < 0) return Trace(origin, direction);
  hit.normal = like.object->Turn(Gradient(*like.object->shape, like.object->ToLocal(origin + t * unit)));
  hit.t = t / length;
  return hit;
}

bool SynthWorld::TraceAlone(const SynthObject& object, const Vec3& origin, const Vec3& direction) const {
  return March(object, origin, direction.normalized(), 1e30) >= 0;
}

double SynthWorld::SoftShadow(const Vec3& p, const Vec3& to_light, double distance, const SynthObject* self) const {
  double visible = 1;
  for (const SynthObject& object : objects_) {
    // Only where the cone towards the lamp comes near the object's ball.
    const Vec3 v = object.ball_center() - p;
    const double along = v.dot(to_light), radius = object.shape->ball_radius;
    if (along < -radius) continue;
    const double reach = radius + kLampSlope * (std::max(along, 0.0) + radius);
    if (v.squaredNorm() - along * along > reach * reach) continue;
    const double t0 = std::max(&object == self ? 0.02 : 0.004, along - reach), t1 = std::min(distance, along + reach);
    const Vec3 o = object.ToLocal(p), d = object.TurnBack(to_light);
    visible *= LampShare(NarrowestRatio([&](double t) { return object.shape->Distance(o + t * d); }, t0, t1));
  }
  const double below = table_[0].min.z();
  if (p.z() < below) {  // below the table its top is in the way
    const auto at = [&](double t) { return BoxDistance(table_[0], p + t * to_light); };
    visible *= LampShare(NarrowestRatio(at, 0.03, std::min(distance, (0.05 - p.z()) / to_light.z())));
  }
  return visible;
}

// Ambient occlusion: how much closer solids are to points along the normal than an open surface would leave them.
double SynthWorld::Openness(const Vec3& p, const Vec3& normal) const {
  static constexpr double kReach[4] = {0.02, 0.06, 0.13, 0.26};
  static constexpr double kWeight[4] = {0.28, 0.26, 0.24, 0.22};
  const SynthObject* close[16];
  int num_close = 0;
  for (const SynthObject& object : objects_) {
    const double reach = object.shape->ball_radius + 2 * kReach[3];
    if ((p - object.ball_center()).squaredNorm() < reach * reach && num_close < 16) close[num_close++] = &object;
  }
  double open = 0.25;  // light that bounces into every crease
  for (int k = 0; k < 4; ++k) {
    const Vec3 q = p + kReach[k] * normal;
    double nearest = kReach[k];
    for (int i = 0; i < num_close; ++i) nearest = std::min(nearest, close[i]->Distance(q));
    if (q.z() > -0.5 && q.z() < kReach[k]) nearest = std::min(nearest, BoxDistance(table_[0], q));
    const double to_walls = std::min({kRoomHalf - q.cwiseAbs().head<2>().maxCoeff(), q.z() - kFloor, kCeiling - q.z()});
    nearest = std::min(nearest, to_walls);
    open += 0.75 * kWeight[k] * std::clamp(nearest / kReach[k], 0.0, 1.0);
  }
  return open;
}

SynthLight SynthWorld::Illuminate(const SynthHit& hit, const Vec3& p) const {
  SynthLight light;
  const Vec3 lifted = p + 1e-4 * hit.normal, v = kLight - p;
  const double distance = v.norm();
  if (hit.normal.dot(v) > 0) light.lamp = SoftShadow(lifted, v / distance, distance, hit.object);
  const bool under_table = p.z() < table_[0].min.z() && std::abs(p.x()) < kTableHalfX && std::abs(p.y()) < kTableHalfY;
  light.openness = Openness(lifted, hit.normal) * (under_table ? 0.55 : 1);
  return light;
}

Vec3 SynthWorld::Shade(const SynthHit& hit, const SynthLight& light, const Vec3& p, const Vec3& direction) const {
  const Vec3& n = hit.normal;
  Vec3 albedo;
  double gloss = 0;
  if (hit.object) {
    albedo = hit.object->texture(hit.object->ToLocal(p), hit.object->TurnBack(n));
    gloss = hit.object->gloss;
  } else if (hit.part > 0) {
    albedo = wood_(p, n);
    gloss = 0.03;
  } else {
    albedo = n.z() > 0.5 ? floor_(p, n) : walls_(p, n);
  }

  // The lamp falls off gently, as a large one does within a room this small.
  const Vec3 v = kLight - p;
  const double falloff = 7 / (3 + v.squaredNorm()), lamp = light.lamp * falloff;
  const Vec3 to_light = v.normalized();
  // Room light: bright from above, tinted by table and floor from below.
  const Vec3 above(0.47, 0.50, 0.55), below(0.31, 0.26, 0.21);
  const Vec3 arriving = kLampColor * (0.46 * lamp * std::max(0.0, n.dot(to_light))) +
                        (below + (above - below) * (0.5 + 0.5 * n.z())) * light.openness;
  Vec3 color = albedo.cwiseProduct(arriving);
  if (gloss > 0 && lamp > 0) {
    const double mirror = std::max(0.0, n.dot((to_light - direction.normalized()).normalized()));
    if (mirror > 0.85) color += kLampColor * (gloss * lamp * std::pow(mirror, 48.0));
  }
  return color;
}

}  // namespace sanerf::synth
