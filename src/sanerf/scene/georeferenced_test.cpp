// Scenes in coordinates of the Earth (UTM: easting, northing, height): everything in the model frame is as if they
// stood at the origin, and everything in the file frame stays where it is.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstring>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/scene/choose_views.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const Vec3 kNearby = Vec3::Zero();
const Vec3 kUtm(1'500'123.25, 5'291'877.125, 412.5);

class GeoreferencedTest : public SceneFolderTest {
 protected:
  static constexpr int kPhotos = 12;

  void SetUp() override {
    SceneFolderTest::SetUp();
    for (int i = 0; i < kPhotos; ++i) WriteImage(fmt::format("images/{:02}.png", i));
  }
  static Pose PoseAt(int i, const Vec3& origin) {
    Pose pose = RingPose(i, kPhotos, 20, 8);
    pose.translation += origin;
    return pose;
  }
  Json TransformsAt(const Vec3& origin) {
    Json frames = RingFrames(kPhotos);
    for (int i = 0; i < kPhotos; ++i) frames[size_t(i)]["transform_matrix"] = MatrixOf(PoseAt(i, origin));
    return {{"fl_x", 20}, {"frames", frames}};
  }
  Scene Transforms(const Vec3& origin) {
    WriteText("transforms.json", TransformsAt(origin).dump());
    return LoadScene(root_, {}, Job());
  }
  Scene Colmap(const Vec3& origin) {
    std::string images, points;
    for (int i = 0; i < kPhotos; ++i) {
      const Pose pose = PoseAt(i, origin);
      const Mat3 cam_from_world = (pose.rotation * Vec3(1, -1, -1).asDiagonal()).transpose();
      // The translation belongs to the quaternion as it is stored: COLMAP computes the one from the other.
      const Eigen::Quaterniond q(cam_from_world);
      const Vec3 t = -(q.normalized().toRotationMatrix() * pose.translation);
      images += fmt::format("{} {} {} {} {} {} {} {} 1 {:02}.png\n", i + 1, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(),
                            t.z(), i);
      for (int p = 0; p < 20; ++p) images += fmt::format("1 1 {} ", 20 * i + p);
      images += "\n";
    }
    for (int i = 0; i < 20 * kPhotos; ++i) {
      const Vec3 p = origin + Vec3(i % 7 - 3, i % 5 - 2, 0.01 * i);
      points += fmt::format("{} {} {} {} 1 2 3 0.5 1 1\n", i, p.x(), p.y(), p.z());
    }
    WriteText("sparse/0/cameras.txt", "1 PINHOLE 16 12 20 20 8 6\n");
    WriteText("sparse/0/images.txt", images);
    WriteText("sparse/0/points3D.txt", points);
    return LoadScene(root_, {}, Job());
  }
  Scene Llff(const Vec3& origin) {
    std::string rows;
    for (int i = 0; i < kPhotos; ++i) {
      const Pose pose = PoseAt(i, origin);
      for (int axis = 0; axis < 3; ++axis) {
        const double size[] = {12, 16, 20};
        for (const double value : {-pose.rotation(axis, 1), pose.rotation(axis, 0), pose.rotation(axis, 2),
                                   pose.translation[axis], size[axis]})
          rows.append(reinterpret_cast<const char*>(&value), sizeof value);
      }
      for (const double bound : {8.0, 40.0}) rows.append(reinterpret_cast<const char*>(&bound), sizeof bound);
    }
    std::string header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, 17), }}", kPhotos);
    header.resize(117, ' ');
    WriteText("poses_bounds.npy", std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + rows);
    return LoadScene(root_, {}, Job());
  }
  Scene PanopticLifting(const Vec3& origin) {
    WriteText("intrinsic/intrinsic_color.txt", "20 0 7.5 0\n0 20 5.5 0\n0 0 1 0\n0 0 0 1");
    for (int i = 0; i < kPhotos; ++i) {
      const Pose pose = PoseAt(i, origin);
      std::string text;
      for (int row = 0; row < 3; ++row)
        text += fmt::format("{} {} {} {}\n", pose.rotation(row, 0), -pose.rotation(row, 1), -pose.rotation(row, 2),
                            pose.translation[row]);
      WriteText(fmt::format("pose/{:02}.txt", i), text + "0 0 0 1\n");
    }
    return LoadScene(root_, {}, Job());
  }

  // The same scene, moved by kUtm.
  static void ExpectUnharmed(const Scene& far, const Scene& near) {
    EXPECT_EQ(far.format, near.format);
    EXPECT_EQ(far.warnings, near.warnings);
    EXPECT_EQ(far.extent, near.extent);
    EXPECT_NEAR(far.near, near.near, 1e-6);
    EXPECT_NEAR(far.model_from_file.scale, near.model_from_file.scale, 1e-8);
    EXPECT_TRUE(far.model_from_file.rotation.isApprox(near.model_from_file.rotation, 1e-8));
    ASSERT_EQ(far.views.size(), near.views.size());
    const Similarity file_from_model = far.model_from_file.Inverse();
    for (size_t i = 0; i < far.views.size(); ++i) {
      const Camera& stands = far.views[i].camera;
      EXPECT_LT((stands.center() - kUtm - near.views[i].camera.center()).norm(), 1e-6)
          << "the file frame is the file's";
      const Camera a = stands.In(far.model_from_file), b = near.views[i].camera.In(near.model_from_file);
      EXPECT_LT((a.center() - b.center()).norm(), 1e-6);
      EXPECT_TRUE(a.world_from_cam.rotation.isApprox(b.world_from_cam.rotation, 1e-8));
      // A place that was found in the model goes back to its place on the Earth, to less than a tenth of a millimeter.
      const Vec3 p_model(0.3, -0.2, 0.1), p = file_from_model * p_model;
      EXPECT_LT((far.model_from_file * p - p_model).norm(), 1e-7);
      EXPECT_LT((p - kUtm - near.model_from_file.Inverse() * p_model).norm(), 1e-4);
      const auto far_px = stands.Project(p), near_px = a.Project(p_model);
      ASSERT_EQ(far_px.has_value(), near_px.has_value());
      EXPECT_LT((far_px.value_or(Vec2::Zero()) - near_px.value_or(Vec2::Zero())).norm(), 1e-4);
    }
    EXPECT_EQ(SpreadViews(far, far.TrainViews(), 4), SpreadViews(near, near.TrainViews(), 4));
  }
};

