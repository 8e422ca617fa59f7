// A radiance field of a few kilobytes, as a seed and for readers of what belongs to one.
#pragma once

#include <filesystem>

#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/nerf/model.h"

namespace sanerf::fuzz {

inline void WriteTinyRadianceField(const std::filesystem::path& path) {
  nerf::NerfOptions options;
  options.levels = 8, options.log2_table = 8, options.base = options.top = 2;
  options.density_width = options.color_width = 16, options.color_layers = 1;
  options.occupancy_resolution = 8;
  const Json rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1}, zeros = {0, 0, 0};
  const nerf::RadianceField field(options, false, 1);
  const nerf::OccupancyGrid occupancy(options.occupancy_resolution, 1);
  nn::CheckpointWriter writer;
  writer.kind = nerf::kNerfCheckpointKind;
  writer.meta = {{"options", OptionsToJson(options)},
                 {"model_from_file", {{"scale", 1}, {"rotation", rotation}, {"translation", zeros}}},
                 {"extent", 1},
                 {"near", 0.05},
                 {"background", zeros},
                 {"finished", true}};
  field.AddTo(&writer);
  occupancy.AddBitsTo(&writer);
  writer.Write(path);
}

}  // namespace sanerf::fuzz
