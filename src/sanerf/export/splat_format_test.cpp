#include "sanerf/export/splat_format.h"

#include <gtest/gtest.h>

#include "sanerf/export/export_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

class SplatFormat : public ExportTest {
 protected:
  static ExportOptions FewOfThem() {
    ExportOptions options;
    options.splats.count = 400;
    options.splats.steps = 30;
    options.splats.views = 6;
    options.splats.resolution = 48;
    return options;
  }
};

TEST_F(SplatFormat, BothFilesOrTheOneThatIsNamed) {
  const std::vector<ExportedFile> both = WriteSplats(Input(*scene_), FewOfThem(), out_.path(), Job());
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].path, out_ / "box.ply");
  EXPECT_EQ(both[1].path, out_ / "box.splat");
  EXPECT_EQ(both[0].count, both[1].count);
  EXPECT_EQ(both[1].bytes, 32 * both[1].count);
  ASSERT_TRUE(both[0].box);
  EXPECT_LT(both[0].box->min.x(), both[0].box->max.x());
  EXPECT_EQ(both[0].frame, kFileFrame);
  ExportInput one = Input(*scene_);
  one.ending = ".splat";
  fs::create_directories(out_ / "one");
  ASSERT_EQ(WriteSplats(one, FewOfThem(), out_ / "one", Job()).size(), 1u);
  EXPECT_EQ(ReadFile(out_ / "one" / "box.splat"), ReadFile(out_ / "box.splat"));  // the same fit
}

TEST_F(SplatFormat, OfTheRestAndOfTheScene) {
  ExportOptions options = FewOfThem();
  options.photos.keep = Keep::kRest;
  EXPECT_EQ(WriteSplats(Input(*scene_), options, out_.path(), Job())[0].path, out_ / "without box.ply");
  const ExportInput nothing{.scene = *scene_, .nerf = *nerf_};
  EXPECT_EQ(WriteSplats(nothing, FewOfThem(), out_.path(), Job())[0].path, out_ / "scene.ply");
}

}  // namespace
}  // namespace sanerf::exports
