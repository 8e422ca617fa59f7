#include "sanerf/scene/split.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class SplitTest : public SceneFolderTest {
 protected:
  static constexpr int kPhotos = 10;

  void SetUp() override {
    SceneFolderTest::SetUp();
    for (int i = 0; i < kPhotos; ++i) WriteImage(fmt::format("images/0{}.png", i));
    file_ = {{"fl_x", 20}, {"frames", RingFrames(kPhotos)}};
  }
  void MakeCopy(int from, int to) {
    fs::copy_file(root_ / fmt::format("images/0{}.png", from), root_ / fmt::format("images/0{}.png", to),
                  fs::copy_options::overwrite_existing);
  }
  Scene Load(int test_every = 4) {
    WriteText("transforms.json", file_.dump());
    return LoadScene(root_, {.test_every = test_every}, Job());
  }
  std::vector<std::string> HeldOut(const Scene& scene) {
    std::vector<std::string> names;
    for (const int i : scene.TestViews()) names.push_back(fs::path(scene.views[size_t(i)].name).stem().string());
    return names;
  }

  Json file_;
};

TEST_F(SplitTest, PhotosOfOneSizeAreNoCopies) {
  for (int i = 0; i < kPhotos; ++i) fs::resize_file(root_ / fmt::format("images/0{}.png", i), 500);  // zeros behind it
  const Scene scene = Load();
  EXPECT_THAT(HeldOut(scene), ElementsAre("00", "04", "08"));
  EXPECT_THAT(scene.warnings, ElementsAre());
}

// Photos 0, 4 and 8 would be held out.
TEST_F(SplitTest, CopiesAreHeldOutTogetherOrTrainedOnTogether) {
  MakeCopy(4, 7);
  Scene scene = Load();
  EXPECT_THAT(HeldOut(scene), ElementsAre("00", "04", "07", "09")) << "without the copy, 9 is the eighth";
  EXPECT_THAT(scene.warnings, ElementsAre("1 photo holds the same picture as another, which then counts twice: "
                                          "images/07.png (images/04.png); remove the copies"));
  MakeCopy(3, 4);  // now 7 is a copy of what was at 4, alone
  scene = Load();
  EXPECT_THAT(HeldOut(scene), ElementsAre("00", "05", "09"));
  MakeCopy(1, 5);
  MakeCopy(1, 6);
  scene = Load();
  EXPECT_THAT(HeldOut(scene), ElementsAre("00", "07"));
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("3 photos hold the same picture as another"),
                                                HasSubstr("images/06.png (images/01.png)"))));
}

TEST_F(SplitTest, OnePhotoManyTimesLeavesNothingToHoldOut) {
  for (int i = 1; i < kPhotos; ++i) MakeCopy(0, i);
  const Scene scene = Load();
  EXPECT_THAT(scene.TestViews(), ElementsAre());
  EXPECT_EQ(scene.TrainViews().size(), size_t(kPhotos));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("9 photos hold the same picture as another")));
}

TEST_F(SplitTest, TheScenesOwnSplitKeepsWhatIsHeldOut) {
  file_["test_filenames"] = {"images/02.png", "images/06.png"};
  MakeCopy(2, 1);
  MakeCopy(6, 8);
  MakeCopy(3, 4);
  const Scene scene = Load(8);
  EXPECT_EQ(scene.views.size(), size_t(kPhotos - 2));
  EXPECT_THAT(HeldOut(scene), ElementsAre("02", "06"));
  EXPECT_THAT(scene.warnings,
              ElementsAre("2 training photos are left out, because they hold the same picture as one that is held out: "
                          "images/01.png (images/02.png), images/08.png (images/06.png)",
                          "1 photo holds the same picture as another, which then counts twice: images/04.png "
                          "(images/03.png); remove the copies"));
  for (int i = 0; i < kPhotos; ++i)
    if (i != 2) MakeCopy(2, i);
  EXPECT_THAT(ErrorText([&] { Load(8); }), HasSubstr("no training image left"));
}

// Whatever is copied, no picture is on both sides.
TEST_F(SplitTest, NoPictureIsOnBothSides) {
  for (int step = 1; step <= 5; ++step) {
    for (int i = 0; i + step < kPhotos; i += 2) MakeCopy(i, i + step);
    for (const int test_every : {2, 3, 4, 8}) {
      const Scene scene = Load(test_every);
      std::map<std::string, bool> side;
      for (const View& view : scene.views) {
        std::ifstream file(view.image_path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        EXPECT_EQ(side.emplace(bytes, view.is_test).first->second, view.is_test) << view.name;
      }
    }
  }
}

// Nothing that grows with the square of their number, and only headers are read.
TEST_F(SplitTest, TwoThousandPhotos) {
  const std::string one = "images/00.png";
  std::ifstream file(root_ / one, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  Json frames = Json::array();
  for (int i = 0; i < 2000; ++i) {
    WriteText(fmt::format("many/{:04}.JPG", i), bytes + fmt::format("{:04}", i));  // what follows a PNG is not read
    frames.push_back(
        {{"file_path", fmt::format("/home/me/many/{:04}.png", i)}, {"transform_matrix", MatrixOf(RingPose(i, 2000))}});
  }
  file_["frames"] = frames;
  const Scene scene = Load(8);
  EXPECT_EQ(scene.views.size(), 2000u);
  EXPECT_EQ(scene.TestViews().size(), 250u);
  EXPECT_THAT(scene.warnings, ElementsAre());
}

// 0, 4 and 8 are held out; of 1 2 3 5 6 7 9 three are left.
TEST_F(SplitTest, FewerPhotosToTrainOnLeaveTheHeldOutOnes) {
  WriteText("transforms.json", file_.dump());
  const auto names_with = [&](int most) {
    const Scene scene = LoadScene(root_, {.test_every = 4, .max_train_views = most}, Job());
    EXPECT_THAT(HeldOut(scene), ElementsAre("00", "04", "08"));
    std::vector<std::string> names;
    for (const int i : scene.TrainViews()) names.push_back(fs::path(scene.views[size_t(i)].name).stem().string());
    return names;
  };
  EXPECT_EQ(names_with(0).size(), 7u);
  EXPECT_EQ(names_with(7).size(), 7u);
  EXPECT_EQ(names_with(100).size(), 7u);
  EXPECT_THAT(names_with(3), ElementsAre("01", "05", "07"));
  for (int most = 2; most < 7; ++most) EXPECT_EQ(int(names_with(most).size()), most);
  const Scene scene = LoadScene(root_, {.test_every = 4, .max_train_views = 3}, Job());
  EXPECT_THAT(scene.notes, testing::Contains(HasSubstr("as if the other 4 photos had not been taken")));
  EXPECT_THAT(scene.summary, HasSubstr("3 to train, 3 to test"));
}

}  // namespace
}  // namespace sanerf::scene
