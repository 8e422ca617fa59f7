#include "sanerf/scene/load_scene.h"

#include <gmock/gmock.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

class LoadSceneTest : public SceneFolderTest {
 protected:
  // A small good scene in `folder`.
  void WriteGoodScene(const std::string& folder = "", int n = 3) {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    for (int i = 0; i < n; ++i) WriteImage(prefix + "images/" + (i < 10 ? "0" : "") + std::to_string(i) + ".png");
    WriteText(prefix + "transforms.json", Json{{"fl_x", 20}, {"frames", RingFrames(n)}}.dump());
  }
  static std::string LoadError(const fs::path& path) {
    return ErrorText([&] { LoadScene(path, {}, Job()); });
  }
};

TEST_F(LoadSceneTest, MissingFolder) {
  EXPECT_THAT(LoadError(root_ / "gone"),
              AllOf(HasSubstr("no scene found in"), HasSubstr("gone"), HasSubstr("does not exist")));
}

TEST_F(LoadSceneTest, EmptyFolderSaysWhatWasLookedFor) {
  EXPECT_THAT(LoadError(root_), AllOf(HasSubstr("the folder is empty"), HasSubstr("transforms.json"),
                                      HasSubstr("poses_bounds.npy"), HasSubstr("sparse/0")));
}

TEST_F(LoadSceneTest, HintsOneLevelDownAndUp) {
  WriteGoodScene("deep");
  WriteText("notes.txt", "x");
  EXPECT_THAT(LoadError(root_), HasSubstr("found one level down: " + (root_ / "deep").string()));
  EXPECT_THAT(LoadError(root_ / "deep" / "images"), HasSubstr("found one level up: " + (root_ / "deep").string()));
  EXPECT_THAT(LoadError(root_ / "notes.txt"), AllOf(HasSubstr("neither a folder nor"), HasSubstr("found beside it: ")));
  EXPECT_THAT(LoadError(root_ / "dep"), HasSubstr("found beside it: " + (root_ / "deep").string()));
}

// The commonest slip: the photos alone. A scene beside them is not what was meant.
TEST_F(LoadSceneTest, PhotosWithoutPosesAreSaidWithWhatFindsThem) {
  WriteGoodScene("other");
  for (const char* photo : {"photos/a.png", "photos/b.png", "project/images/a.png"}) WriteImage(photo);
  WriteText("walk.mp4", "no real one");
  const auto command = [&](const char* photos, const char* scene) {
    return "sanerf poses " + (root_ / photos).string() + " --out " + (root_ / scene).string();
  };
  EXPECT_THAT(LoadError(root_ / "photos"),
              AllOf(HasSubstr("it holds 2 photos without poses"), HasSubstr(command("photos", "photos_scene")),
                    Not(HasSubstr("other"))));
  EXPECT_THAT(LoadError(root_ / "project"), AllOf(HasSubstr("images/ in it holds 1 photo without poses"),
                                                  HasSubstr(command("project/images", "project_scene"))));
  EXPECT_THAT(LoadError(root_ / "walk.mp4"),
              AllOf(HasSubstr("it is a video"), HasSubstr(command("walk.mp4", "walk_scene"))));
}

TEST_F(LoadSceneTest, TrailingSlashAndTestEvery) {
  WriteGoodScene("", 6);
  const Scene scene = LoadScene(root_ / "", {.test_every = 4}, Job());
  EXPECT_EQ(scene.root, root_);
  EXPECT_EQ(scene.TestViews(), (std::vector<int>{0, 4}));
  EXPECT_EQ(scene.TrainViews(), (std::vector<int>{1, 2, 3, 5}));
  EXPECT_TRUE(LoadScene(root_, {.test_every = 0}, Job()).TestViews().empty());
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { LoadScene(root_, {.test_every = -1}, Job()); }),
              HasSubstr("scene.test_every=-1"));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { LoadScene(root_, {.test_every = 1}, Job()); }),
              HasSubstr("scene.test_every=1: expected an integer from 2 to 100000, or 0"));
  EXPECT_THAT(scene.summary, HasSubstr("(every 4th)"));
  EXPECT_THAT(LoadScene(root_, {.test_every = 2}, Job()).summary, HasSubstr("(every 2nd)"));
}

