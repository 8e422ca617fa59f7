// RUN/features/field.ckpt: the networks of the feature field, the mean maps, and what all was made from.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sanerf/feature_container/encode_context.h"
#include "sanerf/feature_container/field_head.h"

namespace sanerf::feature_container {

struct FieldContents {
  FeatureFieldOptions options;
  EncodeOptions encode;
  uint64_t model_fingerprint = 0, nerf_fingerprint = 0;
  bool pads = true;  // how the model puts images into its square: SAM pads, SAM 2 stretches
  int num_views = 0;
  double loss = 0;
  std::vector<MapShape> shapes;
  std::vector<models::Tensor> means;  // of the training views' maps; what is not rendered shows them
  std::vector<std::unique_ptr<FieldHead>> heads;

  sam::SamFrame FrameOf(int width, int height) const {
    return pads ? sam::SamFrame::Padded(width, height) : sam::SamFrame::Stretched(width, height);
  }
};

std::filesystem::path FeatureFieldPath(const std::filesystem::path& folder);
std::string DistilHint(const std::filesystem::path& folder);  // "run: sanerf encode RUN --container field"

// The heads for these maps, untrained.
std::vector<std::unique_ptr<FieldHead>> MakeHeads(const FeatureFieldOptions& options,
                                                  const std::vector<MapShape>& shapes);

// Bytes of their tables with gradients and moments, and of the file that is written in the end.
double FeatureTableBytes(const FeatureFieldOptions& options);

// The same contents are the same bytes: what changes from run to run (times) stays out.
void WriteFeatureField(const std::filesystem::path& folder, const FieldContents& contents);
FieldContents ReadFeatureField(const std::filesystem::path& folder);  // throws Error: missing, damaged, another kind

// How its maps differ from those of the context's model and pictures, none when they do not.
struct MapDifference {
  std::string why;
  std::string settings;  // for the command that makes the wanted ones: " --set encode.size=512"
};
std::optional<MapDifference> OtherMaps(const FieldContents& contents, const EncodeContext& context);

// Why it has to be made anew for these, none when it need not.
std::optional<std::string> WhyDistil(const FieldContents& contents, const EncodeContext& context,
                                     const FeatureFieldOptions& options);

}  // namespace sanerf::feature_container
