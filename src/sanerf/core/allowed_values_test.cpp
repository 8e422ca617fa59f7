#include "sanerf/core/allowed_values.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf {
namespace {

TEST(AllowedValues, AcceptTheirOwnAlone) {
  const AllowedValues counts{.type = OptionType::kInteger, .range = Range(8, 64).MultipleOf(4).OrZero()};
  EXPECT_EQ(counts.Accept(12), Json(12));
  EXPECT_EQ(counts.Accept(12.0), Json(12));
  EXPECT_EQ(counts.Parse("1.2e1"), Json(12));
  EXPECT_EQ(counts.Accept(0), Json(0));
  for (const Json& other : {Json(4), Json(13), Json(68), Json(12.5), Json("12"), Json(true)})
    EXPECT_FALSE(counts.Accept(other)) << other;
  EXPECT_FALSE(counts.Parse("twelve"));
  EXPECT_EQ(counts.Expected(), "an integer from 8 to 64, a multiple of 4, or 0");
  const AllowedValues losses{.type = OptionType::kText, .names = {"huber", "mse"}};
  EXPECT_EQ(losses.Parse("mse"), Json("mse"));
  EXPECT_FALSE(losses.Parse("l7"));
  EXPECT_EQ(losses.Expected(), "huber or mse");
}

TEST(AllowedValues, ANumberThatIsNoOptionIsCheckedAlike) {
  EXPECT_EQ(ErrorTextOf<UsageError>([] { CheckNumber("--repeats", 0, Range(1, 9)); }),
            "--repeats 0: expected an integer from 1 to 9\n");
  EXPECT_THROW(CheckNumber("--downscale", std::nan(""), Range(1, 9)), UsageError);
  EXPECT_NO_THROW(CheckNumber("--downscale", 1.5, Range(1, 9)));
}

}  // namespace
}  // namespace sanerf