TEST_F(LoadSceneTest, AnotherSplitThanTheScenesOwnIsNotSilentlyIgnored) {
  for (int i = 0; i < 6; ++i) WriteImage("images/0" + std::to_string(i) + ".png");
  Json train = RingFrames(6), test = Json::array({train[5]});
  train.erase(5);
  WriteText("transforms_train.json", Json{{"fl_x", 20}, {"frames", train}}.dump());
  WriteText("transforms_test.json", Json{{"fl_x", 20}, {"frames", test}}.dump());
  EXPECT_TRUE(LoadScene(root_, {}, Job()).warnings.empty());
  for (const int test_every : {0, 3}) {
    const Scene scene = LoadScene(root_, {.test_every = test_every}, Job());
    EXPECT_EQ(scene.TestViews(), std::vector<int>{5});
    ASSERT_EQ(scene.warnings.size(), 1u);
    EXPECT_THAT(scene.warnings[0],
                HasSubstr("scene.test_every=" + std::to_string(test_every) + " (--test-every) is not used"));
  }
}

TEST_F(LoadSceneTest, OneImageIsATrainingImage) {
  WriteGoodScene("", 1);
  EXPECT_EQ(LoadScene(root_, {}, Job()).TrainViews(), std::vector<int>{0});
}

TEST_F(LoadSceneTest, CamerasAtOnePlaceAreReported) {
  WriteGoodScene("", 3);
  Json frames = RingFrames(3);
  for (auto& frame : frames) {
    for (int row = 0; row < 3; ++row) frame["transform_matrix"][row][3] = 0;
  }
  WriteText("transforms.json", Json{{"fl_x", 20}, {"frames", frames}}.dump());
  const Scene scene = LoadScene(root_, {}, Job());
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_THAT(scene.warnings[0], HasSubstr("same place"));
  EXPECT_TRUE(scene.model_from_file.translation.allFinite());
}

TEST_F(LoadSceneTest, PoseFileDecidesWhenTheModelsPhotosAreGone) {
  // LLFF's downloads: a COLMAP model that lists IMG_1.JPG, photos renamed to p0.png.
  WriteText("sparse/0/cameras.txt", "1 SIMPLE_PINHOLE 16 12 20 8 6\n");
  WriteText("sparse/0/images.txt", "1 1 0 0 0 0 0 0 1 IMG_1.JPG\n\n");
  WriteImage("images/p0.png");
  const float row[17] = {0, 1, 0, 0, 12, -1, 0, 0, 0, 16, 0, 0, 1, 0, 20, 1, 5};
  WriteNpy(root_ / "poses_bounds.npy", {1, 17}, row);
  EXPECT_EQ(LoadScene(root_, {}, Job()).format, "llff");
}

// A photo cut anywhere: the header is read when the scene is loaded, the pixels when the photo is.
TEST_F(LoadSceneTest, TruncatedPhotosAreNamed) {
  WriteGoodScene();
  const fs::path photo = root_ / "images/01.png";
  ImageU8 picture(16, 12, 3);
  for (size_t i = 0; i < picture.data.size(); ++i) picture.data[i] = uint8_t(i * i % 251);
  for (const std::string& bytes : {EncodePng(picture), EncodeJpeg(picture)}) {
    SCOPED_TRACE(bytes.substr(1, 3) == "PNG" ? "PNG" : "JPEG");
    WriteText("images/01.png", bytes);
    const Scene scene = LoadScene(root_, {}, Job());
    EXPECT_EQ(LoadViewImage(scene.views[1]).width, 16);
    for (size_t size = bytes.size() - 1; size > 0; size -= 1 + size / 8) {
      WriteText("images/01.png", bytes.substr(0, size));
      const std::string error = ErrorText([&] { LoadViewImage(scene.views[1]); });
      ASSERT_THAT(error, StartsWith("cannot read image " + photo.string() + ": ")) << size;
      ASSERT_THAT(error, HasSubstr(size < 8 ? "" : "the file is truncated")) << size;
    }
    WriteText("images/01.png", bytes.substr(0, 20));
    EXPECT_THAT(LoadError(root_), StartsWith("cannot read image " + photo.string() + ": "));
    WriteText("images/01.png", "");
    EXPECT_THAT(LoadError(root_), StartsWith("cannot read image " + photo.string() + ": the file is empty"));
  }
}

TEST_F(LoadSceneTest, ImageOfAnotherSizeThanTheCamera) {
  WriteGoodScene();
  const Scene scene = LoadScene(root_, {}, Job());
  WriteImage("images/01.png", 20, 12);
  EXPECT_THAT(ErrorText([&] { LoadViewImage(scene.views[1]); }),
              StartsWith((root_ / "images/01.png").string() + ": it is 20x12 but its camera is 16x12"));
}

