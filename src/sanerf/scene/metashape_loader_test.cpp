#include "sanerf/scene/metashape_loader.h"

#include <fmt/format.h>

#include "sanerf/scene/known_point_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MetashapeTest : public KnownPointTest {
 protected:
  struct Written {
    std::string terms = "";      // of the calibration
    std::string extension = "";  // of the labels
    std::string chunk = "";      // further elements
    std::string component = "";  // attribute of the cameras
    std::string further = "";    // cameras
    std::string calibration = "frame";
  };
  void WriteCameras(const Written& written) {
    std::string cameras;
    for (int i = 0; i < kCameras; ++i) {
      const Vec3 c = Center(i);
      cameras += fmt::format(
          "<camera id=\"{0}\" sensor_id=\"4\"{6} label=\"{1}{5}\"><transform>1 0 0 {2} 0 0 1 {3} 0 -1 0 {4} 0 0 0 1"
          "</transform></camera>\n",
          i, Name(i), c.x(), c.y(), c.z(), written.extension, written.component);
    }
    WriteText("cameras.xml",
              fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document version=\"2.0.0\">\n"
                          "<chunk label=\"Chunk 1\" enabled=\"true\">\n<sensors next_id=\"5\"><sensor id=\"4\" "
                          "label=\"unknown\" type=\"frame\"><resolution width=\"64\" height=\"48\"/>\n"
                          "<calibration type=\"{4}\" class=\"initial\"><resolution width=\"64\" height=\"48\"/>"
                          "<f>50</f></calibration>\n"
                          "<calibration type=\"{4}\" class=\"adjusted\"><resolution width=\"64\" height=\"48\"/>"
                          "<f>100</f><cx>1.6</cx><cy>0</cy>{0}</calibration></sensor></sensors>\n{1}\n"
                          "<cameras>{2}{3}</cameras></chunk></document>\n",
                          written.terms, written.chunk, cameras, written.further, written.calibration));
  }
};

TEST_F(MetashapeTest, PosesAndIntrinsics) {
  WritePhotos();
  WriteCameras({});
  const Scene scene = Load();
  EXPECT_EQ(scene.format, "metashape");
  EXPECT_THAT(scene.summary, HasSubstr("3 photos, 64x48, Metashape cameras.xml;"));
  ExpectPoint(scene);
}

// The manual's formula, term by term: P1 and P2 are the other way round than OpenCV's.
TEST_F(MetashapeTest, TermsOfTheLensAreThoseOfTheManual) {
  WritePhotos();
  const double k1 = 0.3, k2 = -0.2, p1 = 0.02, p2 = -0.03, b1 = 4;
  WriteCameras(
      {.terms = fmt::format("<b1>{}</b1><b2>0.00001</b2><k1>{}</k1><k2>{}</k2><k3>0</k3><p1>{}</p1><p2>{}</p2>", b1, k1,
                            k2, p1, p2)});
  ExpectPoint(Load(), kPoint, [&](const Vec2& t) {
    const double x = t.x(), y = t.y(), r2 = x * x + y * y, radial = 1 + k1 * r2 + k2 * r2 * r2;
    const double distorted_x = x * radial + p1 * (r2 + 2 * x * x) + 2 * p2 * x * y;
    const double distorted_y = y * radial + p2 * (r2 + 2 * y * y) + 2 * p1 * x * y;
    return Vec2(distorted_x * (100 + b1) / 100, distorted_y);
  });
}

// World = 2 Rz(90) chunk + (10, 20, 30), of the component that the cameras belong to before that of the chunk.
TEST_F(MetashapeTest, PosesAreThoseOfTheWorld) {
  WritePhotos();
  const std::string transform =
      "<transform><rotation>0 -1 0 1 0 0 0 0 1</rotation><translation>10 20 "
      "30</translation><scale>2</scale></transform>";
  const Vec3 moved = 2 * Vec3(-kPoint.y(), kPoint.x(), kPoint.z()) + Vec3(10, 20, 30);
  WriteCameras({.chunk = transform});
  ExpectPoint(Load(), moved);
  WriteCameras({.chunk = "<transform><rotation>1 0 0 0 1 0 0 0 1</rotation><translation>7 7 7</translation></transform>"
                         "<components><component id=\"0\">" +
                         transform + "</component><component id=\"1\"/></components>",
                .component = " component_id=\"0\""});
  ExpectPoint(Load(), moved);
}

TEST_F(MetashapeTest, LabelsWithAndWithoutExtensionFindPhotosInAnyFolder) {
  for (const char* folder : {"images", "photos", "."}) {
    WritePhotos(folder, ".png");
    for (const char* extension : {"", ".png", ".JPG"}) {
      WriteCameras({.extension = extension});
      ExpectPoint(Load());
    }
    for (int i = 0; i < kCameras; ++i) std::filesystem::remove(root_ / folder / (Name(i) + ".png"));
  }
}

TEST_F(MetashapeTest, WhatIsLeftOutIsNamed) {
  WritePhotos();
  WriteImage("images/lost.png", kWidth, kHeight);
  WriteCameras({.further = "<group label=\"g\"><camera id=\"7\" sensor_id=\"4\" label=\"lost\"/></group>"
                           "<camera id=\"8\" sensor_id=\"4\" label=\"off\" enabled=\"false\"/>"
                           "<camera id=\"9\" sensor_id=\"4\" label=\"gone\"><transform>1 0 0 0 0 0 1 0 0 -1 0 0 0 0 0 "
                           "1</transform></camera>"});
  const Scene scene = Load();
  EXPECT_EQ(scene.views.size(), 3u);
  EXPECT_THAT(scene.warnings,
              testing::IsSupersetOf({HasSubstr("1 of 4 listed images is missing and left out: gone"),
                                     HasSubstr("1 photo is left out, because it is disabled in Metashape: off"),
                                     HasSubstr("1 photo is left out, because Metashape has no pose for it: lost")}));
}

TEST_F(MetashapeTest, WhatCannotBeReadSaysTheWayOut) {
  WritePhotos();
  WriteCameras({.terms = "<b2>0.5</b2>"});
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("cameras.xml: sensor 4"), HasSubstr("skewed"), HasSubstr("undistorted")));
  WriteCameras({.terms = "<p3>0.1</p3>"});
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("p3"), HasSubstr("undistorted")));
  WriteCameras({.calibration = "spherical"});
  EXPECT_THAT(LoadError(), HasSubstr("cameras of the type spherical are not supported"));
  WriteText("cameras.xml", "<document>\n<chunk>\n<cameras></chunk>");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("cameras.xml:3: broken XML"), HasSubstr("Export Cameras")));
  WriteCameras({.further = "<camera id=\"9\" sensor_id=\"5\" label=\"IMG_0000\"><transform>1 0</transform></camera>"});
  EXPECT_THAT(LoadError(), HasSubstr("camera IMG_0000: there is no sensor 5"));
  WriteCameras(
      {.further = "<camera id=\"9\" sensor_id=\"4\" label=\"IMG_0000\"><transform>1 0 x</transform></camera>"});
  EXPECT_THAT(LoadError(), HasSubstr("camera IMG_0000: '1 0 x' is not a list of numbers"));
}

TEST_F(MetashapeTest, TwoFilesThatFitAreAnErrorAndOneCanBeNamed) {
  WritePhotos();
  WriteCameras({});
  std::filesystem::copy_file(root_ / "cameras.xml", root_ / "old.xml");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("cameras.xml"), HasSubstr("old.xml"), HasSubstr("point to the one file")));
  ExpectPoint(LoadScene(root_ / "old.xml", {}, Job()));
}

}  // namespace
}  // namespace sanerf::scene
