#include "sanerf/pipeline/settings.h"

namespace sanerf::pipeline {

OptionRegistry RegistryOf(Settings& settings) {
  OptionRegistry registry;
  registry.Add({"synth", "synth", "the procedural scene"}, settings.synth);
  registry.Add({"poses", "poses", "how poses of photos are found, by COLMAP"}, settings.poses);
  registry.Add({"scene", "train", "how a folder of photos is read"}, settings.scene);
  registry.Add({"nerf", "train", "the radiance field and its training"}, settings.nerf);
  registry.Add({"encode", "encode", "SAM's image encoder"}, settings.encode);
  registry.Add({"field", "encode --container field", "the distilled feature field"}, settings.field);
  registry.Add({"text", "segment --text", "objects found by words"}, settings.text);
  registry.Add({"masks", "segment", "one mask per view: visibility and SAM's decoder"}, settings.masks);
  registry.Add({"segment", "segment", "rounds of decoding, and what the object field starts from"}, settings.segment);
  registry.Add({"object", "segment", "the object field"}, settings.object);
  registry.Add({"auto", "segment --auto", "objects found without a prompt"}, settings.automatic);
  return registry;
}

}  // namespace sanerf::pipeline
