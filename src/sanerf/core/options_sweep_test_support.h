// Runs something at the ends of the ranges of all options of a stage: no value of a single option may crash, hang or
// divide by zero. For tests only.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"

namespace sanerf {

// The ends of an option's range and all its choices, without the upper ends that cost seconds or gigabytes on any
// scene (`dear`: their keys).
inline std::vector<std::string> EndsOf(const OptionRegistry::Entry& option, const std::vector<std::string>& dear) {
  const auto number = [](double x) { return fmt::format("{:.17g}", x); };
  std::vector<std::string> ends;
  if (option.values.range) {
    ends.push_back(number(option.values.range->low));
    if (std::find(dear.begin(), dear.end(), option.key) == dear.end())
      ends.push_back(number(option.values.range->high));
    if (option.values.range->or_zero) ends.push_back("0");
  }
  for (const Json& choice : option.values.Choices()) ends.push_back(OptionValueText(choice));
  if (option.values.type == OptionType::kBool) ends = {"true", "false"};
  return ends;
}

// How many runs ended, and how many were refused.
struct SweepCount {
  int num_run = 0, num_refused = 0;
};

// What single options cannot say may still be refused (levels times features, a loss that explodes): in a sentence.
template <class F>
void SweepOnce(const std::string& assignment, const F& run, SweepCount* count) {
  SCOPED_TRACE(assignment);
  try {
    run();
    ++count->num_run;
  } catch (const Error& error) {
    EXPECT_GT(std::string(error.what()).size(), 10u);
    ++count->num_refused;
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
}

// run(options) for `tiny` with one option after the other at each of its ends.
template <class Options, class F>
SweepCount SweepOptions(const std::string& stage, const Options& tiny, const std::vector<std::string>& dear,
                        const F& run) {
  SweepCount count;
  Options listed = tiny;
  OptionRegistry all;
  all.Add(stage, listed);
  for (const OptionRegistry::Entry& option : all.entries()) {
    for (const std::string& end : EndsOf(option, dear)) {
      Options options = tiny;
      OptionRegistry registry;
      registry.Add(stage, options);
      const std::string assignment = option.name() + "=" + end;
      registry.Set(assignment);
      SweepOnce(
          assignment, [&] { run(options); }, &count);
    }
  }
  return count;
}

}  // namespace sanerf
