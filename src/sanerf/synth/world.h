// The tabletop: objects, table, room and light, and what a ray meets there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sanerf/synth/shapes.h"
#include "sanerf/synth/textures.h"

namespace sanerf::synth {

struct SynthObject {
  int id = 0;
  std::string name;
  bool is_target = false;
  std::unique_ptr<SynthShape> shape;
  SynthTexture texture;
  double gloss = 0;  // strength of the highlight
  Vec3 position = Vec3::Zero();
  double yaw = 0;

  Vec3 ToLocal(const Vec3& p) const { return TurnBack(p - position); }
  Vec3 TurnBack(const Vec3& v) const { return {cos_ * v.x() + sin_ * v.y(), -sin_ * v.x() + cos_ * v.y(), v.z()}; }
  Vec3 Turn(const Vec3& v) const { return {cos_ * v.x() - sin_ * v.y(), sin_ * v.x() + cos_ * v.y(), v.z()}; }
  void Place(const Vec3& at, double angle);
  double Distance(const Vec3& p) const { return shape->Distance(ToLocal(p)); }
  const Vec3& ball_center() const { return ball_center_; }

 private:
  double cos_ = 1, sin_ = 0;
  Vec3 ball_center_ = Vec3::Zero();
};

struct SynthHit {
  double t = 1e30;  // ray parameter
  int id = 0;       // instance
  const SynthObject* object = nullptr;
  int part = -1;  // without object: 0 room, 1.. boxes of the table
  Vec3 normal = Vec3::UnitZ();
};

struct SynthLight {
  double lamp = 0;      // share of the lamp that is visible
  double openness = 1;  // share of the room's light that reaches the place
};

class SynthWorld {
 public:
  // turntable: the things stand on a plate that turns, a thing of its own with the table's id; the table below it
  // belongs to the room.
  explicit SynthWorld(int seed, bool turntable = false);

  static constexpr int kTableId = 1;
  const std::vector<SynthObject>& objects() const { return objects_; }
  // Turns plate and things about the z axis, away from where they were at first.
  void TurnTo(double angle);

  // What the ray from `origin` (inside the room) along `direction` (any length) meets first; there is always something.
  SynthHit Trace(const Vec3& origin, const Vec3& direction) const;
  // The same for a ray next to one that met `like` at p, when everything around is the same surface.
  SynthHit TraceSame(const SynthHit& like, const Vec3& p, const Vec3& origin, const Vec3& direction) const;
  // Whether the ray meets this one object at all, as if it stood alone.
  bool TraceAlone(const SynthObject& object, const Vec3& origin, const Vec3& direction) const;
  // What arrives at the hit: the slow part of shading, smooth over a surface.
  SynthLight Illuminate(const SynthHit& hit, const Vec3& p) const;
  // Linear light that leaves the hit at p towards a viewer along -direction.
  Vec3 Shade(const SynthHit& hit, const SynthLight& light, const Vec3& p, const Vec3& direction) const;

 private:
  void PlaceObjects(int seed);
  void PlacePlate(int seed);
  double SoftShadow(const Vec3& p, const Vec3& to_light, double distance, const SynthObject* self) const;
  double Openness(const Vec3& p, const Vec3& normal) const;

  std::vector<SynthObject> objects_;
  struct Home {
    Vec3 position;
    double yaw;
  };
  std::vector<Home> homes_;  // of the objects, before anything turns
  int table_id_ = kTableId;
  std::vector<Box> table_;  // top, then legs
  Box room_;
  SynthTexture wood_, floor_, walls_;
};

}  // namespace sanerf::synth
