#include "sanerf/cli/number_flags.h"

#include <fmt/format.h>

#include <type_traits>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/json.h"

namespace sanerf::cli {
namespace {

const char* TypeNameOf(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "BOOL";
    case OptionType::kInteger:
      return "INT";
    case OptionType::kNumber:
      return "NUMBER";
    case OptionType::kText:
      break;
  }
  return "TEXT";
}

// Number: int or double; *into is one, or an optional one.
template <class Number, class Value>
CLI::Option* AddNumberOf(CLI::App* sub, const std::string& flag, Value* into, const std::string& help, Range range) {
  constexpr OptionType kType = std::is_integral_v<Number> ? OptionType::kInteger : OptionType::kNumber;
  const auto read = [=](const std::string& text) {
    const AllowedValues values{.type = kType, .range = range};
    const std::optional<Json> value = values.Parse(text);
    if (!value)
      throw UsageError(fmt::format("{} {}", flag, text.empty() ? "''" : text), "expected " + values.Expected(), help);
    *into = value->get<Number>();
  };
  return sub->add_option_function<std::string>(flag, read, help)->type_name(TypeNameOf(kType));
}

}  // namespace

void OptionFlags::Add(CLI::App* sub, const std::string& flag, const std::string& option, const std::string& remark) {
  const OptionRegistry registry = RegistryOf(defaults_);
  const OptionRegistry::Entry* entry = registry.Find(option);
  SANERF_CHECK(entry != nullptr);
  const auto stored = std::make_shared<Flag>(Flag{flag, option, ""});
  flags_.push_back(stored);
  std::string help = fmt::format("{} [{}]", entry->help, OptionValueText(entry->get()));
  if (entry->values.HasChoices()) help += ": " + entry->values.Text();
  if (!remark.empty()) help += "; " + remark;
  // The text as it was given, also an empty one: the option says what is wrong with it.
  sub->add_option_function<std::string>(
         flag, [stored](const std::string& text) { stored->text = "=" + text; }, help)
      ->type_name(TypeNameOf(entry->values.type));
}

void OptionFlags::Apply(experiments::ExperimentSettings* settings) const {
  for (const auto& flag : flags_)
    if (!flag->text.empty()) pipeline::Assign(*settings, flag->option + flag->text, flag->flag);
}

CLI::Option* AddNumber(CLI::App* sub, const std::string& flag, int* value, const std::string& help, Range range) {
  return AddNumberOf<int>(sub, flag, value, help, range);
}

CLI::Option* AddNumber(CLI::App* sub, const std::string& flag, std::optional<int>* value, const std::string& help,
                       Range range) {
  return AddNumberOf<int>(sub, flag, value, help, range);
}

CLI::Option* AddNumber(CLI::App* sub, const std::string& flag, double* value, const std::string& help, Range range) {
  return AddNumberOf<double>(sub, flag, value, help, range);
}

}  // namespace sanerf::cli
