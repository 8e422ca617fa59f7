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
    v("max_views", max_views, "training views to segment, evenly chosen, clicked ones first (0 = all)",
      Range(0, 100'000));
    v("same_candidate", same_candidate,
      "before the first look: when the views agree better on one number of SAM's candidates, all take it");
    v("looks", looks, "times that every view is decoded again with what the others say, at most (0 = paper)",
      Range(0, 20));
    v("sharp_outlines", sharp_outlines,
      "outlines of the masks follow the edges of the picture before they are aggregated (paper: no)");
    v("from_vote", from_vote, "the object field starts from the vote of all masks instead of from nothing");
    v("further_iters", further_iters, "steps of a field that goes on with more prompts (--add)", Range(1, 1'000'000));
    v("further_rate", further_rate, "learning rate of such a field at the beginning, as a share of object.lr",
      Range(1e-4, 10));
  }
};

// A plain value: copies are independent.
class Settings {
 public:
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

  struct Stage {
    const char *name, *command, *about;
  };
  // Every stage once, in the pipeline's order: visit(Stage, pointer to the member).
  template <class F>
  static void ForEachStage(const F& visit) {
    visit(Stage{"synth", "synth", "the procedural scene"}, &Settings::synth);
    visit(Stage{"scene", "train", "how a folder of photos is read"}, &Settings::scene);
    visit(Stage{"nerf", "train", "the radiance field and its training"}, &Settings::nerf);
    visit(Stage{"encode", "encode", "SAM's image encoder"}, &Settings::encode);
    visit(Stage{"field", "encode --container field", "the distilled feature field"}, &Settings::field);
    visit(Stage{"text", "segment --text", "objects found by words"}, &Settings::text);
    visit(Stage{"masks", "segment", "one mask per view: visibility and SAM's decoder"}, &Settings::masks);
    visit(Stage{"segment", "segment", "rounds of decoding, and what the object field starts from"}, &Settings::segment);
    visit(Stage{"object", "segment", "the object field"}, &Settings::object);
    visit(Stage{"auto", "segment --auto", "objects found without a prompt"}, &Settings::automatic);
    visit(Stage{"sa3d", "compare", "the baseline SA3D"}, &Settings::sa3d);
    visit(Stage{"isrf", "compare", "the baseline ISRF"}, &Settings::isrf);
    visit(Stage{"panoptic_lifting", "compare --auto", "the baseline Panoptic Lifting"}, &Settings::panoptic_lifting);
    visit(Stage{"contrastive_lift", "compare --auto", "the baseline Contrastive Lift"}, &Settings::contrastive_lift);
  }
  static std::vector<Stage> Stages();

  // "fast", "default" or "paper" for the radiance field. Throws UsageError for another name.
  void ApplyPreset(const std::string& name);
  // {"nerf": {"iters": 2000}}, comments allowed. Throws UsageError for unknown keys, wrong types and values out of
  // range.
  void ApplyFile(const std::filesystem::path& path);
  // "stage.key=value". origin: "--set", the flag that stands for it ("--iters") or a file. Throws UsageError.
  void Assign(const std::string& assignment, const std::string& origin = "--set");
  // What `file` recorded; unknown keys are ignored. Throws Error for values out of range, with the file and the key.
  void Restore(const Json& options, const Json& origins, const std::string& file = "run.json");

  // Throws UsageError when an option outside `stages` was given by the user: it would have no effect here.
  void AllowOnly(const std::vector<std::string>& stages, const std::string& command) const;

  Json ToJson() const;
  Json Origins() const;       // {"nerf.iters": "--iters"}, only what is not built in
  OptionRegistry Registry();  // refers to this object

 private:
  std::map<std::string, std::string> origins_, given_here_;
};

}  // namespace sanerf
