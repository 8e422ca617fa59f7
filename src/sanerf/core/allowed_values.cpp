#include "sanerf/core/allowed_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/suggestions.h"

namespace sanerf {
namespace {

const char* NounOf(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "true or false";
    case OptionType::kInteger:
      return "an integer";
    case OptionType::kNumber:
      return "a number";
    case OptionType::kText:
      break;
  }
  return "a text";
}

std::string ChoicesText(const AllowedValues& values) {
  std::vector<std::string> items;
  for (const Json& choice : values.Choices()) items.push_back(OptionValueText(choice));
  return Listed(items);
}

// The value as the option's type has it, or nothing when it is another type's.
std::optional<Json> Converted(const Json& value, OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return value.is_boolean() ? std::optional(value) : std::nullopt;
    case OptionType::kText:
      return value.is_string() ? std::optional(value) : std::nullopt;
    case OptionType::kNumber:
      return value.is_number() && std::isfinite(value.get<double>()) ? std::optional(value) : std::nullopt;
    case OptionType::kInteger:
      break;
  }
  if (value.is_number_integer()) return value;
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();  // 1e4
  if (number != std::floor(number) || std::abs(number) > 0x1p53) return std::nullopt;
  return Json(int64_t(number));
}

// Of the right type already.
bool Contains(const AllowedValues& values, const Json& value) {
  if (values.HasChoices()) {
    const std::vector<Json> choices = values.Choices();
    return std::find(choices.begin(), choices.end(), value) != choices.end();
  }
  if (!values.range) return true;
  if (values.range->or_zero && value == 0) return true;
  if (values.type == OptionType::kInteger) {
    const double number = value.get<double>();  // exact, or far outside
    return number >= values.range->low && number <= values.range->high &&
           value.get<int64_t>() % values.range->multiple_of == 0;
  }
  const float number = value.get<float>();  // as the coarser of the two types has it: 0.99f is more than 0.99
  return number >= float(values.range->low) && number <= float(values.range->high);
}

}  // namespace

std::string OptionValueText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{}", static_cast<float>(value.get<double>()));
  return value.dump();
}

std::vector<Json> AllowedValues::Choices() const {
  std::vector<Json> choices(names.begin(), names.end());
  for (const double number : numbers)
    choices.push_back(type == OptionType::kInteger ? Json(int64_t(number)) : Json(number));
  return choices;
}

std::optional<Json> AllowedValues::Accept(const Json& value) const {
  const std::optional<Json> converted = Converted(value, type);
  return converted && Contains(*this, *converted) ? converted : std::nullopt;
}

std::optional<Json> AllowedValues::Parse(const std::string& text) const {
  const Json value = type == OptionType::kText ? Json(text) : Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? std::nullopt : Accept(value);
}

std::string AllowedValues::Text() const {
  if (type == OptionType::kBool) return NounOf(type);
  if (HasChoices()) return ChoicesText(*this);
  if (!range) return text;
  const auto number = [](double x) {
    return std::abs(x) < 1e15 && x == std::floor(x) ? fmt::format("{:.0f}", x) : fmt::format("{}", x);
  };
  std::string described = fmt::format("{} to {}", number(range->low), number(range->high));
  if (range->multiple_of > 1) described += fmt::format(", a multiple of {}", range->multiple_of);
  if (range->or_zero) described += ", or 0";
  return described;
}

std::string AllowedValues::Expected() const {
  if (range) return fmt::format("{} from {}", NounOf(type), Text());
  return Text();
}

void CheckNumber(const std::string& what, int value, Range range) {
  const AllowedValues values{.type = OptionType::kInteger, .range = range};
  if (!values.Accept(value)) throw UsageError(fmt::format("{} {}", what, value), "expected " + values.Expected());
}

void CheckNumber(const std::string& what, double value, Range range) {
  const AllowedValues values{.type = OptionType::kNumber, .range = range};
  if (!values.Accept(value)) throw UsageError(fmt::format("{} {:g}", what, value), "expected " + values.Expected());
}

}  // namespace sanerf
