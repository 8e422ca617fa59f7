#include "sanerf/scene/whole_photos.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/events_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/json.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class WholePhotosTest : public SceneFolderTest {
 protected:
  static constexpr int kPhotos = 6;

  void SetUp() override {
    SceneFolderTest::SetUp();
    for (int i = 0; i < kPhotos; ++i) WriteText(Name(i), Whole(i));
    WriteText("transforms.json", Json{{"fl_x", 60}, {"frames", RingFrames(kPhotos)}}.dump());
    scene_ = LoadScene(root_, {.test_every = 3}, Job());
    for (int i = 0; i < kPhotos; ++i) all_.push_back(i);
  }
  static std::string Name(int i) { return fmt::format("images/0{}.png", i); }
  // JPEG and PNG in turn, under names of PNG.
  static std::string Whole(int i) {
    ImageU8 picture(48, 36, 3);
    for (size_t p = 0; p < picture.data.size(); ++p) picture.data[p] = uint8_t((p + size_t(i)) * p % 251);
    return i % 2 == 0 ? EncodeJpeg(picture) : EncodePng(picture);
  }
  std::string Complaint(const std::vector<int>& views) {
    return ErrorText([&] { RequireWholePhotos(scene_, views, Job()); });
  }

  Scene scene_;
  std::vector<int> all_;
};

TEST_F(WholePhotosTest, WholeOnes) {
  EXPECT_THAT(FindBrokenPhotos(scene_, all_, Job()), IsEmpty());
  EXPECT_EQ(Complaint(all_), "");
  EXPECT_EQ(Complaint({}), "");
}

// The header is good wherever the cut is: only the picture tells.
TEST_F(WholePhotosTest, CutAnywhereBehindTheHeader) {
  for (const int i : {2, 3}) {
    const std::string bytes = Whole(i);
    for (const double share : {0.5, 0.8, 0.95, 0.999}) {
      WriteText(Name(i), bytes.substr(0, size_t(share * double(bytes.size()))));
      EXPECT_EQ(LoadScene(root_, {}, Job()).views.size(), size_t(kPhotos)) << "loading a scene reads headers";
      const std::vector<BrokenPhoto> broken = FindBrokenPhotos(scene_, all_, Job());
      ASSERT_EQ(broken.size(), 1u) << i << " " << share;
      EXPECT_EQ(broken[0].view, i);
      EXPECT_THAT(Complaint(all_), AllOf(StartsWith("cannot read image " + (root_ / Name(i)).string() + ": "),
                                         HasSubstr("truncated"), HasSubstr("copy or export the image again")));
    }
    WriteText(Name(i), bytes);
  }
}

TEST_F(WholePhotosTest, SeveralAreCountedAndNamedAtOnce) {
  for (const int i : {0, 3, 5}) WriteText(Name(i), Whole(i).substr(0, Whole(i).size() / 2));
  EXPECT_THAT(Complaint(all_), AllOf(StartsWith("3 photos of " + root_.string() + " cannot be read: "),
                                     HasSubstr("images/00.png, images/03.png, images/05.png (cannot read image"),
                                     HasSubstr("copy or export them again")));
  EXPECT_THAT(Complaint(scene_.TestViews()), AllOf(HasSubstr("cannot read image"), HasSubstr("images/0")));
  EXPECT_EQ(Complaint({1, 2, 4}), "");
  std::filesystem::remove(root_ / Name(0));
  EXPECT_THAT(Complaint({0}), HasSubstr("images/00.png"));
}

TEST_F(WholePhotosTest, ReportsProgressAndStops) {
  EventRecorder events;
  FindBrokenPhotos(scene_, all_, Job().With(events));
  EXPECT_THAT(events.Lines(), testing::Contains(StartsWith("progress look for broken photos 6/6 photos")));
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(FindBrokenPhotos(scene_, all_, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::scene
