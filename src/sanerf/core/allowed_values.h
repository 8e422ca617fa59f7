// The values that an option may have, without its C++ type: what is read from a command line or a file is compared with
// them, help and errors name them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/json_fwd.h"
#include "sanerf/core/option_values.h"

namespace sanerf {

enum class OptionType { kBool, kInteger, kNumber, kText };

// One of range, choices and text is set, unless the type is kBool. Choices are `numbers` of an integer or number,
// `names` of a text.
struct AllowedValues {
  OptionType type = OptionType::kBool;
  std::optional<Range> range = {};
  std::vector<double> numbers = {};
  std::vector<std::string> names = {};
  std::string text = "";

  bool HasChoices() const { return !numbers.empty() || !names.empty(); }
  std::vector<Json> Choices() const;
  // The value as the type has it; nothing when it is none of the values. Of a text: "1e4" -> 10000.
  std::optional<Json> Accept(const Json& value) const;
  std::optional<Json> Parse(const std::string& text) const;
  std::string Text() const;      // "1 to 64, a multiple of 4", "huber or mse", "true or false"
  std::string Expected() const;  // the same as what an error expects: "an integer from 1 to 64"
};

std::string OptionValueText(const Json& value);  // as --set takes it: 0.01, not 0.009999999776482582

// For a number that is no option. Throws UsageError "WHAT VALUE: expected an integer from ...".
void CheckNumber(const std::string& what, int value, Range range);
void CheckNumber(const std::string& what, double value, Range range);

}  // namespace sanerf
