#include "sanerf/export/splat_export.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/export/splat_test_support.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"

namespace sanerf::exports {
namespace {

class SplatExportTest : public mask_aggregator::AggregatorTest {
 protected:
  static ExportOptions QuickExport() {
    ExportOptions options;
    options.splats.count = 300;
    options.splats.steps = 10;
    options.splats.views = 4;
    options.splats.resolution = 32;
    return options;
  }
};

TEST_F(SplatExportTest, WritesTheObjectTheSceneOrTheSceneWithoutIt) {
  const mask_aggregator::ObjectModel objects =
      mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  ExportInput input{.scene = *scene_, .nerf = *nerf_};
  input.objects = &objects;
  input.names = {"box"};
  input.labels = {1};
  const TestFolder folder;
  ExportOptions options = QuickExport();
  const std::vector<ExportedFile> alone = WriteSplats(input, options, folder.path(), Job());
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].path, folder / "box.ply");
  EXPECT_EQ(alone[0].what, "splats");
  const PlainPly ply(folder / "box.ply");
  EXPECT_EQ(int64_t(ply.size()), alone[0].count);
  EXPECT_THAT(ply.comments, testing::Contains("object 1 box"));
  ASSERT_TRUE(alone[0].box);
  EXPECT_LT(alone[0].box->min.x(), alone[0].box->max.x());

  options.splats.show = SplatsShow::kWithout;
  options.splats.file = SplatsFile::kSplat;
  const std::vector<ExportedFile> without = WriteSplats(input, options, folder.path(), Job());
  EXPECT_EQ(without[0].path, folder / "without_box.splat");
  EXPECT_EQ(without[0].bytes, 32 * without[0].count);
}

TEST_F(SplatExportTest, WithoutAnObjectTheScene) {
  const ExportInput input{.scene = *scene_, .nerf = *nerf_};
  const TestFolder folder;
  ExportOptions options = QuickExport();
  EXPECT_EQ(WriteSplats(input, options, folder.path(), Job())[0].path, folder / "scene.ply");
  options.splats.show = SplatsShow::kWithout;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { WriteSplats(input, options, folder.path(), Job()); }),
              testing::HasSubstr("--object NAME"));
}

}  // namespace
}  // namespace sanerf::exports
