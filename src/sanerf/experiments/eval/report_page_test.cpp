#include "sanerf/experiments/eval/report_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportPage, IsOneSelfContainedFile) {
  ReportPage page;
  page.title = "run <1>";
  page.facts = {{"31.2 dB", "PSNR"}};
  page.scores = {{"object", "IoU"}, {"mug & co", "97.1 %"}};
  page.columns = {"photo", "difference"};
  page.objects = {
      {"mug & co",
       "fine",
       {{"test/000.png", "IoU 97 %", {{ImageU8(4, 4, 3)}, {ImageU8(4, 4, 3), false}}}, {"b", "", {{}, {}}}}}};
  const std::string html = ToHtml(page);
  EXPECT_THAT(html, HasSubstr("<title>run &lt;1&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("mug &amp; co"));
  EXPECT_THAT(html, HasSubstr("data:image/jpeg;base64,/9j/"));
  EXPECT_THAT(html, HasSubstr("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(html, HasSubstr("<span class=\"none\">none</span>"));
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
}

}  // namespace
}  // namespace sanerf::experiments
