#include "sanerf/synth/textures.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::synth {
namespace {

Vec3 Mix(const Vec3& a, const Vec3& b, double t) { return a + (b - a) * t; }

double LatticeValue(int x, int y, int z, uint32_t seed) {
  const uint64_t key = (uint64_t(uint32_t(x)) * 0x8da6b343u) ^ (uint64_t(uint32_t(y)) * 0xd8163841u << 8) ^
                       (uint64_t(uint32_t(z)) * 0xcb1ab31fu << 16) ^ (uint64_t(seed) << 40);
  return double(MixBits(key) >> 11) * 0x1p-52 - 1;
}

double CellValue(int x, int y, uint32_t seed) { return 0.5 + 0.5 * LatticeValue(x, y, 0, seed); }

// Smooth value noise in [-1, 1], one octave; features of size 1.
double SmoothNoise(const Vec3& p, uint32_t seed) {
  const int x = int(std::floor(p.x())), y = int(std::floor(p.y())), z = int(std::floor(p.z()));
  const auto fade = [](double t) { return t * t * (3 - 2 * t); };
  const double u = fade(p.x() - x), v = fade(p.y() - y), w = fade(p.z() - z);
  double planes[2];
  for (int k = 0; k < 2; ++k) {
    const double a = LatticeValue(x, y, z + k, seed), b = LatticeValue(x + 1, y, z + k, seed);
    const double c = LatticeValue(x, y + 1, z + k, seed), d = LatticeValue(x + 1, y + 1, z + k, seed);
    planes[k] = (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v;
  }
  return planes[0] + (planes[1] - planes[0]) * w;
}

// 0 below, 1 above, soft over the width given.
double SoftStep(double edge, double width, double x) {
  const double t = std::clamp((x - edge) / width + 0.5, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// 1 inside the interval [low, high], soft at both ends.
double Band(double low, double high, double width, double x) {
  return SoftStep(low, width, x) * (1 - SoftStep(high, width, x));
}

// A flat rectangle with soft edges.
double Rectangle(const Vec2& p, const Vec2& center, const Vec2& half, double width = 0.003) {
  const Vec2 d = (p - center).cwiseAbs() - half;
  return 1 - SoftStep(0, width, std::max(d.x(), d.y()));
}

double Disk(const Vec2& p, const Vec2& center, const Vec2& radii, double width = 0.03) {
  return 1 - SoftStep(1, width, (p - center).cwiseQuotient(radii).norm());
}

}  // namespace

Vec3 FromSrgb(double r, double g, double b) {
  const auto linear = [](double v) {
    return v <= 0.04045 * 255 ? v / 255 / 12.92 : std::pow((v / 255 + 0.055) / 1.055, 2.4);
  };
  return {linear(r), linear(g), linear(b)};
}

SynthTexture CeramicGlaze(const Glaze& glaze) {
  return [glaze](const Vec3& p, const Vec3&) {
    const double r = p.head<2>().norm();
    if (r < glaze.inner_radius + 0.003) return glaze.inside;
    const double band = r < 1.25 * glaze.inner_radius ? Band(glaze.band_low, glaze.band_high, 0.006, p.z()) : 0;
    const double speckle = 1 + 0.06 * SmoothNoise(p * 45, 11);
    return Vec3(Mix(glaze.outside * speckle, glaze.band, 0.85 * band));
  };
}

SynthTexture BallStripes(double radius, const Vec3& color, const Vec3& stripe) {
  return [=](const Vec3& p, const Vec3&) {
    const Vec3 q = (p - Vec3(0, 0, radius)) / radius;
    const double latitude = q.dot(Vec3(0.34, 0.22, 0.914));
    const double wide = Band(-0.16, 0.16, 0.03, latitude);
    const double thin = Band(0.42, 0.50, 0.03, latitude) + Band(-0.50, -0.42, 0.03, latitude);
    return Vec3(Mix(color * (1 + 0.05 * SmoothNoise(q * 9, 3)), stripe, std::min(1.0, 0.9 * wide + 0.7 * thin)));
  };
}

// Front and back carry a picture and lines of print, the narrow sides a table, the top a bar.
SynthTexture PrintedCarton(const Vec3& size, uint32_t seed) {
  const Vec3 base = FromSrgb(46, 122, 92), dark = FromSrgb(28, 84, 66), cream = FromSrgb(238, 226, 190);
  const Vec3 orange = FromSrgb(232, 142, 58);
  return [=](const Vec3& p, const Vec3& n) {
    const double h = size.z();
    Vec3 color = Mix(base, dark, 0.35 * SoftStep(0.5, 0.9, 1 - p.z() / h));
    const bool front = std::abs(n.y()) > std::max(std::abs(n.x()), std::abs(n.z()));
    const bool side = !front && std::abs(n.x()) > std::abs(n.z());
    if (front) {
      const Vec2 q(p.x() / size.x() * (n.y() > 0 ? -1 : 1), p.z() / h);  // [-0.5, 0.5] x [0, 1]
      color = Mix(color, cream, Disk(q, {0, 0.68}, {0.36, 0.17}));
      color = Mix(color, orange, Disk(q, {-0.04, 0.69}, {0.2, 0.1}));
      color = Mix(color, dark, 0.9 * Disk(q, {0.14, 0.64}, {0.09, 0.06}));
      for (int line = 0; line < 4; ++line) {
        const double length = 0.2 + 0.14 * CellValue(line, n.y() > 0, seed);
        color = Mix(color, cream, 0.75 * Rectangle(q, {-0.36 + length, 0.4 - 0.075 * line}, {length, 0.014}, 0.012));
      }
    } else if (side) {
      const Vec2 q(p.y() / size.y(), p.z() / h);
      color = Mix(color, cream, 0.55 * Rectangle(q, {0, 0.36}, {0.3, 0.22}, 0.02));
      for (int line = 0; line < 5; ++line)
        color = Mix(color, dark, 0.6 * Rectangle(q, {0, 0.2 + 0.08 * line}, {0.24, 0.012}, 0.012));
    } else {
      color = Mix(color, cream, 0.6 * Rectangle({p.x() / size.x(), p.y() / size.y()}, {0, 0}, {0.32, 0.12}, 0.02));
    }
    return color;
  };
}

SynthTexture BananaPeel(double bend, double half_angle) {
  const Vec3 yellow = FromSrgb(238, 196, 52), ripe = FromSrgb(205, 158, 40), brown = FromSrgb(84, 58, 30);
  return [=](const Vec3& p, const Vec3&) {
    const double u = std::atan2(p.x(), bend - p.y()) / half_angle;
    Vec3 color = Mix(yellow, ripe, 0.35 + 0.35 * SmoothNoise(p * 12, 21));
    const double speck = SoftStep(0.62, 0.2, SmoothNoise(p.cwiseProduct(Vec3(40, 40, 40)), 22));
    color = Mix(color, brown, 0.35 * speck);
    return Vec3(Mix(color, brown, SoftStep(0.93, 0.06, std::abs(u))));
  };
}

SynthTexture LabeledBottle(double shoulder, double cap) {
  const Vec3 glass = FromSrgb(112, 58, 26), label = FromSrgb(232, 220, 196), red = FromSrgb(176, 44, 40),
             lid = FromSrgb(196, 168, 84);
  return [=](const Vec3& p, const Vec3&) {
    if (p.z() > cap) return lid;
    const double angle = std::atan2(p.y(), p.x());
    const double t = p.z() / shoulder;
    Vec3 color = glass * (1 + 0.1 * SmoothNoise(p * 18, 31));
    const double on_label = Band(0.24, 0.86, 0.02, t);
    Vec3 print = label;
    print = Mix(print, red, Band(0.26, 0.36, 0.02, t) + Band(0.76, 0.84, 0.02, t));
    print = Mix(print, red, 0.85 * Disk({std::remainder(angle, M_PI), t}, {0, 0.57}, {0.45, 0.11}));
    return Vec3(Mix(color, print, on_label));
  };
}

SynthTexture Icing(double radius, double thickness, uint32_t seed) {
  const Vec3 dough = FromSrgb(206, 150, 88), icing = FromSrgb(226, 132, 160);
  const Vec3 sprinkles[4] = {FromSrgb(250, 236, 200), FromSrgb(120, 176, 214), FromSrgb(248, 206, 90),
                             FromSrgb(160, 70, 110)};
  return [=](const Vec3& p, const Vec3&) {
    const double angle = std::atan2(p.y(), p.x());
    const double rim = thickness * (0.92 + 0.16 * std::sin(5 * angle) + 0.1 * std::sin(9 * angle + 1));
    const double iced = SoftStep(rim, 0.012, p.z());
    Vec3 top = icing * (1 + 0.06 * SmoothNoise(p * 30, 41));
    // Sprinkles: one jittered dot in most cells of a polar grid.
    const double along = (angle + M_PI) * radius / 0.042, across = (p.head<2>().norm() - radius) / 0.042 + 40;
    const int i = int(std::floor(along)), j = int(std::floor(across));
    if (CellValue(i, j, seed) > 0.35) {
      const Vec2 jitter(0.5 + 0.4 * (CellValue(i, j, seed + 1) - 0.5), 0.5 + 0.4 * (CellValue(i, j, seed + 2) - 0.5));
      const double turn = M_PI * CellValue(i, j, seed + 3);
      const Vec2 d = Eigen::Rotation2Dd(turn) * (Vec2(along - i, across - j) - jitter);
      top = Mix(top, sprinkles[int(3.99 * CellValue(i, j, seed + 4))], Disk(d, {0, 0}, {0.3, 0.12}, 0.5));
    }
    return Vec3(Mix(dough * (1 + 0.1 * SmoothNoise(p * 25, 42)), top, iced));
  };
}

SynthTexture WoodPlanks(uint32_t seed) {
  const Vec3 light = FromSrgb(186, 140, 94), dark = FromSrgb(132, 90, 54);
  return [=](const Vec3& p, const Vec3&) {
    const double width = 0.24;
    const int plank = int(std::floor(p.y() / width));
    const double tone = CellValue(plank, 7, seed), shift = 13 * CellValue(plank, 8, seed);
    // Grain: rings stretched along the plank, bent by slow noise.
    const Vec3 slow(p.x() * 1.6 + shift, p.y() * 7 + shift, p.z() * 7);
    const double bend = SmoothNoise(slow, seed);
    const double rings = 0.5 + 0.5 * std::sin(58 * (p.y() + 0.05 * bend) + 9 * bend + 6 * shift);
    const double fiber = SmoothNoise({p.x() * 9, p.y() * 110, p.z() * 110}, seed + 1);
    Vec3 color = Mix(light, dark, std::clamp(0.18 + 0.3 * tone + 0.3 * rings * rings + 0.12 * fiber, 0.0, 1.0));
    const double to_gap = std::abs(p.y() / width - std::round(p.y() / width)) * width;
    return Vec3(color * (0.62 + 0.38 * SoftStep(0.003, 0.006, to_gap)));
  };
}

SynthTexture PrintedMarks(uint32_t seed) {
  const Vec3 paper = FromSrgb(226, 222, 212), ink = FromSrgb(52, 54, 66);
  return [=](const Vec3& p, const Vec3&) {
    const double side = 0.11;
    const int i = int(std::floor(p.x() / side)), j = int(std::floor(p.y() / side));
    return Vec3(Mix(paper, ink, CellValue(i, j, seed)));
  };
}

SynthTexture FloorBoards(uint32_t seed) {
  const Vec3 light = FromSrgb(150, 146, 140), dark = FromSrgb(118, 114, 112), rug = FromSrgb(96, 112, 140),
             rim = FromSrgb(196, 186, 168);
  return [=](const Vec3& p, const Vec3&) {
    const double r = p.head<2>().norm();
    const double tile = 0.5;
    const int i = int(std::floor(p.x() / tile)), j = int(std::floor(p.y() / tile));
    Vec3 color = Mix(light, dark, 0.6 * CellValue(i, j, seed) + 0.2 * SmoothNoise(p * 5, seed + 5) + 0.2);
    const double gap_x = std::abs(p.x() / tile - std::round(p.x() / tile)),
                 gap_y = std::abs(p.y() / tile - std::round(p.y() / tile));
    color *= 0.75 + 0.25 * SoftStep(0.02, 0.03, std::min(gap_x, gap_y));
    // A round rug under the table.
    const double weave = 1 + 0.1 * SmoothNoise(p * 22, seed + 6) + 0.08 * std::sin(26 * r);
    color = Mix(color, rug * weave, 1 - SoftStep(1.75, 0.02, r));
    return Vec3(Mix(color, rim, Band(1.6, 1.68, 0.02, r)));
  };
}

// Two-tone walls with a rail between, wide panels, and a picture on each wall so that no two look alike.
SynthTexture RoomWalls(double half_width, double floor, uint32_t seed) {
  const Vec3 upper = FromSrgb(206, 200, 186), lower = FromSrgb(142, 158, 152), rail = FromSrgb(232, 228, 218),
             frame = FromSrgb(88, 66, 48);
  const Vec3 art[4] = {FromSrgb(196, 112, 72), FromSrgb(74, 110, 150), FromSrgb(108, 138, 84), FromSrgb(168, 128, 160)};
  return [=](const Vec3& p, const Vec3& n) {
    if (n.z() < -0.5) return FromSrgb(226, 224, 218);  // ceiling
    const bool x_wall = std::abs(n.x()) > 0.5;
    const int wall = x_wall ? (n.x() > 0 ? 0 : 1) : (n.y() > 0 ? 2 : 3);
    const double u = x_wall ? p.y() : p.x(), z = p.z() - floor;
    const double panel = std::abs(std::remainder(u + 0.3 * wall, 0.75));
    Vec3 color = Mix(lower, upper, SoftStep(0.95, 0.01, z)) * (1 + 0.05 * SmoothNoise(p * 2.2, seed + 9));
    color *= 1 - 0.16 * Band(0.30, 0.33, 0.02, panel) * (z < 0.9 ? 1 : 0.5);
    color = Mix(color, rail, Band(0.92, 1.0, 0.01, z) + Band(-0.1, 0.12, 0.01, z));
    const Vec2 q(u, z), middle(0.35 * half_width * (CellValue(wall, 1, seed) - 0.5), 1.65);
    const Vec2 half(0.55 + 0.25 * CellValue(wall, 2, seed), 0.4);
    color = Mix(color, frame, Rectangle(q, middle, half + Vec2(0.05, 0.05), 0.01));
    Vec3 picture = Mix(art[wall], rail, 0.5 * SoftStep(middle.y() + 0.15 * std::sin(3 * u + wall), 0.3, z));
    picture = Mix(picture, rail, 0.7 * Disk(q, middle + Vec2(0.2, 0.14), {0.13, 0.13}, 0.1));
    return Vec3(Mix(color, picture, Rectangle(q, middle, half, 0.01)));
  };
}

}  // namespace sanerf::synth
