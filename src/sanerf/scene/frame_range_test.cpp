#include "sanerf/scene/frame_range.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FrameRange, PartsThatAreLeftOut) {
  EXPECT_TRUE(ParseFrameRange("").IsAll());
  EXPECT_TRUE(ParseFrameRange("::").IsAll());
  EXPECT_TRUE(ParseFrameRange("0:").IsAll());
  EXPECT_THAT(ParseFrameRange("").Of(3), ElementsAre(0, 1, 2));
  EXPECT_THAT(ParseFrameRange("1:").Of(3), ElementsAre(1, 2));
  EXPECT_THAT(ParseFrameRange(":2").Of(3), ElementsAre(0, 1));
  EXPECT_THAT(ParseFrameRange("::2").Of(5), ElementsAre(0, 2, 4));
  EXPECT_THAT(ParseFrameRange("2:9:3").Of(9), ElementsAre(2, 5, 8));
  EXPECT_THAT(ParseFrameRange("2:8:3").Of(9), ElementsAre(2, 5));
}

TEST(FrameRange, NonsenseIsASentence) {
  for (const char* text : {"5", "a:b", "-1:3", "1:2:0", "3:3", "4:2", "1:2:3:4", "0:99999999999", "1.5:3", " 0:3"})
    EXPECT_THAT(ErrorText([&] { ParseFrameRange(text); }),
                testing::AllOf(HasSubstr(std::string("scene.frames=") + text), HasSubstr("first:end")))
        << text;
}

TEST(FrameRange, MomentsThatDoNotExist) {
  EXPECT_THAT(ErrorText([] { ParseFrameRange("0:400").Of(300); }),
              testing::AllOf(HasSubstr("0:400:1"), HasSubstr("there are 300 moments"), HasSubstr("--frames 0:300")));
  EXPECT_THAT(ErrorText([] { ParseFrameRange("300:").Of(300); }), HasSubstr("there are 300 moments"));
}

}  // namespace
}  // namespace sanerf::scene
