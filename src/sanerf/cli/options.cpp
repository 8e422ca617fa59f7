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

struct StageOptions {
  OptionRegistry::Stage stage;
  std::vector<Entry> options;
};

[[noreturn]] void FailUnknown(const std::string& wanted, const OptionRegistry& registry) {
  const bool is_option = wanted.find('.') != std::string::npos;
  std::vector<std::string> stages, options;
  for (const OptionRegistry::Stage& stage : registry.stages()) stages.push_back(stage.name);
  for (const Entry& entry : registry.entries()) options.push_back(entry.name());
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
      if (entry.stage == stage.name && (is_whole || *wanted == entry.name())) one.options.push_back(entry);
    if (is_whole || !one.options.empty()) all.push_back(std::move(one));
  }
  if (all.empty()) FailUnknown(*wanted, registry);
  return all;
}

std::string DefaultOf(const Entry& entry) {
  const std::string text = OptionValueText(entry.get());
  return text.empty() ? "(empty)" : text;
}

// The same as JSON: single precision has 0.009999999776482582 for 0.01.
Json DefaultJson(const Entry& entry) {
  const Json value = entry.get();
  return value.is_number_float() ? Json(std::stod(OptionValueText(value))) : value;
}

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

Json ToJson(const Entry& entry) {
  Json json = {{"name", entry.name()}, {"type", TypeName(entry.values.type)}, {"default", DefaultJson(entry)}};
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
    for (const Entry& entry : one.options) options.push_back(ToJson(entry));
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
    for (const Entry& entry : one.options) {
      name_width = std::max(name_width, entry.name().size());
      default_width = std::max(default_width, DefaultOf(entry).size());
      values_width = std::max(values_width, std::min<size_t>(32, entry.values.Text().size()));
    }
    for (const Entry& entry : one.options)
      text += fmt::format("  {:<{}}  {:<{}}  {:<{}}  {}{}\n", entry.name(), name_width, DefaultOf(entry), default_width,
                          entry.values.Text(), values_width, entry.mark.is_experimental ? "(experimental) " : "",
                          entry.help);
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
    for (const Entry& entry : one.options)
      text += fmt::format("| `{}` | {} | {} | {}{} |\n", entry.name(), DefaultOf(entry), entry.values.Text(),
                          entry.help, entry.mark.is_experimental ? " *(experimental)*" : "");
  }
  return text;
}

}  // namespace

void AddOptions(CommandLine& line) {
  struct Flags {
    std::optional<std::string> stage;
    bool markdown = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* sub = AddCommand(line, "options", "every option: meaning, default and range",
                             "  sanerf options\n  sanerf options nerf\n  sanerf options nerf.iters\n"
                             "  sanerf options object --json");
  sub->add_option("STAGE", flags->stage,
                  "only those of this stage (the part of the name before the point), or one by its name");
  sub->add_flag("--markdown", flags->markdown, "as docs/options.md has them");
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) {
      if (flags->markdown) return PrintText(ToMarkdown());
      experiments::ExperimentSettings settings;
      ApplyCommonFlags(line.common, {}, "options", &settings, job);
      const std::vector<StageOptions> all = OptionsOf(settings, flags->stage);
      line.common.json ? PrintJson(ToJson(all)) : PrintText(Wrapped(ToText(all)));
      if (!all.empty() && !all[0].options.empty())
        SuggestNext(fmt::format("sanerf {} --help", all[0].stage.command.substr(0, all[0].stage.command.find(' '))),
                    job);
    };
  });
}

}  // namespace sanerf::cli
