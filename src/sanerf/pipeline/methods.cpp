#include "sanerf/pipeline/methods.h"

#include <fmt/format.h>

#include "sanerf/baselines/object_field/object_field_segmenter.h"
#include "sanerf/baselines/sam_per_view/sam_per_view.h"
#include "sanerf/core/error.h"

namespace sanerf {
namespace {

std::unique_ptr<Segmenter> MakeObjectField(const MethodInput& input, ObjectFieldSegmenter::Part part) {
  std::vector<FittedObject> objects;
  for (const StoredObject& object : input.objects)
    objects.push_back({object.checkpoint(), object.field_id, object.label});
  return std::make_unique<ObjectFieldSegmenter>(input.scene, input.nerf, std::move(objects), part);
}

// Held-out views have a cache of their own: what is trained on must not come near them.
std::unique_ptr<Segmenter> MakeSamPerView(const MethodInput& input) {
  std::unique_ptr<Sam> sam = Sam::Load(input.settings.encode.model);
  Prompts prompts;
  for (const StoredObject& object : input.objects) prompts.objects.push_back(object.prompt);
  std::vector<int> views = PromptedViews(prompts, input.scene);
  views.insert(views.end(), input.views.begin(), input.views.end());
  const std::filesystem::path folder = input.run.test_features();
  EncodeOptions encode = input.settings.encode;
  encode.container = "cache";  // also beside a distilled field: this row is SAM itself
  EncodeViews(folder, input.scene, input.nerf, *sam, views, encode);
  return std::make_unique<SamPerView>(input.scene, FeatureCache::Open(folder, input.scene, input.nerf), std::move(sam),
                                      input.nerf.model_from_file(), input.settings.masks);
}

}  // namespace

const std::vector<Method>& Methods() {
  static const std::vector<Method> methods = {
      {kOwnMethod, "the object field, fused from the masks of all training views",
       [](const MethodInput& input) { return MakeObjectField(input, ObjectFieldSegmenter::Part::kField); }},
      {"vote", "the vote of those masks alone, which the field starts from",
       [](const MethodInput& input) { return MakeObjectField(input, ObjectFieldSegmenter::Part::kVote); }},
      {"sam", "SAM alone, prompted in every held-out view", MakeSamPerView},
  };
  return methods;
}

const Method& FindMethod(const std::string& name) {
  std::vector<std::string> names;
  for (const Method& method : Methods()) {
    if (method.name == name) return method;
    names.push_back(method.name);
  }
  const std::string hint = DidYouMean(name, names);
  throw UsageError("unknown method '" + name + "'", "",
                   hint.empty() ? fmt::format("there are: {}", fmt::join(names, ", ")) : hint);
}

}  // namespace sanerf
