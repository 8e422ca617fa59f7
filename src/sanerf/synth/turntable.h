// Photos of things on a turntable: the camera stands still in the room, and its pose is told in the frame of the plate,
// as structure from motion finds it that matches what turns.
#pragma once

#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/synth/options.h"

namespace sanerf::synth {

struct TurntableShot {
  Camera in_room;    // the same for all photos of a stand, bit for bit
  double angle = 0;  // that the plate has turned by, radians

  Camera OnPlate() const;  // the camera in the plate's frame, that of the scene
};

// Evenly around, each stand's camera with every so many photos; held-out ones between those to train on.
std::vector<TurntableShot> TurntableShots(int count, bool is_test, const SynthOptions& options);
// From a camera in the plate's frame.
TurntableShot ShotOf(const Camera& on_plate);

}  // namespace sanerf::synth
