// Every option of every stage, and where its value came from. Later sources win:
// built-in < preset < run folder < --config FILE < --set stage.key=value < named flags.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/baselines/sa3d/sa3d_options.h"
#include "sanerf/baselines/contrastive_lift/contrastive_options.h"
#include "sanerf/baselines/isrf/isrf_options.h"
#include "sanerf/baselines/panoptic_lifting/panoptic_options.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/feature_container/field_options.h"
#include "sanerf/mask_aggregator/mask_aggregator.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/nerf/options.h"
#include "sanerf/pipeline/auto_options.h"
#include "sanerf/pipeline/text_options.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/synth.h"

namespace sanerf {

struct SegmentOptions {
  int max_views = 0;
  bool same_candidate = true;
  int looks = 1;
  bool sharp_outlines = true;
  bool from_vote = true;
  int further_iters = 40;
  float further_rate = 0.3f;

  template <class V>
  void Visit(V&& v) {
    v("max_views", max_views, "training views to segment, evenly chosen, clicked ones first (0 = all)");
    v("same_candidate", same_candidate,
      "before the first look: when the views agree better on one number of SAM's candidates, all take it");
    v("looks", looks, "times that every view is decoded again with what the others say, at most (0 = paper)");
    v("sharp_outlines", sharp_outlines, "outlines of the masks follow the edges of the picture before they are aggregated (paper: no)");
    v("from_vote", from_vote, "the object field starts from the vote of all masks instead of from nothing");
    v("further_iters", further_iters, "steps of a field that goes on with more prompts (--add)");
    v("further_rate", further_rate, "their learning rate at the beginning, as a share of object.lr");
  }
};

class Settings {
 public:
  Settings();
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  SynthOptions synth;
  SceneOptions scene;
  NerfOptions nerf;
  EncodeOptions encode;
  FieldOptions field;
  TextOptions text;
  MaskDecoderOptions masks;
  SegmentOptions segment;
  AggregatorOptions object;
  AutoOptions automatic;  // stage "auto"
  Sa3dOptions sa3d;
  IsrfOptions isrf;
  PanopticLiftingOptions panoptic_lifting;
  ContrastiveLiftOptions contrastive_lift;

  // "fast", "default" or "paper" for the radiance field. Throws UsageError for another name.
  void ApplyPreset(const std::string& name);
  // {"nerf": {"iters": 2000}}, comments allowed. Throws UsageError for unknown keys and wrong types.
  void ApplyFile(const std::filesystem::path& path);
  void Assign(const std::string& assignment, const std::string& origin = "--set");  // "stage.key=value"
  // What a run folder recorded; unknown keys are ignored.
  void Restore(const Json& options, const Json& origins);

  // Throws UsageError when an option outside `stages` was given by the user: it would have no effect here.
  void AllowOnly(const std::vector<std::string>& stages, const std::string& command) const;

  Json ToJson() const { return registry_.ToJson(); }
  Json Origins() const;  // {"nerf.iters": "--iters"}, only what is not built in
  const OptionRegistry& registry() const { return registry_; }

 private:
  OptionRegistry registry_;
  std::map<std::string, std::string> origins_, given_here_;
};

}  // namespace sanerf
