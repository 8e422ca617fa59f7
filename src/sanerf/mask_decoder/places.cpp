#include "sanerf/mask_decoder/places.h"

#include <fmt/format.h>

#include <set>

#include "sanerf/core/error.h"

namespace sanerf::mask_decoder {

using scene::View;

namespace {

[[noreturn]] void FailOutside(const std::string& place, const Camera& photo) {
  throw UsageError(place + " is outside the image",
                   fmt::format("the image has {}x{} pixels", photo.width, photo.height),
                   fmt::format("x goes from 0 to {}, y from 0 to {}", photo.width - 1, photo.height - 1));
}

}  // namespace

std::string Describe(const ClickPrompt& click, const View& view) {
  return fmt::format("point ({:g},{:g}) in view {}", click.xy.x(), click.xy.y(), view.name);
}

std::string Describe(const BoxPrompt& box, const View& view) {
  return fmt::format("box ({:g},{:g},{:g},{:g}) in view {}", box.x0, box.y0, box.x1, box.y1, view.name);
}

void CheckInside(const ClickPrompt& click, const View& view) {
  if (!view.camera.Contains(PhotoPixel(click.xy))) FailOutside(Describe(click, view), view.camera);
}

void CheckInside(const BoxPrompt& box, const View& view) {
  if (!(box.x0 < box.x1 && box.y0 < box.y1))
    throw UsageError(Describe(box, view) + " is empty", "", "a box goes from left to right and down: x0,y0,x1,y1");
  const sam::SamPrompt::Box inside = WorkingBox(box, view.camera, view.camera);
  if (!(inside.x0 < inside.x1 && inside.y0 < inside.y1)) FailOutside(Describe(box, view), view.camera);
}

void CheckPlaces(const ObjectPrompt& object, const scene::Scene& scene) {
  for (const PointPrompt& point : object.points)
    if (!point.p.allFinite())
      throw UsageError(fmt::format("point ({:g},{:g},{:g}) is nowhere", point.p.x(), point.p.y(), point.p.z()));
  for (const ClickPrompt& click : object.clicks) CheckInside(click, scene.views[scene.FindView(click.view)]);
  for (const BoxPrompt& box : object.boxes) CheckInside(box, scene.views[scene.FindView(box.view)]);
}

std::vector<int> PromptedViews(const Prompts& prompts, const scene::Scene& scene) {
  std::set<int> views;
  for (const ObjectPrompt& object : prompts.objects) {
    for (const ClickPrompt& click : object.clicks) views.insert(scene.FindView(click.view));
    for (const BoxPrompt& box : object.boxes) views.insert(scene.FindView(box.view));
  }
  return {views.begin(), views.end()};
}

}  // namespace sanerf::mask_decoder
