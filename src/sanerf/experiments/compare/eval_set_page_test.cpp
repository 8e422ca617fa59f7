#include "sanerf/experiments/compare/eval_set_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(EvalSetPage, HasTheTableAndTheSheets) {
  const TestFolder folder;
  std::vector<CompareResult> scenes(2);
  scenes[0].scene = "fern <1>";
  scenes[0].folder = folder.path();
  scenes[1].scene = "room";
  scenes[1].folder = folder / "none";
  WritePng(folder / "sheet.png", ImageU8(40, 20, 3, 90));
  for (CompareResult& scene : scenes) {
    MethodResult method;
    method.method = method.title = "ours";
    MethodRun run;
    run.objects.emplace_back();
    run.objects[0].name = "mug";
    method.runs.push_back(run);
    scene.methods.push_back(method);
    scene.objects = {"mug"};
    scene.views = {"test/000.png"};
  }
  const std::vector<std::pair<std::string, std::string>> failed = {{"attic", "no photo"}};
  const std::string html = ToHtml(EvalSetPage{"small", scenes, failed, "sanerf eval-set s --out o", 3});
  EXPECT_THAT(
      html, AllOf(HasSubstr("<h2>fern &lt;1&gt;</h2>"), HasSubstr("<h2>room</h2>"), HasSubstr("attic failed: no photo"),
                  HasSubstr("data:image/jpeg;base64,"), HasSubstr("sanerf eval-set s --out o"), Not(HasSubstr("://"))));
}

}  // namespace
}  // namespace sanerf::experiments
