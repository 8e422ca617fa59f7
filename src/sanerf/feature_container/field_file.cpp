#include "sanerf/feature_container/field_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::feature_container {
namespace {

constexpr int64_t kMostChannels = 1 << 16, kLongestSide = 1 << 14;  // of an encoder's map

constexpr char kKind[] = "feature-field";

// A second, smaller field for maps with more cells: fine detail, few channels.
FieldOptions DetailOptions(FieldOptions options) {
  options.features = 2;
  options.top *= 2;
  options.width = 64;
  return options;
}

std::string MeanName(const MapShape& shape) { return "mean_" + shape.name; }

}  // namespace

std::filesystem::path FieldPath(const std::filesystem::path& folder) { return folder / "field.ckpt"; }

std::string DistilHint(const std::filesystem::path& folder) { return RebuildHint(folder) + " --container field"; }

std::vector<std::unique_ptr<FieldHead>> MakeHeads(const FieldOptions& options, const std::vector<MapShape>& shapes) {
  const auto by_side = [](const MapShape& a, const MapShape& b) { return a.side < b.side; };
  const MapShape main = *std::min_element(shapes.begin(), shapes.end(), by_side);
  std::vector<std::unique_ptr<FieldHead>> heads;
  heads.push_back(std::make_unique<FieldHead>("feature", options, main.side, std::vector<MapShape>{main}));
  std::vector<MapShape> finer;
  for (const MapShape& shape : shapes)
    if (shape.name != main.name) finer.push_back(shape);
  if (options.detail == FieldDetail::kField && !finer.empty()) {
    const int side = std::min_element(finer.begin(), finer.end(), by_side)->side;
    heads.push_back(std::make_unique<FieldHead>("detail", DetailOptions(options), side, finer));
  }
  return heads;
}

void WriteField(const std::filesystem::path& folder, const FieldContents& contents) {
  nn::CheckpointWriter writer;
  writer.kind = kKind;
  Json maps = Json::array();
  for (const MapShape& shape : contents.shapes)
    maps.push_back({{"name", shape.name}, {"channels", shape.channels}, {"side", shape.side}});
  writer.meta = {{"options", OptionsToJson(contents.options)},
                 {"encode", OptionsToJson(contents.encode)},
                 {"model_fingerprint", contents.model_fingerprint},
                 {"nerf_fingerprint", contents.nerf_fingerprint},
                 {"pads", contents.pads},
                 {"views", contents.num_views},
                 {"loss", contents.loss},
                 {"maps", maps}};
  for (size_t i = 0; i < contents.shapes.size(); ++i)
    writer.Add(MeanName(contents.shapes[i]), {contents.means[i].data.data(), contents.means[i].data.size()});
  for (const auto& head : contents.heads)
    for (const nn::Parameters* params : head->network().parameters()) writer.Add(params->name, params->values.span());
  writer.Write(FieldPath(folder));
}

FieldContents ReadField(const std::filesystem::path& folder) {
  const std::filesystem::path path = FieldPath(folder);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored))
    throw Error(folder.string() + ": no feature field here", "field.ckpt is missing", DistilHint(folder));
  try {
    const nn::CheckpointReader reader(path, kKind);
    const Json& meta = reader.meta();
    FieldContents contents;
    contents.options = OptionsFromJson<FieldOptions>(meta.at("options"), "field", path.string());
    contents.encode = OptionsFromJson<EncodeOptions>(meta.at("encode"), "encode", path.string());
    contents.model_fingerprint = meta.at("model_fingerprint");
    contents.nerf_fingerprint = meta.at("nerf_fingerprint");
    contents.pads = meta.at("pads");
    contents.num_views = meta.at("views");
    contents.loss = meta.at("loss");
    const Json& maps = meta.at("maps");
    for (size_t i = 0; i < maps.size(); ++i) {
      const JsonCursor map = JsonCursor(maps, path.string() + ": maps")[i];
      contents.shapes.push_back({map["name"].String(), int(map["channels"].IntegerIn(1, kMostChannels)),
                                 int(map["side"].IntegerIn(1, kLongestSide))});
    }
    if (contents.shapes.empty()) throw Error(path.string(), "it holds no map of the encoder");
    for (const MapShape& shape : contents.shapes) {
      models::Tensor mean{shape.name, {1, shape.channels, shape.side, shape.side}, reader.Read(MeanName(shape))};
      if (int64_t(mean.data.size()) != shape.size())
        throw Error(path.string(), fmt::format("the mean of '{}' has {} values, {} are needed", shape.name,
                                               mean.data.size(), shape.size()));
      contents.means.push_back(std::move(mean));
    }
    contents.heads = MakeHeads(contents.options, contents.shapes);
    for (const auto& head : contents.heads)
      for (nn::Parameters* params : head->network().parameters()) reader.Read(params->name, params->values.span());
    return contents;
  } catch (const Json::exception& e) {
    throw Error(path.string(), fmt::format("damaged checkpoint header ({})", e.what()), DistilHint(folder));
  } catch (const Error& error) {
    throw Error(error.what(), "", DistilHint(folder));  // the container knows what is wrong, here is known what helps
  }
}

std::optional<std::string> WhyDistil(const FieldContents& contents, uint64_t nerf_fingerprint,
                                     uint64_t model_fingerprint, const EncodeOptions& encode,
                                     const FieldOptions& options) {
  if (contents.nerf_fingerprint != nerf_fingerprint) return "the radiance field has changed since";
  if (contents.encode.model != encode.model || contents.model_fingerprint != model_fingerprint)
    return fmt::format("it holds maps of {}, wanted are maps of {}",
                       contents.encode.model == encode.model ? "other files of " + encode.model : contents.encode.model,
                       encode.model);
  if (contents.encode.source != encode.source || contents.encode.size != encode.size)
    return "other pictures of the views are to be encoded";
  const Json before = OptionsToJson(contents.options), wanted = OptionsToJson(options);
  for (const auto& [key, value] : wanted.items())
    if (before.at(key) != value)
      return fmt::format("field.{} was {}, now {}", key, before.at(key).dump(), value.dump());
  return std::nullopt;
}

}  // namespace sanerf::feature_container
