// Every option of every stage, and where its value came from. Later sources win:
// built-in < preset < run folder < --config FILE < --set stage.key=value < named flags.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sanerf/baselines/contrastive_lift/contrastive_options.h"
#include "sanerf/baselines/isrf/isrf_options.h"
#include "sanerf/baselines/panoptic_lifting/panoptic_options.h"
#include "sanerf/baselines/sa3d/sa3d_options.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/feature_container/field_options.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/options.h"
#include "sanerf/segmentation/text/text_options.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/synth.h"

namespace sanerf {

// A plain value: copies are independent.
class Settings : public SegmentationOptions {
 public:
  SynthOptions synth;
  SceneOptions scene;
  NerfOptions nerf;
  EncodeOptions encode;
  FieldOptions field;
  TextOptions text;
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
