#include "sanerf/experiments/eval/report_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

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
  EXPECT_THAT(html, HasSubstr("<td class=\"none\">none</td>"));
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_THAT(html, Not(HasSubstr("://")));
  EXPECT_THAT(html, HasSubstr("content=\"default-src 'none'; img-src data:; "));
  EXPECT_THAT(html, HasSubstr("<link rel=\"icon\" href=\"data:,\">"));  // browsers ask the server for one otherwise
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
  EXPECT_THAT(html, HasSubstr("<figure class=\"turntable\"><button type=\"button\" class=\"zoom\"><img class=\"now\" "
                              "alt=\"mug: frame 1 of a turn\""));
  EXPECT_THAT(html, HasSubstr("mug: frame 3 of a turn"));
  EXPECT_THAT(html, Not(HasSubstr("<table class=\"pictures\"")));  // no rows
  EXPECT_THAT(html, HasSubstr("# the objects\nsanerf segment 'my &lt;run&gt;'\n"));
  EXPECT_THAT(html, HasSubstr("<dialog aria-label="));  // what a click enlarges
  EXPECT_THAT(html, HasSubstr("dialog.showModal()"));
  EXPECT_THAT(html, Not(HasSubstr("://")));
}

int NumFound(const std::string& what, const std::string& text) {
  int count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// Every picture is inside of a button, has a name that says what it shows and an address from the beginning: a button
// takes the keyboard's focus, and an image without an address is no valid HTML.
TEST(ReportPage, PicturesAreReachedByKeyboardAndHaveNames) {
  ReportPage page;
  page.columns = {"photo", "our mask"};
  page.objects = {{"mug", "fine", {{"test/000.png", "", {{ImageU8(4, 4, 3)}, {ImageU8(4, 4, 3)}}}}}};
  page.objects[0].figures = {{"cut out", {ImageU8(4, 4, 4), false}}};
  const std::string html = ToHtml(page);
  const std::string body = html.substr(html.find("<body>"));
  EXPECT_EQ(NumFound("<img ", body), 3);
  EXPECT_EQ(NumFound("<button type=\"button\" class=\"zoom\"><img ", body), 3);
  EXPECT_EQ(NumFound(" src=\"data:image/", body), 3);
  EXPECT_EQ(NumFound("alt=\"mug: our mask, test/000.png\"", body), 1);
  EXPECT_THAT(body, Not(HasSubstr("alt=\"\"")));
  EXPECT_THAT(html, HasSubstr(":focus-visible { outline:"));
}

TEST(ReportPage, TablesHaveHeadersAndScrollByKeyboard) {
  ReportPage page;
  page.scores = {{"object", "IoU"}, {"mug", "97.1 %"}};
  const std::string html = ToHtml(page);
  EXPECT_THAT(html, HasSubstr("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"scores\">"));
  EXPECT_THAT(html, HasSubstr("<tr><th scope=\"col\">object</th><th scope=\"col\">IoU</th></tr>\n"
                              "<tr><th scope=\"row\">mug</th><td>97.1 %</td></tr>"));
}

// WCAG 2.1, 1.4.3.
double Luminance(const std::string& hex) {
  double sum = 0;
  for (size_t c = 0; c < 3; ++c) {
    const std::string digits = hex.size() == 3 ? std::string(2, hex[c]) : hex.substr(2 * c, 2);
    const double value = std::stoi(digits, nullptr, 16) / 255.0;
    sum += std::array{0.2126, 0.7152, 0.0722}[c] *
           (value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
  }
  return sum;
}

TEST(ReportPage, TextStandsOutFromItsBackgroundByDayAndByNight) {
  const std::string html = ToHtml(ReportPage());
  size_t at = 0;
  for (const char* scheme : {"light", "dark"}) {
    at = html.find("--ink: #", at);
    ASSERT_NE(at, std::string::npos);
    const auto color = [&](const std::string& name) {
      const size_t begin = html.find("--" + name + ": #", at) + name.size() + 5;
      return html.substr(begin, html.find(';', begin) - begin);
    };
    for (const char* text : {"ink", "soft", "accent"})
      for (const char* behind : {"paper", "card"}) {
        const auto [dark, bright] = std::minmax({Luminance(color(text)), Luminance(color(behind))});
        EXPECT_GE((bright + 0.05) / (dark + 0.05), 4.5) << scheme << ": " << text << " on " << behind;
      }
    ++at;
  }
}

}  // namespace
}  // namespace sanerf::experiments
