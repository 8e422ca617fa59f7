#include "sanerf/scene/find_photo.h"

#include <gmock/gmock.h>

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

class FindPhotoTest : public SceneFolderTest {
 protected:
  // Inside the folder; "" when there is none.
  std::string Found(const std::string& listed) {
    const auto path = FindListedImage(root_, listed);
    return path ? path->lexically_relative(root_).generic_string() : "";
  }
  std::string FindError(const std::string& listed) {
    return ErrorText([&] { Found(listed); });
  }
};

TEST_F(FindPhotoTest, AsListedComesFirst) {
  for (const char* name : {"images/1.png", "images/1.jpg", "images/a%20b.png", "images/a b.png", "images/c\\d.png"})
    WriteImage(name);
  for (const char* name : {"images/1.png", "images/1.jpg", "images/a%20b.png", "images/a b.png", "images/c\\d.png"})
    EXPECT_EQ(Found(name), name);
  EXPECT_EQ(Found("./images/../images/1.jpg"), "images/1.jpg");
  EXPECT_EQ(Found((root_ / "images/1.png").string()), "images/1.png");
  EXPECT_EQ(Found("images/2.png"), "");
  EXPECT_EQ(Found("images"), "");
  EXPECT_EQ(Found(""), "");
}

TEST_F(FindPhotoTest, AnotherExtensionOrCase) {
  for (const char* name : {"images/IMG_1.JPG", "images/r_0.png", "images/frame.0001.png", "images/x.png.jpg"})
    WriteImage(name);
  for (const char* listed : {"images/IMG_1.jpg", "images/IMG_1.png", "images/IMG_1.TIF", "images/IMG_1",
                             "images/img_1.Png", "Images/img_1.jpg", "IMAGES/IMG_1"})
    EXPECT_EQ(Found(listed), "images/IMG_1.JPG") << listed;
  EXPECT_EQ(Found("./images/r_0"), "images/r_0.png");
  EXPECT_EQ(Found("images/frame.0001"), "images/frame.0001.png");
  EXPECT_EQ(Found("images/frame.0001.jpeg"), "images/frame.0001.png");
  EXPECT_EQ(Found("images/x.png"), "images/x.png.jpg");
  EXPECT_EQ(Found("images/frame.0002"), "");
  EXPECT_EQ(Found("images/IMG_11.jpg"), "");
  EXPECT_EQ(Found("other/IMG_1.jpg"), "") << "another folder is another photo";
  EXPECT_EQ(Found("train/images/IMG_1.jpg"), "");
}

TEST_F(FindPhotoTest, WindowsAndOtherMachines) {
  WriteImage("images/cam 1/1.jpg");
  WriteImage("1.jpg");
  for (const char* listed :
       {"images\\cam 1\\1.jpg", ".\\images\\cam 1\\1.jpg", "C:\\Users\\me\\fox\\images\\cam 1\\1.jpg",
        "D:/fox/images/cam 1/1.jpg", "\\\\server\\share\\images\\cam 1\\1.jpg", "/home/me/fox/images/cam 1/1.jpg",
        "../fox/images/cam 1/1.jpg", "file:///home/me/images/cam%201/1.jpg", "file://localhost/x/images/cam%201/1.jpg",
        "FILE:///C:/fox/images/cam%201/1.jpg", "images/cam%201/1.jpg", "\xef\xbb\xbfimages/cam 1/1.jpg",
        "C:\\Fox\\IMAGES\\CAM 1\\1.PNG"})
    EXPECT_EQ(Found(listed), "images/cam 1/1.jpg") << listed;
  EXPECT_EQ(Found("/home/me/photos/1.jpg"), "1.jpg") << "the longest end that exists is the name alone";
  EXPECT_EQ(Found("/home/me/photos/2.jpg"), "");
  EXPECT_EQ(Found("photos/1.jpg"), "") << "a path inside of the folder means what it says";
}

TEST_F(FindPhotoTest, TwoCandidatesAreAnError) {
  for (const char* name : {"images/1.png", "images/1.jpg", "images/a.jpg", "images/A.jpg", "images/b.JPG",
                           "images/b.png", "both/1.png", "Both/1.png"})
    WriteImage(name);
  EXPECT_THAT(
      FindError("images/1.tif"),
      AllOf(HasSubstr(root_.string() + ": the listed name 'images/1.tif' fits both images/1.jpg and images/1.png"),
            HasSubstr("remove or rename the one that is not meant")));
  EXPECT_THAT(FindError("images/1"), HasSubstr("fits both images/1.jpg and images/1.png"));
  EXPECT_THAT(FindError("IMAGES/1.bmp"), HasSubstr("fits both"));
  EXPECT_THAT(FindError("BOTH/1.png"), HasSubstr("fits both"));
  EXPECT_THAT(FindError("C:\\x\\images\\1.tif"), HasSubstr("fits both"));
  EXPECT_EQ(Found("images/a.png"), "images/a.jpg") << "its own case is a better fit";
  EXPECT_EQ(Found("images/b.jpg"), "images/b.JPG") << "so is its own extension";
  EXPECT_TRUE(PhotoFinder().Has(root_, "images/1"));
  EXPECT_FALSE(PhotoFinder().Has(root_, "images/2"));
}

// A scene that was made on Windows, on another machine, by a program that lists other files than those it left.
TEST_F(FindPhotoTest, ASceneFromElsewhere) {
  for (const char* name : {"00", "01", "02"}) WriteImage(std::string("images/") + name + ".JPG");
  Json file = {{"fl_x", 20}, {"frames", RingFrames(3, "C:\\captures\\fox\\images\\")}};
  file["test_filenames"] = {"./C:/captures/fox/images/02.png"};
  WriteText("transforms.json", "\xef\xbb\xbf" + file.dump());
  const Scene scene = LoadScene(root_, {}, Job());
  ASSERT_EQ(scene.views.size(), 3u);
  EXPECT_EQ(scene.views[1].name, "images/01.JPG");
  EXPECT_EQ(scene.TestViews(), std::vector<int>{2});
  EXPECT_THAT(scene.warnings, ElementsAre());
  fs::copy_file(root_ / "images/01.JPG", root_ / "images/01.jpeg");
  EXPECT_THAT(ErrorText([&] { LoadScene(root_, {}, Job()); }), HasSubstr("01.png' fits both"));
}

TEST_F(FindPhotoTest, TextFilesOfOtherSystems) {
  WriteText("sparse/0/cameras.txt",
            "\xef\xbb\xbf"
            "1 SIMPLE_PINHOLE 16 12 20 8 6\r\n");
  WriteText("sparse/0/images.txt", "\xef\xbb\xbf# images\r\n1 1 0 0 0 0 0 0 1 D:\\photos\\images\\a.jpg\r\n\r\n");
  WriteImage("images/a.JPG");
  EXPECT_EQ(LoadScene(root_, {}, Job()).views[0].name, "images/a.JPG");
  WriteText("sparse/0/images.txt", std::string("\xff\xfe"
                                               "1\0 \0",
                                               6));
  EXPECT_THAT(ErrorText([&] { LoadScene(root_, {}, Job()); }),
              HasSubstr("images.txt: its text is UTF-16 | save it as UTF-8"));
}

}  // namespace
}  // namespace sanerf::scene