TEST_F(GeoreferencedTest, EveryFormat) {
  {
    SCOPED_TRACE("COLMAP");
    ExpectUnharmed(Colmap(kUtm), Colmap(kNearby));
  }
  {
    SCOPED_TRACE("LLFF");
    std::filesystem::remove_all(root_ / "sparse");
    ExpectUnharmed(Llff(kUtm), Llff(kNearby));
  }
  {
    SCOPED_TRACE("Panoptic Lifting");
    ExpectUnharmed(PanopticLifting(kUtm), PanopticLifting(kNearby));
    std::filesystem::remove_all(root_ / "pose");
  }
  SCOPED_TRACE("transforms.json");
  ExpectUnharmed(Transforms(kUtm), Transforms(kNearby));
}

// What the cameras move by is little against where they stand: neither at one place nor on one line.
TEST_F(GeoreferencedTest, CentimetersApart) {
  Json file = TransformsAt(kUtm);
  for (int i = 0; i < kPhotos; ++i) {
    Pose pose = RingPose(i, kPhotos, 0.3, 0.1);
    pose.translation += kUtm;
    file["frames"][size_t(i)]["transform_matrix"] = MatrixOf(pose);
  }
  WriteText("transforms.json", file.dump());
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(scene.warnings, ElementsAre());
  EXPECT_NEAR(scene.model_from_file.scale, 1 / std::hypot(0.3, 0.1), 1e-6);
}

// Programs write instant-ngp's aabb_scale beside poses that they left on the Earth.
TEST_F(GeoreferencedTest, ABoxAroundTheOriginIsNotUsed) {
  Json file = TransformsAt(kUtm);
  file["aabb_scale"] = 16;
  WriteText("transforms.json", file.dump());
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.extent, Transforms(kUtm).extent);
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("the box of the scene (aabb_scale"),
                                                HasSubstr("is not where the cameras look, and is not used"))));
  file = TransformsAt(kNearby);
  file["aabb_scale"] = 16;
  WriteText("transforms.json", file.dump());
  EXPECT_THAT(LoadScene(root_, {}, Job()).warnings, ElementsAre());
  file["offset"] = {50.5, 0.5, 0.5};  // the box stands 150 away from the middle
  WriteText("transforms.json", file.dump());
  EXPECT_THAT(LoadScene(root_, {}, Job()).warnings, ElementsAre(HasSubstr("is not used")));
}

TEST_F(GeoreferencedTest, PlacesInSinglePrecisionAreAWarning) {
  Json file = TransformsAt(kUtm);
  for (Json& frame : file["frames"]) {
    for (int axis = 0; axis < 3; ++axis) {
      Json& value = frame["transform_matrix"][size_t(axis)][3];
      value = double(float(value.get<double>()));
    }
  }
  WriteText("transforms.json", file.dump());
  EXPECT_THAT(
      LoadScene(root_, {}, Job()).warnings,
      ElementsAre(AllOf(HasSubstr("stored in single precision, which at 5.29e+06 from the origin knows them to 0.63"),
                        HasSubstr("subtract an offset"))));
}

}  // namespace
}  // namespace sanerf::scene
