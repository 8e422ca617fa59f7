#include "sanerf/core/text_template.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sanerf/core/json.h"

namespace sanerf {
namespace {

TEST(TextTemplate, ValuesAreEscapedUnlessTheyAreRaw) {
  EXPECT_EQ(Filled("a {{x}} b {{{x}}} {{n}}", {{"x", "<\"&>"}, {"n", 3}}), "a &lt;&quot;&amp;&gt; b <\"&> 3");
  EXPECT_EQ(Filled("{{! nothing }}x", Json::object()), "x");
}

TEST(TextTemplate, SectionsRepeatAndSeeWhatIsAround) {
  const Json values = {{"of", "mug"},
                       {"rows", {{{"name", "a"}, {"cells", {1, 2}}}, {{"name", "b"}, {"cells", Json::array()}}}}};
  EXPECT_EQ(Filled("{{#rows}}{{of}}.{{name}}:{{#cells}}({{.}}){{/cells}}{{^cells}}none{{/cells}};{{/rows}}", values),
            "mug.a:(1)(2);mug.b:none;");
  EXPECT_EQ(Filled("{{#x}}yes{{/x}}{{^x}}no{{/x}}", {{"x", true}}), "yes");
  for (const Json& nothing : {Json(false), Json(""), Json(nullptr), Json(Json::array())})
    EXPECT_EQ(Filled("{{#x}}yes{{/x}}{{^x}}no{{/x}}", {{"x", nothing}}), "no") << nothing;
  EXPECT_EQ(Filled("{{#x}}yes{{/x}}{{^x}}no{{/x}}", Json::object()), "no");
  // What is left out may name what is not there.
  EXPECT_EQ(Filled("{{#x}}{{y}}{{#z}}{{/z}}{{/x}}.", Json::object()), ".");
}

TEST(TextTemplate, BracesAloneOnALineTakeItWithThem) {
  EXPECT_EQ(Filled("<ul>\n  {{#x}}\n  <li>{{.}}</li>\n  {{/x}}\n</ul>\n", {{"x", {"a", "b"}}}),
            "<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>\n");
  EXPECT_EQ(Filled("{{! of\ntwo lines }}\nx\n", Json::object()), "x\n");
  EXPECT_EQ(Filled("<b>{{#x}}y{{/x}}</b>\n", {{"x", true}}), "<b>y</b>\n");
}

TEST(TextTemplate, ABrokenOneIsAMistakeOfTheProgram) {
  for (const char* text : {"{{#x}}", "{{/x}}", "{{#x}}{{/y}}", "{{x", "{{{x}}", "{{x}}"})
    EXPECT_THROW(Filled(text, {{"y", 1}}), std::logic_error) << text;
}

}  // namespace
}  // namespace sanerf
