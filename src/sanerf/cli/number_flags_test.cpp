#include "sanerf/cli/number_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/cli/cli_test_support.h"

namespace sanerf::cli {
namespace {

using ::testing::HasSubstr;

struct WrongNumber {
  std::vector<std::string> arguments;
  std::string error;
};

TEST(NumberFlags, NumbersThatMakeNoSenseAreRefusedWithTheRange) {
  const std::vector<WrongNumber> wrong = {
      {{"train", "x", "--out", "y", "--iters", "0"}, "--iters 0: expected an integer from 1 to 1000000"},
      {{"train", "x", "--out", "y", "--iters", "-5"}, "--iters -5: expected an integer from 1 to 1000000"},
      {{"train", "x", "--out", "y", "--iters=-5"}, "--iters -5: expected"},
      {{"train", "x", "--out", "y", "--iters", "3.7"}, "--iters 3.7: expected an integer"},
      {{"train", "x", "--out", "y", "--iters", ""}, "--iters needs a value: it is empty"},
      {{"train", "x", "--out", "y", "--test-every", "-1"}, "--test-every -1: expected an integer from 2 to"},
      {{"train", "x", "--out", "y", "--test-every", "1"}, "--test-every 1: expected an integer from 2 to 100000, or 0"},
      {{"train", "x", "--out", "y", "--downscale", "1000000"}, "--downscale 1000000: expected an integer from 1 to 64"},
      {{"train", "x", "--out", "y", "--seed", "-1"}, "--seed -1: expected an integer from 0 to 1000000000"},
      {{"train", "x", "--out", "y", "--seed", "one"}, "--seed one: expected an integer"},
      {{"train", "x", "--out", "y", "--seed", ""}, "--seed '': expected an integer"},
      {{"train", "x", "--out", "y", "--threads", "1000000"}, "--threads 1000000: expected an integer from 0 to 1024"},
      {{"synth", "x", "--views", "0"}, "--views 0: expected an integer from 2 to 1000"},
      {{"synth", "x", "--size", "1e9"}, "--size 1e9: expected an integer from 16 to 4096"},
      {{"demo", "--views", "-1"}, "--views -1: expected an integer from 2 to 1000"},
      {{"render", "x", "--frames", "0"}, "--frames 0: expected an integer from 1 to 100000"},
      {{"render", "x", "--downscale", "0"}, "--downscale 0: expected a number from 1 to 64"},
      {{"render", "x", "--downscale", "nan"}, "--downscale nan: expected a number from 1 to 64"},
      {{"segment", "x", "--min-visible", "-1"}, "--min-visible -1: expected an integer from 0 to"},
      {{"segment", "x", "--instance", "-1"}, "--instance -1: expected an integer from 0 to"},
      {{"eval", "x", "--instance", "99999999999"}, "--instance 99999999999: expected an integer from 0 to"},
      {{"compare", "x", "--repeats", "0"}, "--repeats 0: expected an integer from 1 to 1000"},
      {{"eval-set", "x", "--repeats", "-2"}, "--repeats -2: expected an integer from 1 to 1000"},
      {{"ablate", "x", "--out", "y", "--seeds", "0"}, "--seeds 0: expected an integer from 1 to 1000"},
  };
  for (const WrongNumber& one : wrong) {
    const ProgramResult result = RunSanerf(one.arguments);
    EXPECT_EQ(result.exit_code, 2) << one.error << "\n" << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_THAT(result.err, HasSubstr("error: " + one.error));
  }
}

}  // namespace
}  // namespace sanerf::cli
