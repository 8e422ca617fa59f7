// Every option of every stage and baseline: what it takes and what it refuses.
#include "sanerf/experiments/settings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Entry = OptionRegistry::Entry;

static_assert(std::is_aggregate_v<ExperimentSettings>);  // values, and nothing that depends on who looks at them

std::string Number(double x) { return fmt::format("{:.17g}", x); }

TEST(ExperimentSettings, ValuesOutOfRangeAreRefusedByNameAndTheEndsAreTaken) {
  ExperimentSettings defaults;
  const OptionRegistry names = RegistryOf(defaults);
  const Json untouched = pipeline::ToJson(defaults);
  for (const Entry& option : names.entries()) {
    const AllowedValues& values = option.values;
    std::vector<std::string> refused, taken;
    if (values.range) {
      const Range& range = *values.range;
      refused = {"abc",
                 "",
                 "nan",
                 "inf",
                 "-inf",
                 "true",
                 "1e400",
                 "[]",
                 Number(range.low - 1),
                 Number(range.high + 1),
                 Number(-1e9),
                 Number(1e9 * (1 + range.high))};
      taken = {Number(range.low), Number(range.high)};
      if (values.type == OptionType::kInteger) refused.push_back("3.7");
      (range.or_zero || range.low <= 0 ? taken : refused).push_back("0");
      (range.low <= -1 ? taken : refused).push_back("-1");
    } else if (values.HasChoices()) {
      refused = {"abc", "", "-1", "0", "1e9"};
      for (const Json& choice : values.Choices()) taken.push_back(OptionValueText(choice));
    } else if (values.type == OptionType::kBool) {
      refused = {"abc", "", "0", "1", "nan", "1e9"};
      taken = {"true", "false"};
    } else {
      taken = {"", "abc", "0"};
    }
    for (const std::string& value : refused) {
      ExperimentSettings settings;
      EXPECT_THAT(ErrorTextOf<UsageError>([&] { pipeline::Assign(settings, option.name() + "=" + value); }),
                  AllOf(HasSubstr(option.name() + "="), HasSubstr("expected"), HasSubstr(option.help)))
          << option.name() << "=" << value;
      EXPECT_EQ(pipeline::ToJson(settings), untouched);
    }
    for (const std::string& value : taken) {
      ExperimentSettings settings, again;
      EXPECT_NO_THROW(pipeline::Assign(settings, option.name() + "=" + value)) << option.name() << "=" << value;
      EXPECT_NO_THROW(RegistryOf(settings).Check()) << option.name() << "=" << value;
      EXPECT_NO_THROW(pipeline::Restore(again, pipeline::ToJson(settings), Json::object(), "run.json"))
          << option.name();
      EXPECT_EQ(pipeline::ToJson(again), pipeline::ToJson(settings));
    }
  }
}

TEST(ExperimentSettings, EveryOptionIsExplainedAndHasValuesThatIncludeItsDefault) {
  ExperimentSettings settings;
  const OptionRegistry registry = RegistryOf(settings);
  std::set<std::string> names;
  for (const Entry& entry : registry.entries()) {
    SCOPED_TRACE(entry.name());
    EXPECT_TRUE(names.insert(entry.name()).second);
    EXPECT_GE(entry.help.size(), 4u);
    const bool is_bool = entry.values.type == OptionType::kBool;
    EXPECT_EQ(int(entry.values.range.has_value()) + int(entry.values.HasChoices()) + int(!entry.values.text.empty()),
              is_bool ? 0 : 1);
    EXPECT_TRUE(entry.values.Accept(entry.get()).has_value()) << entry.get();
    const std::optional<Json> parsed = entry.values.Parse(OptionValueText(entry.get()));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(OptionValueText(*parsed), OptionValueText(entry.get()));
  }
  EXPECT_TRUE(names.contains("segment.rounds") && names.contains("contrastive_lift.dims"));
  EXPECT_GT(names.size(), 150u);
  EXPECT_EQ(registry.stages().size(), pipeline::ToJson(settings).size());
}

// A struct of options that several stages have explains them in words that fit all of them.
TEST(ExperimentSettings, TheHelpOfABaselineSpeaksOfItsOwnPaper) {
  ExperimentSettings settings;
  for (const Entry& entry : RegistryOf(settings).entries()) {
    if (entry.stage != "panoptic_lifting" && entry.stage != "contrastive_lift") continue;
    EXPECT_EQ(entry.help.find("(paper"), std::string::npos) << entry.name();
    EXPECT_EQ(entry.help.find("(release"), std::string::npos) << entry.name();
    EXPECT_EQ(entry.help.find("object field"), std::string::npos) << entry.name();
  }
}

}  // namespace
}  // namespace sanerf::experiments
