// An edit as the page sends it (docs/viewer.md, POST api/edit), done to the prompts.
#pragma once

#include <functional>
#include <optional>

#include "sanerf/core/json.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/prompt_edits.h"

namespace sanerf::viewer {

inline constexpr size_t kMostPrompts = 1000;  // of all objects together

// The point of the radiance field (file frame) that a pixel of any camera shows. Throws NotNow without a field,
// UsageError where there is nothing.
using PointAt = std::function<Vec3(const Camera& camera, const Vec2& px)>;
// What the camera of a request sees at its pixel; none for a request without one. Throws as DoEdit and point_at do.
std::optional<Vec3> SeenBy(const Json& request, const PointAt& point_at);

struct EditContext {
  const scene::Scene& scene;
  std::optional<Vec3> seen;  // SeenBy
};

struct EditDone {
  segmentation::ObjectId object{};  // 0 = none in particular
  segmentation::PromptId prompt{};
};

// Throws UsageError for what makes no sense, NotFound for an unknown object, prompt or view, NotNow when there is
// nothing to undo; the prompts are then as they were.
EditDone DoEdit(const Json& request, const EditContext& context, segmentation::PromptEdits* edits);

// CAMERA of docs/viewer.md. Throws UsageError for one that nothing could be seen with.
Camera CameraFromJson(const JsonCursor& json);
Json ToJson(const Camera& camera);

// What a request names. Throw NotFound.
const segmentation::EditedObject& ObjectOf(const segmentation::PromptEdits& edits, segmentation::ObjectId id);
const scene::View& ViewAt(const scene::Scene& scene, int64_t view_idx);

// A name that no object has: object-1, object-2, …
std::string FreeName(const segmentation::PromptEdits& edits);

}  // namespace sanerf::viewer
