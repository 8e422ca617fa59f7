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

TEST(ReportPage, FiguresATurntableAndCommands) {
  ReportPage page;
  page.objects = {{"mug", "fine", {}}};
  page.objects[0].figures = {{"prompts in train/001", {ImageU8(4, 4, 3)}}, {"cut out", {ImageU8(4, 4, 4), false}}};
  page.objects[0].turntable = {{ImageU8(4, 4, 3)}, {ImageU8(4, 4, 3)}, {ImageU8(4, 4, 3)}};
  page.commands = {{"the objects", "sanerf segment 'my <run>'"}};
  const std::string html = ToHtml(page);
  EXPECT_THAT(html, HasSubstr("<figcaption>prompts in train/001</figcaption>"));
  EXPECT_THAT(html, HasSubstr("<img class=\"cutout\" alt=\"mug: cut out\" src=\"data:image/png;base64,"));
  EXPECT_THAT(html, HasSubstr("<figure class=\"turntable\"><img class=\"now\" alt=\"mug: frame 1 of a turn\""));
  EXPECT_THAT(html, HasSubstr("mug: frame 3 of a turn"));
  EXPECT_THAT(html, Not(HasSubstr("<table class=\"pictures\"")));  // no rows
  EXPECT_THAT(html, HasSubstr("# the objects\nsanerf segment 'my &lt;run&gt;'\n"));
  EXPECT_THAT(html, HasSubstr("<dialog>"));  // what a click enlarges
  EXPECT_THAT(html, HasSubstr("dialog.showModal()"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
}

}  // namespace
}  // namespace sanerf::experiments
