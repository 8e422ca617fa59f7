// What `segment` says.
#include "sanerf/cli/tiny_run_test_support.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SegmentCommand : public TinyRun {};

TEST_F(SegmentCommand, OneViewIsNoViews) {
  MakeRun();
  const Arguments whole_photo = {"--box", "train/001:0,0,48,48"};
  EXPECT_THAT(Succeeds(Segment(whole_photo + Arguments{"--set", "segment.max_views=1"})).err,
              AllOf(HasSubstr("mug: 1 of 1 view has a mask\n"), HasSubstr("mug: 1 of 1 view gave a mask\n")));
  EXPECT_THAT(Succeeds(Segment(whole_photo + Arguments{"--set", "segment.max_views=2"})).err,
              HasSubstr(" of 2 views gave a mask\n"));
}

}  // namespace
}  // namespace sanerf::cli
