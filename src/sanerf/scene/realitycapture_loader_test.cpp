#include "sanerf/scene/realitycapture_loader.h"

#include <fmt/format.h>

#include "sanerf/scene/known_point_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RealityCaptureTest : public KnownPointTest {
 protected:
  static constexpr const char* kHeader = "#name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2\n";

  // f of 100 pixels and px of 1.6 on 36 mm along 64 pixels.
  static std::string Row(const std::string& name, const Vec3& center, double heading,
                         const std::string& lens = "0,0,0,0,0,0") {
    return fmt::format("{},{},{},{},{},90,0,56.25,0.9,0,{}\n", name, center.x(), center.y(), center.z(), heading, lens);
  }
  std::string Rows(const std::string& lens = "0,0,0,0,0,0") const {
    std::string rows;
    for (int i = 0; i < kCameras; ++i) rows += Row(Name(i) + ".jpg", Center(i), 0, lens);
    return rows;
  }
};

// A pitch of 90 degrees lifts the look from straight down to the horizon, north ahead.
TEST_F(RealityCaptureTest, PosesAndIntrinsics) {
  WritePhotos();
  WriteText("cameras.csv", std::string("#cameras 3\n") + kHeader + Rows());
  const Scene scene = Load();
  EXPECT_EQ(scene.format, "realitycapture");
  EXPECT_THAT(scene.summary, HasSubstr("RealityCapture cameras.csv"));
  ExpectPoint(scene);
}

// A heading of 90 degrees looks east: the same picture after the world was turned clockwise, (x, y) -> (y, -x).
TEST_F(RealityCaptureTest, HeadingTurnsClockwise) {
  WritePhotos();
  std::string rows;
  for (int i = 0; i < kCameras; ++i) {
    const Vec3 c = Center(i);
    rows += Row(Name(i) + ".jpg", {c.y(), -c.x(), c.z()}, 90);
  }
  WriteText("cameras.csv", kHeader + rows);
  ExpectPoint(Load(), {kPoint.y(), -kPoint.x(), kPoint.z()});
}

TEST_F(RealityCaptureTest, TheLensIsBrowns) {
  WritePhotos();
  const double k1 = 0.3, k2 = -0.2, t1 = 0.02, t2 = -0.03;
  WriteText("cameras.csv", kHeader + Rows(fmt::format("{},{},0,0,{},{}", k1, k2, t1, t2)));
  ExpectPoint(Load(), kPoint, [&](const Vec2& t) {
    const double x = t.x(), y = t.y(), r2 = x * x + y * y, radial = 1 + k1 * r2 + k2 * r2 * r2;
    return Vec2(x * radial + t2 * (r2 + 2 * x * x) + 2 * t1 * x * y,
                y * radial + t1 * (r2 + 2 * y * y) + 2 * t2 * x * y);
  });
}

TEST_F(RealityCaptureTest, AsSpreadsheetsWriteThem) {
  WritePhotos();
  std::string text = "\xEF\xBB\xBF" + (kHeader + Rows());
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\r\n");
  WriteText("cameras.csv", text);
  ExpectPoint(Load());
  std::replace(text.begin(), text.end(), ',', ';');
  for (size_t at = 0; (at = text.find("56.25", at)) != std::string::npos;) text.replace(at, 5, "56,25");
  text.replace(text.find("IMG_0000.jpg"), 12, "\"C:\\photos\\IMG_0000.jpg\"");
  WriteText("cameras.csv", text);
  ExpectPoint(Load());
}

TEST_F(RealityCaptureTest, WhatIsLeftOutAndWhatIsBroken) {
  WritePhotos();
  WriteText("cameras.csv", kHeader + Rows() + "gone.jpg,0,0,0,0,90,0,50,0,0,0,0,0,0,0,0\nlost.jpg,,,,,,,,,,,,,,,\n");
  EXPECT_THAT(Load().warnings, testing::IsSupersetOf({HasSubstr("missing and left out: gone.jpg"),
                                                      HasSubstr("has no pose for it: lost.jpg")}));
  WriteText("cameras.csv", kHeader + Rows() + "IMG_0000.jpg,0,0,zero,0,90,0,50,0,0,0,0,0,0,0,0\n");
  EXPECT_THAT(LoadError(), HasSubstr("cameras.csv:5: alt is 'zero', not a number"));
  WriteText("cameras.csv", "#name,x,y,heading,pitch,roll,f\nIMG_0000.jpg,0,0,0,90,0,50\n");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("it has no column 'alt'"), HasSubstr("Internal/External")));
}

}  // namespace
}  // namespace sanerf::scene
