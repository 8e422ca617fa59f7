#include "sanerf/poses/photo_lens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/poses/colmap.h"

namespace sanerf::poses {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// EXIF by hand: IFD0 with make, model and the pointer to the EXIF directory, which has both focal lengths.
class ExifWriter {
 public:
  explicit ExifWriter(bool is_big) : is_big_(is_big) { bytes_ = is_big ? "MM" : "II"; }

  std::string Write() {
    Put(42, 2), Put(8, 4);
    // IFD0 at 8: 3 entries, ends at 8 + 2 + 36 + 4 = 50; "Apple\0" at 50, "iPhone 13\0" at 56, EXIF at 66.
    Put(3, 2);
    Entry(0x010F, 2, 6, 50), Entry(0x0110, 2, 10, 56), Entry(0x8769, 4, 1, 66);
    Put(0, 4);
    bytes_ += std::string("Apple\0iPhone 13\0", 16);
    // 2 entries, ends at 66 + 2 + 24 + 4 = 96: the rational 57/10 is there.
    Put(2, 2);
    Entry(0x920A, 5, 1, 96);
    Put(0xA405, 2), Put(3, 2), Put(1, 4), Put(26, 2), Put(0, 2);
    Put(0, 4);
    Put(57, 4), Put(10, 4);
    return bytes_;
  }

 private:
  void Put(uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_ += char(value >> (8 * (is_big_ ? size - 1 - i : i)));
  }
  void Entry(uint32_t tag, uint32_t type, uint32_t count, uint32_t value) {
    Put(tag, 2), Put(type, 2), Put(count, 4), Put(value, 4);
  }
  std::string bytes_;
  bool is_big_;
};

TEST(PhotoLens, IsReadInEitherByteOrder) {
  for (const bool is_big : {false, true})
    EXPECT_EQ(LensOfExif(ExifWriter(is_big).Write()), "Apple iPhone 13 5.70mm 26mm");
}

TEST(PhotoLens, OfCutAndOddDataIsWhatIsThere) {
  const std::string whole = ExifWriter(false).Write();
  for (size_t size = 0; size < whole.size(); ++size) LensOfExif(whole.substr(0, size));  // the sanitizers look
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string odd = whole;
    odd[at] = '\xff';
    LensOfExif(odd);
  }
  EXPECT_EQ(LensOfExif(""), "");
  EXPECT_EQ(LensOfExif("no exif at all, but long enough to be some"), "");
}

TEST(PhotoLens, IsFoundInAJpeg) {
  const TestFolder folder;
  const std::string exif = "Exif" + std::string(2, '\0') + ExifWriter(true).Write();
  const size_t length = exif.size() + 2;
  const std::string app0("\xFF\xE0\x00\x04JF", 6);
  std::ofstream(folder / "a.jpg", std::ios::binary)
      << "\xFF\xD8" << app0 << "\xFF\xE1" << char(length >> 8) << char(length & 0xff) << exif << "\xFF\xDA";
  EXPECT_EQ(LensOf(folder / "a.jpg"), "Apple iPhone 13 5.70mm 26mm");
  std::ofstream(folder / "b.png", std::ios::binary) << "\x89PNG";
  EXPECT_EQ(LensOf(folder / "b.png"), "");
  EXPECT_EQ(LensOf(folder / "none.jpg"), "");
}

Photo PhotoWith(int width, int height, const std::string& lens) {
  Photo photo;
  photo.name = photo.file = std::to_string(width) + lens;
  photo.width = width;
  photo.height = height;
  photo.lens = lens;
  return photo;
}

TEST(GroupByCamera, OneForEachSizeAndLens) {
  std::vector<Photo> photos(25, PhotoWith(40, 30, "wide"));
  photos.push_back(PhotoWith(40, 30, "tele"));
  photos.push_back(PhotoWith(30, 40, "wide"));
  const std::vector<CameraGroup> groups = GroupByCamera(photos, {});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_THAT(groups[0].photos, ElementsAre(26));
  EXPECT_THAT(groups[1].photos, ElementsAre(25));
  EXPECT_EQ(groups[1].lens, "SIMPLE_RADIAL");
  EXPECT_EQ(groups[2].photos.size(), 25u);
  EXPECT_EQ(groups[2].lens, "OPENCV");

  PosesOptions options;
  options.lens = LensChoice::kFisheye;
  EXPECT_EQ(GroupByCamera(photos, options)[0].lens, "OPENCV_FISHEYE");
  options.cameras = SharedCameras::kOne;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { GroupByCamera(photos, options); }),
              HasSubstr("poses.cameras=one: the photos have several sizes"));
  photos.pop_back();
  EXPECT_EQ(GroupByCamera(photos, options).size(), 1u);
}

}  // namespace
}  // namespace sanerf::poses
