#include "sanerf/nerf/nerf_checkpoint.h"

#include <fmt/format.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/nerf/field.h"
#include "sanerf/nerf/level_window.h"
#include "sanerf/nerf/occupancy_grid.h"

namespace sanerf::nerf {

namespace {

constexpr double kLargestExtent = 1 << 16;
constexpr char kAgain[] = "train again";

// The rotation as nine numbers; run.json has three rows (run/run_folder.cpp).
Json FlatJson(const Similarity& s) {
  Json json{{"scale", s.scale}, {"rotation", Json::array()}, {"translation", Json::array()}};
  for (int i = 0; i < 9; ++i) json["rotation"].push_back(s.rotation(i / 3, i % 3));
  for (int i = 0; i < 3; ++i) json["translation"].push_back(s.translation[i]);
  return json;
}

// What a checkpoint says beside its tensors. Errors name the value.
JsonCursor HeaderOf(const nn::CheckpointReader& reader, const std::filesystem::path& path) {
  return JsonCursor(reader.meta(), path.string() + ": damaged checkpoint header");
}

Similarity ReadSimilarity(const JsonCursor& json) try {
  constexpr double kRounding = 1e-6;  // of a rotation's products
  Similarity s;
  s.scale = json["scale"].Number();
  for (int i = 0; i < 9; ++i) s.rotation(i / 3, i % 3) = json["rotation"][size_t(i)].Number();
  for (int i = 0; i < 3; ++i) s.translation[i] = json["translation"][size_t(i)].Number();
  if (!(s.scale > 0) || !std::isfinite(1 / s.scale)) json["scale"].Fail("expected a positive number");
  if (!(s.rotation * s.rotation.transpose()).isIdentity(kRounding) || !(s.rotation.determinant() > 0))
    json["rotation"].Fail("it is no rotation");
  return s;
} catch (const Error& e) {
  throw Error(e.what(), "", kAgain);
}

// Hash table and occupancy grid take their memory by these numbers: they must be those of what is in the file.
void CheckSizes(const nn::CheckpointReader& reader, const std::filesystem::path& path, const NerfOptions& options,
                double extent) {
  const int64_t num_values = nn::NumTableValues(GridOptionsOf(options, extent > 1));
  const int resolution = options.occupancy_resolution;
  const bool is_grid =
      extent >= 1 && extent <= kLargestExtent && resolution >= 4 && resolution <= 1 << 12 && resolution % 4 == 0;
  const int64_t cells =
      is_grid ? int64_t(resolution) * resolution * resolution * (1 + std::lround(std::log2(extent))) : 0;
  if (!is_grid || reader.Size("occupancy_bits") != cells / 32)
    throw Error(
        path.string(),
        fmt::format("damaged checkpoint: extent {:.6g} and {} cells per axis are not those of its occupancy grid",
                    extent, resolution),
        kAgain);
  reader.CheckSize(RadianceField::kGridName, num_values);
}

}  // namespace

StoredNerf ReadNerf(const std::filesystem::path& path) {
  const nn::CheckpointReader reader(path, kNerfCheckpointKind);
  StoredNerf stored;
  try {
    const Json& meta = reader.meta();
    const NerfOptions options = OptionsFromJson<NerfOptions>(meta.at("options"), "nerf", path.string());
    const JsonCursor header = HeaderOf(reader, path);
    const double extent = header["extent"].Number();
    CheckSizes(reader, path, options, extent);
    auto field = std::make_shared<RadianceField>(options, extent > 1, 0);
    field->ReadFrom(reader);
    auto occupancy =
        std::make_shared<OccupancyGrid>(options.occupancy_resolution, 1 + int(std::lround(std::log2(extent))));
    occupancy->ReadBits(reader);
    stored.field = field;
    stored.occupancy = occupancy;
    stored.trace = {MarchOptionsFor(options, extent, header["near"].NumberIn(0, kLargestExtent)), kRenderStop};
    stored.model_from_file = ReadSimilarity(header["model_from_file"]);
    for (size_t c = 0; c < 3; ++c) stored.background[c] = float(header["background"][c].NumberIn(0, 1));
    stored.finished = meta.value("finished", false);
    stored.step = meta.value("step", int64_t{0});
    if (!stored.finished) field->grid.SetLevelWeights(LevelWeights(options, stored.step));
    stored.appearance = PhotoAppearance::Read(reader, options.appearance, path.string());
    stored.fingerprint = reader.checksum();
  } catch (const Json::exception& e) {
    throw Error(path.string(), fmt::format("damaged checkpoint header ({})", e.what()), kAgain);
  } catch (const UsageError& e) {  // values that do not go together, but nobody typed them
    throw Error(path.string(), e.what(), kAgain);
  } catch (const Error& e) {
    throw Error(e.what(), "", e.hint().empty() ? kAgain : e.hint());
  }
  return stored;
}

void WriteNerf(const TracedField& traced, const Similarity& model_from_file, const NerfOptions& options,
               nn::CheckpointWriter* writer) {
  const float* background = traced.background;
  writer->kind = kNerfCheckpointKind;
  *writer->meta = {{"options", OptionsToJson(options)},
                   {"model_from_file", FlatJson(model_from_file)},
                   {"extent", traced.occupancy.extent()},
                   {"near", traced.options.march.near},
                   {"background", {background[0], background[1], background[2]}}};
  traced.field.AddTo(writer);
  traced.occupancy.AddBitsTo(writer);
}

void CheckSameTraining(const nn::CheckpointReader& reader, const std::filesystem::path& path,
                       const NerfOptions& options, const Similarity& model_from_file) {
  const Json wanted = OptionsToJson(options);
  const Json& meta = reader.meta();
  if (!meta.is_object() || !meta.contains("options") || !meta.contains("model_from_file"))
    throw Error(path.string(), "damaged checkpoint header (its options or its frame are missing)", kAgain);
  // By their present names; what the version that wrote it did not know yet is what it is by default.
  const NerfOptions known = OptionsFromJson<NerfOptions>(meta.at("options"), "nerf", path.string());
  NerfOptions names;
  const OptionRegistry registry = RegistryOf("nerf", names);
  if (!meta.at("options").is_object()) throw Error(path.string(), "damaged checkpoint header (its options)", kAgain);
  for (const auto& [key, value] : meta.at("options").items()) {
    const OptionRegistry::RemovedEntry* removed = registry.FindRemoved("nerf." + key);
    if (removed != nullptr && !removed->Keeps(value))
      throw Error(fmt::format("{}: cannot resume", path.string()),
                  fmt::format("it was trained with {}={}, now {}", key, value.dump(), removed->mark.now),
                  "train into another run folder");
  }
  const Json recorded = OptionsToJson(known);
  for (const auto& [key, value] : recorded.items()) {
    if (ShapesTheField(key) && wanted[key] != value)
      throw Error(fmt::format("{}: cannot resume", path.string()),
                  fmt::format("it was trained with {}={}, now {}={}", key, value.dump(), key, wanted[key].dump()),
                  "use the same options, or train into another run folder");
  }
  const Similarity theirs = ReadSimilarity(HeaderOf(reader, path)["model_from_file"]);
  if (theirs.scale != model_from_file.scale || theirs.rotation != model_from_file.rotation ||
      theirs.translation != model_from_file.translation)
    throw Error(fmt::format("{}: cannot resume", path.string()), "it was trained on other camera poses",
                "train into another run folder");
}

}  // namespace sanerf::nerf
