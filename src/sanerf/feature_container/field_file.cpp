#include "sanerf/feature_container/field_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/nn/checkpoint.h"
#include "sanerf/nn/hash_grid.h"

namespace sanerf::feature_container {
namespace {

constexpr int64_t kMostChannels = 1 << 16, kLongestSide = 1 << 14;  // of an encoder's map
constexpr int64_t kMostViews = 1'000'000'000;

constexpr char kKind[] = "feature-field";

// A second, smaller field for maps with more cells: fine detail, few channels.
FeatureFieldOptions DetailOptions(FeatureFieldOptions options) {
  options.features = 2;
  options.top *= 2;
  options.width = 64;
  return options;
}

std::string MeanName(const MapShape& shape) { return "mean_" + shape.name; }

}  // namespace

std::filesystem::path FeatureFieldPath(const std::filesystem::path& folder) { return folder / "field.ckpt"; }

std::string DistilHint(const std::filesystem::path& folder) { return RebuildHint(folder) + " --container field"; }

std::vector<std::unique_ptr<FieldHead>> MakeHeads(const FeatureFieldOptions& options,
                                                  const std::vector<MapShape>& shapes) {
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

double FeatureTableBytes(const FeatureFieldOptions& options) {
  const auto num_values = [](const FeatureFieldOptions& o) {
    return double(nn::NumTableValues({o.levels, o.features, o.log2_table, o.base, o.top}));
  };
  const double finer = options.detail == FieldDetail::kField ? num_values(DetailOptions(options)) : 0;
  return 5 * sizeof(float) * (num_values(options) + finer);
}

void WriteFeatureField(const std::filesystem::path& folder, const FieldContents& contents) {
  nn::CheckpointWriter writer;
  writer.kind = kKind;
  Json maps = Json::array();
  for (const MapShape& shape : contents.shapes)
    maps.push_back({{"name", shape.name}, {"channels", shape.channels}, {"side", shape.side}});
  *writer.meta = {{"options", OptionsToJson(contents.options)},
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
  writer.Write(FeatureFieldPath(folder));
}

FieldContents ReadFeatureField(const std::filesystem::path& folder) {
  const std::filesystem::path path = FeatureFieldPath(folder);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored))
    throw Error(folder.string() + ": no feature field here", "field.ckpt is missing", DistilHint(folder));
  try {
    const nn::CheckpointReader reader(path, kKind);
    const Json& meta = reader.meta();
    FieldContents contents;
    contents.options = OptionsFromJson<FeatureFieldOptions>(meta.at("options"), "field", path.string());
    contents.encode = OptionsFromJson<EncodeOptions>(meta.at("encode"), "encode", path.string());
    const JsonCursor header(meta, path.string()), maps = header["maps"];
    contents.model_fingerprint = header["model_fingerprint"].Unsigned();
    contents.nerf_fingerprint = header["nerf_fingerprint"].Unsigned();
    contents.pads = header["pads"].Bool();
    contents.num_views = int(header["views"].IntegerIn(0, kMostViews));
    contents.loss = header["loss"].Number();
    std::set<std::string> names;
    for (size_t i = 0; i < maps.size(); ++i) {
      contents.shapes.push_back({maps[i]["name"].String(), int(maps[i]["channels"].IntegerIn(1, kMostChannels)),
                                 int(maps[i]["side"].IntegerIn(1, kLongestSide))});
      if (!names.insert(contents.shapes.back().name).second)
        maps[i]["name"].Fail("a map of that name is there already");
    }
    if (contents.shapes.empty()) throw Error(path.string(), "it holds no map of the encoder");
    for (const MapShape& shape : contents.shapes) {
      reader.CheckSize(MeanName(shape), shape.size());
      models::Tensor mean{
          shape.name, {1, shape.channels, shape.side, shape.side}, std::vector<float>(size_t(shape.size()))};
      reader.ReadFinite(MeanName(shape), mean.data);
      contents.means.push_back(std::move(mean));
    }
    // Its table takes memory by these numbers: they must be those of what is in the file.
    const FeatureFieldOptions& o = contents.options;
    reader.CheckSize("feature_grid", nn::NumTableValues({o.levels, o.features, o.log2_table, o.base, o.top}));
    contents.heads = MakeHeads(contents.options, contents.shapes);
    for (const auto& head : contents.heads)
      for (nn::Parameters* params : head->network().parameters())
        reader.ReadFinite(params->name, params->values.span());
    return contents;
  } catch (const Json::exception& e) {
    throw Error(path.string(), fmt::format("damaged checkpoint header ({})", e.what()), DistilHint(folder));
  } catch (const Error& error) {
    throw Error(error.what(), "", DistilHint(folder));  // the container knows what is wrong, here is known what helps
  }
}

std::optional<MapDifference> OtherMaps(const FieldContents& contents, const EncodeContext& context) {
  const EncodeOptions &stored = contents.encode, &wanted = context.options;
  std::vector<std::string> differences;
  std::string settings;  // for all of them: distilling takes minutes
  if (contents.model_fingerprint != context.sam.Fingerprint()) {
    const bool is_same_name = stored.model == wanted.model;
    differences.push_back(fmt::format("it holds maps of {}, wanted are maps of {}",
                                      is_same_name ? "other files of " + stored.model : stored.model, wanted.model));
    if (!is_same_name) settings += " --set encode.model=" + wanted.model;
  }
  if (stored.source != wanted.source) {
    differences.push_back(fmt::format("it was learned with encode.source={}, wanted is encode.source={}",
                                      NameOf(stored.source), NameOf(wanted.source)));
    settings += fmt::format(" --set encode.source={}", NameOf(wanted.source));
  }
  if (stored.size != wanted.size) {
    differences.push_back(
        fmt::format("it was learned with encode.size={}, wanted is encode.size={}", stored.size, wanted.size));
    settings += fmt::format(" --set encode.size={}", wanted.size);
  }
  if (differences.empty()) return std::nullopt;
  return MapDifference{fmt::format("{}", fmt::join(differences, "; ")), settings};
}

std::optional<std::string> WhyDistil(const FieldContents& contents, const EncodeContext& context,
                                     const FeatureFieldOptions& options) {
  if (contents.nerf_fingerprint != context.nerf.Fingerprint()) return "the radiance field has changed since";
  if (const auto difference = OtherMaps(contents, context)) return difference->why;
  const Json before = OptionsToJson(contents.options), wanted = OptionsToJson(options);
  for (const auto& [key, value] : wanted.items())
    if (before.at(key) != value)
      return fmt::format("field.{} was {}, now {}", key, OptionValueText(before.at(key)), OptionValueText(value));
  return std::nullopt;
}

}  // namespace sanerf::feature_container
