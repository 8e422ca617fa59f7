// What the desk asks of the room around it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/session.h"
#include "sanerf/viewer/desk/known_objects.h"

namespace sanerf::viewer {

// Objects that a search has found.
struct FoundObjects {
  mask_decoder::Prompts prompts;
  ObjectMaskList masks = {};  // by object; null or missing: nothing is known
  bool is_decoded = false;    // the masks are those of all views; else of a few, to see which things are there already
};

// The functions are called from the desk's thread, but for point_at and find.
struct DeskRoom {
  std::shared_ptr<const scene::Scene> scene;
  pipeline::Settings settings;
  std::filesystem::path run;  // for its journal, once there is a run
  std::function<Vec3(const Camera& camera, const Vec2& px)> point_at;
  std::function<FoundObjects(const Json& request, const Job& job)> find;
  // Into the run. retired: objects that were there and are no more. Null, and where it is false: not kept.
  std::function<bool(const segmentation::SessionSnapshot& fitted, const std::filesystem::path& log,
                     const std::vector<std::string>& retired, const Job& job)>
      store;
  std::function<bool()> is_drawing;  // somebody waits for a picture; null: nobody ever does
  // Held while the first answer is made: what goes on beside it steps back. Null: nothing does.
  std::function<std::shared_ptr<void>()> hurry;
};

}  // namespace sanerf::viewer
