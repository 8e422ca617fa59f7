#include "sanerf/viewer/downloads/export_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/export/camera_path.h"
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

Json OptionsOf(Layer layer) {
  const auto whole = [](const char* name, Range range, int value, const char* help) {
    return Json{{"name", name},           {"type", "int"},    {"min", range.or_zero ? 0 : int(range.low)},
                {"max", int(range.high)}, {"default", value}, {"help", help}};
  };
  const auto flag = [](const char* name, const char* help) {
    return Json{{"name", name}, {"type", "bool"}, {"default", false}, {"help", help}};
  };
  Json options = Json::array();
  options.push_back({{"name", "views"},
                     {"type", "choice"},
                     {"choices", {"all", "train", "test", "orbit"}},
                     {"default", "all"},
                     {"help", "the scene's views, or all around it"}});
  options.push_back(whole("longest_side", pipeline::kRenderSize, kSizeToTakeHome,
                          "pixels on the longer side, at most; 0 = those of the photos"));
  options.push_back(whole("frames", pipeline::kOrbitFrames, pipeline::RenderRequest().frames, "pictures of an orbit"));
  if (layer == Layer::kCutout) options.push_back(flag("hard_edge", "cut along the pixels, without a soft outline"));
  if (HasArrays(layer)) options.push_back(flag("arrays", "also arrays for NumPy (.npy)"));
  return options;
}

Json FormatOf(const std::string& name) {
  for (const Json& format : ExportFormats())
    if (format.at("format") == name) return format;
  std::vector<std::string> known = pipeline::LayerNames();
  known.push_back(kPromptsFormat);
  const std::string nearest = DidYouMean(name, known);
  throw UsageError("unknown format '" + name + "'", "",
                   nearest.empty() ? fmt::format("choose from {}", fmt::join(known, ", ")) : nearest);
}

void CheckValue(const Json& option, const Json& value) {
  const std::string name = option.at("name"), type = option.at("type");
  const auto fail = [&](const std::string& expected) {
    throw UsageError(fmt::format("option {} = {}", name, value.dump(-1, ' ', false, Json::error_handler_t::replace)),
                     "expected " + expected);
  };
  if (type == "bool" && !value.is_boolean()) fail("true or false");
  if (type == "choice") {
    const Json& choices = option.at("choices");
    if (std::find(choices.begin(), choices.end(), value) == choices.end()) fail("one of " + choices.dump());
  }
  if (type != "int") return;
  const int64_t low = option.at("min"), high = option.at("max");
  const double number = value.is_number() ? value.get<double>() : NAN;
  if (!(number >= double(low) && number <= double(high)) || number != std::floor(number))
    fail(fmt::format("an integer from {} to {}", low, high));
}

}  // namespace

Json ExportFormats() {
  Json formats = Json::array();
  const auto add = [&](const std::string& name) {
    const Layer layer = pipeline::ParseLayer(name);
    const Wording wording = WordingOf(name);
    formats.push_back({{"format", name},
                       {"title", wording.title},
                       {"help", wording.help},
                       {"per_object", IsOfOneObject(layer)},
                       {"options", OptionsOf(layer)}});
  };
  const std::vector<std::string> layers = pipeline::LayerNames();
  for (const std::string& name : layers)
    if (pipeline::ParseLayer(name) >= Layer::kMask) add(name);
  for (const std::string& name : layers)
    if (pipeline::ParseLayer(name) < Layer::kMask) add(name);
  formats.push_back({{"format", kPromptsFormat},
                     {"title", "Prompts"},
                     {"help", "what was clicked, for sanerf segment --prompts"},
                     {"per_object", true},
                     {"options", Json::array()}});
  return formats;
}

Json CompletedOptions(const std::string& name_of_format, const Json& given) {
  const Json format = FormatOf(name_of_format);
  if (!given.is_null() && !given.is_object()) throw UsageError("options of an export", "expected an object");
  Json complete = Json::object();
  std::vector<std::string> known;
  for (const Json& option : format.at("options")) {
    const std::string name = option.at("name");
    known.push_back(name);
    complete[name] = given.is_object() && given.contains(name) ? given.at(name) : option.at("default");
    CheckValue(option, complete[name]);
  }
  for (const auto& [name, value] : given.items())
    if (!complete.contains(name)) throw UsageError("unknown option '" + name + "'", "", DidYouMean(name, known));
  return complete;
}

std::string InFileName(const std::string& format) {
  return format == kPromptsFormat ? kPromptsFormat : WordingOf(format).in_file_name;
}

}  // namespace sanerf::viewer
