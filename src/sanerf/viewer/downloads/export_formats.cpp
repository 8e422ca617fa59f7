#include "sanerf/viewer/downloads/export_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/export/camera_path.h"
#include "sanerf/export/formats.h"
#include "sanerf/pipeline/render_stage.h"

namespace sanerf::viewer {

using pipeline::Layer;

namespace {

constexpr int kSizeToTakeHome = 800;

struct Wording {
  const char *layer, *title, *in_file_name, *help;
};
// A layer without an entry is called by its name.
constexpr Wording kWordings[] = {
    {"mask", "Masks", "masks", "black and white, one picture per view"},
    {"cutout", "Cut-outs", "cutouts", "the object alone, the rest transparent"},
    {"overlay", "Overlays", "overlays", "the picture with the mask as a colored veil"},
    {"labels", "All objects in color", "labels", "a color for every object that was segmented together"},
    {"rgb", "Pictures", "pictures", "what the radiance field shows"},
    {"depth", "Depth", "depth", "near is warm, far is cold; as arrays in the scene's own units"},
    {"opacity", "Opacity", "opacity", "white where a ray ends on something"},
};

Wording WordingOf(const std::string& layer) {
  for (const Wording& wording : kWordings)
    if (layer == wording.layer) return wording;
  return {layer.c_str(), layer.c_str(), layer.c_str(), "one picture per view"};
}

bool IsOfOneObject(Layer layer) { return layer >= Layer::kMask && layer != Layer::kLabels; }
bool HasArrays(Layer layer) { return layer <= Layer::kMask; }

struct PictureOptions {
  std::string views = "all";
  int longest_side = kSizeToTakeHome, frames = pipeline::RenderRequest().frames;

  template <class V>
  void Visit(V&& v) {
    v("views", views, "the scene's views, or all around it", OneOf("all", "train", "test", "orbit"));
    v("longest_side", longest_side, "pixels on the longer side, at most; 0 = those of the photos",
      pipeline::kRenderSize);
    v("frames", frames, "pictures of an orbit", pipeline::kOrbitFrames);
  }
};

struct CutoutOptions : PictureOptions {
  bool hard_edge = false;

  template <class V>
  void Visit(V&& v) {
    PictureOptions::Visit(v);
    v("hard_edge", hard_edge, "cut along the pixels, without a soft outline");
  }
};

struct ArrayOptions : PictureOptions {
  bool arrays = false;

  template <class V>
  void Visit(V&& v) {
    PictureOptions::Visit(v);
    v("arrays", arrays, "also arrays for NumPy (.npy)");
  }
};

struct FormatOption {
  std::string name, help;
  AllowedValues values;
  Json default_value;
};

// Of a format of `export`, by their keys alone.
std::vector<FormatOption> OptionsInTable(const std::string& name) {
  exports::ExportOptions options;
  OptionRegistry registry;
  AddTo(registry, options);
  std::vector<FormatOption> all;
  for (const char* option : exports::FindExportFormat(name).options) {
    const OptionRegistry::Entry* entry = registry.Find(option);
    all.push_back({entry->key, entry->help, entry->values, entry->get()});
  }
  return all;
}

std::vector<FormatOption> OptionsOf(const std::string& format) {
  const auto fields = [](auto options) {
    std::vector<FormatOption> all;
    for (const OptionRegistry::Entry& entry : RegistryOf("export", options).entries())
      all.push_back({entry.key, entry.help, entry.values, entry.get()});
    return all;
  };
  if (format == kPromptsFormat) return {};
  if (IsOfExport(format)) return OptionsInTable(format);
  const Layer layer = pipeline::ParseLayer(format);
  if (layer == Layer::kCutout) return fields(CutoutOptions());
  return HasArrays(layer) ? fields(ArrayOptions()) : fields(PictureOptions());
}

Json FormOf(const std::string& format) {
  Json form = Json::array();
  for (const FormatOption& option : OptionsOf(format)) {
    const AllowedValues& values = option.values;
    Json field = {{"name", option.name}, {"default", option.default_value}, {"help", option.help}};
    const bool is_float = values.type == OptionType::kNumber;
    field["type"] = values.HasChoices()                ? "choice"
                    : values.type == OptionType::kBool ? "bool"
                    : is_float                         ? "float"
                                                       : "int";
    if (values.HasChoices()) field["choices"] = values.names;
    if (values.range) {
      const double low = values.range->or_zero ? 0 : values.range->low, high = values.range->high;
      field["min"] = is_float ? Json(low) : Json(int64_t(low));
      field["max"] = is_float ? Json(high) : Json(int64_t(high));
    }
    form.push_back(std::move(field));
  }
  return form;
}

void CheckFormat(const std::string& name) {
  std::vector<std::string> known = pipeline::LayerNames();
  known.push_back(kPromptsFormat);
  for (const std::string& of_export : exports::ExportFormatNames())
    if (IsOfExport(of_export)) known.push_back(of_export);
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string nearest = DidYouMean(name, known);
  throw UsageError("unknown format '" + name + "'", "",
                   nearest.empty() ? fmt::format("choose from {}", fmt::join(known, ", ")) : nearest);
}

}  // namespace

bool IsOfExport(const std::string& format) {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), format) != names.end();
  };
  return has(exports::ExportFormatNames()) && !has(pipeline::LayerNames()) && format != kPromptsFormat;
}

Json ExportFormats() {
  Json formats = Json::array();
  const auto add = [&](const std::string& name) {
    const Layer layer = pipeline::ParseLayer(name);
    const Wording wording = WordingOf(name);
    formats.push_back({{"format", name},
                       {"title", wording.title},
                       {"help", wording.help},
                       {"per_object", IsOfOneObject(layer)},
                       {"options", FormOf(name)}});
  };
  const std::vector<std::string> layers = pipeline::LayerNames();
  for (const std::string& name : layers)
    if (pipeline::ParseLayer(name) >= Layer::kMask) add(name);
  for (const exports::ExportFormat& format : exports::ExportFormats())
    if (IsOfExport(format.name))
      formats.push_back({{"format", format.name},
                         {"title", format.title},
                         {"help", format.help},
                         {"per_object", true},
                         {"options", FormOf(format.name)}});
  for (const std::string& name : layers)
    if (pipeline::ParseLayer(name) < Layer::kMask) add(name);
  formats.push_back({{"format", kPromptsFormat},
                     {"title", "Prompts"},
                     {"help", "what was clicked, for sanerf segment --prompts"},
                     {"per_object", true},
                     {"options", Json::array()}});
  return formats;
}

Json CompletedOptions(const std::string& format, const Json& given) {
  CheckFormat(format);
  if (!given.is_null() && !given.is_object()) throw UsageError("options of an export", "expected an object");
  Json complete = Json::object();
  std::vector<std::string> known;
  for (const FormatOption& option : OptionsOf(format)) {
    known.push_back(option.name);
    const Json value = given.is_object() && given.contains(option.name) ? given.at(option.name) : option.default_value;
    const std::optional<Json> accepted = option.values.Accept(value);
    if (!accepted)
      throw UsageError(
          fmt::format("option {} = {}", option.name, value.dump(-1, ' ', false, Json::error_handler_t::replace)),
          "expected " + option.values.Expected());
    complete[option.name] = *accepted;
  }
  for (const auto& [name, value] : given.items())
    if (!complete.contains(name)) throw UsageError("unknown option '" + name + "'", "", DidYouMean(name, known));
  return complete;
}

std::string InFileName(const std::string& format) {
  return format == kPromptsFormat || IsOfExport(format) ? format : WordingOf(format).in_file_name;
}

}  // namespace sanerf::viewer