TEST_F(LoadSceneTest, MaskChecks) {
  WriteGoodScene();
  Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(ErrorText([&] { LoadViewInstances(scene.views[0]); }), HasSubstr("no mask for images/00.png"));
  WriteImage("mask.png", 8, 6, 1);
  scene.views[0].mask_path = root_ / "mask.png";
  EXPECT_THAT(ErrorText([&] { LoadViewInstances(scene.views[0]); }),
              StartsWith((root_ / "mask.png").string() + ": the mask is 8x6 but its image is 16x12"));
  fs::resize_file(root_ / "mask.png", 40);
  EXPECT_THAT(ErrorText([&] { LoadViewInstances(scene.views[0]); }),
              AllOf(HasSubstr((root_ / "mask.png").string()), HasSubstr("truncated")));
  WriteImage("mask.png", 16, 12, 3, 255);
  EXPECT_EQ(LoadViewInstances(scene.views[0]).channels, 1);
}

TEST_F(LoadSceneTest, PhotosComeAsColorAtAnySize) {
  WriteGoodScene();
  Scene scene = LoadScene(root_, {}, Job());
  WriteImage("images/00.png", 16, 12, 1, 51);
  const ImageF image = LoadViewImage(scene.views[0], 8, 6);
  EXPECT_EQ(image.width, 8);
  EXPECT_EQ(image.channels, 3);
  EXPECT_NEAR(image.At(3, 3, 2), 0.2, 1e-6);

  // What hides behind transparent pixels must not bleed into the edge: left half opaque red, right half clear green.
  ImageU8 rgba(16, 12, 4);
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 16; ++x) {
      rgba.At(x, y, x < 7 ? 0 : 1) = 255;
      rgba.At(x, y, 3) = x < 7 ? 255 : 0;
    }
  }
  WritePng(root_ / "images/00.png", rgba);
  const ImageF small = LoadViewImage(scene.views[0], 4, 3);
  EXPECT_GT(small.At(1, 1, 3), 0.2);
  EXPECT_LT(small.At(1, 1, 3), 0.9);
  EXPECT_NEAR(small.At(1, 1, 0), 1, 1e-4);
  EXPECT_NEAR(small.At(1, 1, 1), 0, 1e-4);
}

class FindViewTest : public testing::Test {
 protected:
  FindViewTest() {
    for (const char* name :
         {"test/000.png", "test/r_9.png", "train/000.png", "train/r_012.png", "train/r_013.png", "7.png"}) {
      View view;
      view.name = name;
      scene_.views.push_back(view);
    }
  }
  std::string FindError(const std::string& name) {
    return ErrorText([&] { scene_.FindView(name); });
  }
  Scene scene_;
};

TEST_F(FindViewTest, NamesBeforeIndices) {
  EXPECT_EQ(scene_.FindView("train/r_012.png"), 3);
  EXPECT_EQ(scene_.FindView("./train/r_012"), 3);
  EXPECT_EQ(scene_.FindView("r_013"), 4);
  EXPECT_EQ(scene_.FindView("train/000"), 2);
  EXPECT_EQ(scene_.FindView("7"), 5);  // the file 7.png, not an index
  EXPECT_EQ(scene_.FindView("2"), 2);
}

TEST_F(FindViewTest, ErrorsOfferNames) {
  EXPECT_THAT(FindError("000"), AllOf(HasSubstr("ambiguous"), HasSubstr("test/000.png"), HasSubstr("train/000.png")));
  EXPECT_THAT(FindError("r_021"), AllOf(HasSubstr("unknown view 'r_021'"), HasSubstr("r_012")));
  EXPECT_THAT(FindError("12"), HasSubstr("indices end at 5"));
  EXPECT_THAT(FindError("r_012.JPEG"), HasSubstr("did you mean 'r_012'"));  // another extension
  EXPECT_THAT(FindError("12345678901234567890"), HasSubstr("unknown view"));
  EXPECT_THAT(FindError("_012"), HasSubstr("unknown view"));  // not at a folder boundary
  EXPECT_THAT(FindError("train_000"), HasSubstr("unknown view 'train_000': none of the 6 images has that name | did "
                                                "you mean 'train/000'"));
  EXPECT_THAT(FindError("zzzzzzzz"), HasSubstr("none of the 6 images has that name | names look like 'test/000'"));
  EXPECT_THROW(scene_.FindView(""), UsageError);
}

TEST_F(LoadSceneTest, AStopComesBeforeTheNextPhoto) {
  WriteGoodScene();
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(LoadScene(root_, {}, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::scene
