// What `--set`, --config and the named flags can say: every option of every stage, as its Visit describes it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "sanerf/cli/command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"

namespace sanerf::cli {
namespace {

using Entry = OptionRegistry::Entry;

struct ShownOption {
  Entry entry;
  std::optional<Json> preset;  // the value it has with the preset that was asked for
};

struct StageOptions {
  OptionRegistry::Stage stage;
  std::vector<ShownOption> options;
};

[[noreturn]] void FailUnknown(const std::string& wanted, const OptionRegistry& registry) {
  const bool is_option = wanted.find('.') != std::string::npos;
  std::vector<std::string> stages, options, of_that_key;
  for (const OptionRegistry::Stage& stage : registry.stages()) stages.push_back(stage.name);
  for (const Entry& entry : registry.entries()) {
    options.push_back(entry.name());
    if (entry.name().ends_with("." + wanted)) of_that_key.push_back(entry.name());
  }
  if (!of_that_key.empty())
    throw UsageError(fmt::format("unknown stage '{}'", wanted), "", "write " + Listed(of_that_key));
  const std::string near = DidYouMean(wanted, is_option ? options : stages);
  throw UsageError(fmt::format("unknown {} '{}'", is_option ? "option" : "stage", wanted), "",
                   near.empty() ? fmt::format("there are: {}", fmt::join(stages, ", ")) : near);
}

// wanted: a stage or an option by its full name; none = all. `settings` must outlive the result.
std::vector<StageOptions> OptionsOf(experiments::ExperimentSettings& settings,
                                    const std::optional<std::string>& wanted) {
  const OptionRegistry registry = RegistryOf(settings);
  std::vector<StageOptions> all;
  for (const OptionRegistry::Stage& stage : registry.stages()) {
    const bool is_whole = !wanted || *wanted == stage.name;
    StageOptions one{stage, {}};
    for (const Entry& entry : registry.entries())
      if (entry.stage == stage.name && (is_whole || *wanted == entry.name())) one.options.push_back({entry, {}});
    if (is_whole || !one.options.empty()) all.push_back(std::move(one));
  }
  if (all.empty()) FailUnknown(*wanted, registry);
  return all;
}

// Those that the preset makes different, with the value that it gives them.
std::vector<StageOptions> ChangedBy(const std::string& preset, std::vector<StageOptions> all) {
  experiments::ExperimentSettings settings;
  ApplyPreset(preset, &settings);
  const OptionRegistry registry = RegistryOf(settings);
  for (StageOptions& one : all) {
    for (ShownOption& option : one.options) {
      const Json value = registry.Find(option.entry.name())->get();
      if (value != option.entry.get()) option.preset = value;
    }
    std::erase_if(one.options, [](const ShownOption& option) { return !option.preset; });
  }
  std::erase_if(all, [](const StageOptions& one) { return one.options.empty(); });
  return all;
}

std::string ValueText(const Json& value) {
  const std::string text = OptionValueText(value);
  return text.empty() ? "(empty)" : text;
}

std::string DefaultOf(const ShownOption& option) {
  const std::string built_in = ValueText(option.entry.get());
  return option.preset ? fmt::format("{} -> {}", built_in, ValueText(*option.preset)) : built_in;
}

// Single precision has 0.009999999776482582 for 0.01.
Json ValueJson(const Json& value) { return value.is_number_float() ? Json(std::stod(OptionValueText(value))) : value; }

const char* TypeName(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "boolean";
    case OptionType::kInteger:
      return "integer";
    case OptionType::kNumber:
      return "number";
    case OptionType::kText:
      break;
  }
  return "text";
}

Json ToJson(const ShownOption& option) {
  const Entry& entry = option.entry;
  Json json = {{"name", entry.name()}, {"type", TypeName(entry.values.type)}, {"default", ValueJson(entry.get())}};
  if (option.preset) json["preset"] = ValueJson(*option.preset);
  if (const auto& range = entry.values.range) {
    const auto number = [&](double x) {
      return entry.values.type == OptionType::kInteger ? Json(int64_t(x)) : Json(x);
    };
    json["min"] = number(range->low);
    json["max"] = number(range->high);
    if (range->multiple_of > 1) json["multiple_of"] = range->multiple_of;
    if (range->or_zero) json["or_zero"] = true;
  }
  if (entry.values.HasChoices()) json["choices"] = entry.values.Choices();
  if (!entry.values.text.empty()) json["text"] = entry.values.text;
  json["help"] = entry.help;
  json["experimental"] = entry.mark.is_experimental;
  return json;
}

Json ToJson(const std::vector<StageOptions>& all) {
  Json stages = Json::array();
  for (const StageOptions& one : all) {
    Json options = Json::array();
    for (const ShownOption& option : one.options) options.push_back(ToJson(option));
    stages.push_back({{"stage", one.stage.name},
                      {"command", one.stage.command},
                      {"about", one.stage.about},
                      {"options", std::move(options)}});
  }
  return {{"stages", std::move(stages)}};
}

std::string ToText(const std::vector<StageOptions>& all) {
  std::string text;
  for (const StageOptions& one : all) {
    text += fmt::format("{}{}: {}  (sanerf {})\n", text.empty() ? "" : "\n", one.stage.name, one.stage.about,
                        one.stage.command);
    size_t name_width = 0, default_width = 0, values_width = 0;
    for (const ShownOption& option : one.options) {
      name_width = std::max(name_width, option.entry.name().size());
      default_width = std::max(default_width, DefaultOf(option).size());
      values_width = std::max(values_width, std::min<size_t>(32, option.entry.values.Text().size()));
    }
    for (const ShownOption& option : one.options) {
      const Entry& entry = option.entry;
      text += fmt::format("  {:<{}}  {:<{}}  {:<{}}  {}{}\n", entry.name(), name_width, DefaultOf(option),
                          default_width, entry.values.Text(), values_width,
                          entry.mark.is_experimental ? "(experimental) " : "", entry.help);
    }
  }
  return text;
}

std::string ToMarkdown() {
  experiments::ExperimentSettings settings;
  std::string text = R"(# Options

Written by `sanerf options --markdown`; do not edit. Every option is given with `--set STAGE.KEY=VALUE` or in a file with
`--config FILE` (`{"nerf": {"iters": 2000}}`). A value outside of its range is refused. Defaults are those of
`--preset default`. Experimental options stand for what is still being tried; they may change or go.
)";
  for (const StageOptions& one : OptionsOf(settings, std::nullopt)) {
    text += fmt::format(
        "\n## {}\n\nOptions of {}: `sanerf {}`.\n\n| option | default | values | meaning |\n|---|---|---|---|\n",
        one.stage.name, one.stage.about, one.stage.command);
    for (const ShownOption& option : one.options) {
      const Entry& entry = option.entry;
      text += fmt::format("| `{}` | {} | {} | {}{} |\n", entry.name(), DefaultOf(option), entry.values.Text(),
                          entry.help, entry.mark.is_experimental ? " *(experimental)*" : "");
    }
  }
  return text;
}

}  // namespace

