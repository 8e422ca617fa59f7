#include "sanerf/viewer/desk/hover.h"

#include <gmock/gmock.h>

#include <string>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/desk_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using ::testing::Contains;
using ::testing::HasSubstr;

class HoverTest : public DeskTest {};

TEST_F(HoverTest, AHoverOnAViewThatIsNotEncodedIsRefusedAndAsksForIt) {
  const Json click = ClickRequest(kBallId);
  const int missing = click.at("view");
  const Json asked = {{"view", missing}, {"xy", click.at("xy")}, {"size", 64}};
  gradual_->Lack({missing});
  Desk desk(Room(), work_, listener_);
  EXPECT_THROW(desk.Hover(asked, Job()), NotNow);  // no depth yet
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(false);
  EXPECT_THAT(ErrorTextOf<NotNow>([&] { desk.Hover(asked, Job()); }), HasSubstr("is not encoded yet"));
  EXPECT_THAT(desk.WantedViews(), Contains(missing));
  EXPECT_TRUE(desk.Objects().empty());
  gradual_->Lack({});
  EXPECT_EQ(desk.Hover(asked, Job()).at("candidates").size(), 2u);
  EXPECT_THAT(desk.WantedViews(), testing::IsEmpty());  // nobody waits any more
}

TEST_F(HoverTest, HoverAsksWithoutChangingAnything) {
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const Json click = ClickRequest(kBallId);
  const Json hover = desk.Hover({{"view", click.at("view")}, {"xy", click.at("xy")}, {"size", 64}}, Job());
  ASSERT_EQ(hover.at("candidates").size(), 2u);
  EXPECT_EQ(hover.at("best"), 0);
  EXPECT_FALSE(hover.at("candidates")[0].at("png").get<std::string>().empty());
  EXPECT_TRUE(desk.Objects().empty());
  EXPECT_THROW(desk.Hover({{"view", 0}, {"xy", {1e6, 3}}}, Job()), UsageError);
}

}  // namespace
}  // namespace sanerf::viewer
