// `sanerf report`: one page, of all objects or of some.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ReportCommand : public TinyRun {
 protected:
  void SetUp() override { MakeRunWithMug(2); }
};

TEST_F(ReportCommand, WritesOneFileWithCurvesVersionsAndCommands) {
  const ProgramResult result = Succeeds({"report", "run", "--json"});
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json.at("report"), "run/report.html");
  EXPECT_TRUE(json.at("scores").contains("psnr"));
  EXPECT_THAT(result.err, HasSubstr("next:  sanerf export run --object mug --format masks"));
  const std::string html = ReadFile(folder_ / "run/report.html");
  EXPECT_THAT(html,
              AllOf(HasSubstr("<h2>mug</h2>"), HasSubstr("<polyline points="), HasSubstr("the run</th><td>sanerf"),
                    HasSubstr("sanerf segment "), Not(HasSubstr("{{")), Not(HasSubstr("://"))));
}

TEST_F(ReportCommand, OfAnObjectAtAPlaceOfItsOwn) {
  Succeeds({"report", "run", "--object", "mug", "--out", "mug.html"});
  EXPECT_THAT(ReadFile(folder_ / "mug.html"), HasSubstr("<h2>mug</h2>"));
  EXPECT_THAT(Fails(2, {"report", "run", "--object", "mgu"}), HasSubstr("did you mean 'mug'"));
  EXPECT_THAT(Fails(2, {"report", "run", "--out", "scene"}), HasSubstr("it is a folder, and a report is one file"));
  EXPECT_THAT(Fails(2, {"report", "run", "--out", "scene/train/a.html"}),
              HasSubstr("the scene has photos or masks in"));
}

}  // namespace
}  // namespace sanerf::cli
