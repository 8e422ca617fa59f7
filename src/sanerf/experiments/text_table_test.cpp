#include "sanerf/experiments/text_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sanerf::experiments {
namespace {

TEST(CellText, PercentWithAndWithoutSpread) {
  EXPECT_EQ(Percent(0.93214), "93.21");
  EXPECT_EQ(PercentWithSpread(0.93214, 0.004, true), "93.21 ± 0.40");
  EXPECT_EQ(PercentWithSpread(0.93214, 0.004, false), "93.21");
  EXPECT_EQ(Percent(NAN), "-");
  EXPECT_EQ(PercentWithSpread(NAN, NAN, true), "-");
}

TEST(CellText, CsvNumbersAreEmptyWithoutAValue) {
  EXPECT_EQ(CsvNumber(0.9321), "0.932100");
  EXPECT_EQ(CsvNumber(NAN), "");
}

TEST(CellText, CsvCellsAreQuotedWhereTheyHaveTo) {
  EXPECT_EQ(CsvCell("a mug"), "a mug");
  EXPECT_EQ(CsvCell("mug, red"), "\"mug, red\"");
  EXPECT_EQ(CsvCell("a \"mug\""), "\"a \"\"mug\"\"\"");
  EXPECT_EQ(CsvCell("two\nlines"), "\"two\nlines\"");
}

}  // namespace
}  // namespace sanerf::experiments