void AddOptions(CommandLine& line) {
  struct Flags {
    std::optional<std::string> stage, preset;
    bool markdown = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* sub = AddCommand(line, "options", "every option: meaning, default and range",
                             "  sanerf options\n  sanerf options nerf\n  sanerf options nerf.iters\n"
                             "  sanerf options --preset paper\n  sanerf options object --json");
  sub->add_option("STAGE", flags->stage,
                  "only those of this stage (the part of the name before the point), or one by its name");
  sub->add_option("--preset", flags->preset, "only those that this preset changes: default -> value")
      ->type_name("NAME");
  sub->add_flag("--markdown", flags->markdown, "as docs/options.md has them");
  Exclude(sub, {"--preset"}, {"--markdown"});
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) {
      if (flags->markdown) return PrintText(ToMarkdown());
      experiments::ExperimentSettings settings;
      ApplyCommonFlags(line.common, {}, "options", &settings, job);
      std::vector<StageOptions> all = OptionsOf(settings, flags->stage);
      if (flags->preset) all = ChangedBy(*flags->preset, std::move(all));
      line.common.json ? PrintJson(ToJson(all)) : PrintText(Wrapped(ToText(all)));
      if (all.empty()) job.Info(fmt::format("preset {} changes nothing here", *flags->preset));
      if (!all.empty() && !all[0].options.empty())
        SuggestNext(fmt::format("sanerf {} --help", all[0].stage.command.substr(0, all[0].stage.command.find(' '))),
                    job);
    };
  });
}

}  // namespace sanerf::cli
