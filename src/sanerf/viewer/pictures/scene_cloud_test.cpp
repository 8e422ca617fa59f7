#include "sanerf/viewer/pictures/scene_cloud.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/http/gzip_test_support.h"

namespace sanerf::viewer {
namespace {

using mask_aggregator::ObjectModel;
using Model = std::shared_ptr<const nerf::NerfModel>;

template <class T>
T ValueAt(const std::string& bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

class SceneCloudTest : public mask_aggregator::AggregatorTest {
 protected:
  static constexpr int kPoints = 2000;
  static Model NewModel() { return std::make_shared<const nerf::NerfModel>(*nerf_); }
  SceneCloud clouds_{*scene_, kPoints};
};

TEST_F(SceneCloudTest, PacksPositionsAndColors) {
  exports::PointCloud cloud = exports::MakePointCloud(*nerf_, *scene_, kPoints, Job());
  for (Vec3& p : cloud.points) p += Vec3(1'500'123.25, 5'291'877.125, 412.5);  // as far away as UTM puts a scene
  const std::string bytes = Unpacked(Packed(cloud));
  const size_t n = cloud.points.size();
  ASSERT_EQ(bytes.size(), 8 + 48 + n * 9);
  ASSERT_EQ(ValueAt<uint32_t>(bytes, 0), n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t a = 0; a < 3; ++a) {
      const double low = ValueAt<double>(bytes, 8 + 8 * a), high = ValueAt<double>(bytes, 32 + 8 * a);
      const double p = low + ValueAt<uint16_t>(bytes, 56 + 6 * i + 2 * a) / 65535.0 * (high - low);
      ASSERT_NEAR(p, cloud.points[i][int(a)], (high - low) * 1e-5);
      ASSERT_EQ(uint8_t(bytes[56 + 6 * n + 3 * i + a]), cloud.colors[i][a]);
    }
  }
  EXPECT_EQ(Unpacked(Packed(exports::PointCloud())).size(), 56u);
}

TEST_F(SceneCloudTest, TheIdIsThatOfThePoints) {
  const exports::PointCloud cloud = exports::MakePointCloud(*nerf_, *scene_, kPoints, Job());
  EXPECT_EQ(ValueAt<uint32_t>(Unpacked(Packed(cloud)), 4), IdOf(cloud));
  EXPECT_EQ(IdOf(exports::MakePointCloud(*nerf_, *scene_, kPoints, Job())), IdOf(cloud));
  EXPECT_NE(IdOf(exports::MakePointCloud(*nerf_, *scene_, kPoints / 2, Job())), IdOf(cloud));
}

TEST_F(SceneCloudTest, LabelsBelongToACloudAndAreKeptForAnAnswer) {
  const ObjectModel objects = mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const Model model = NewModel();
  EXPECT_THROW(clouds_.Labels(1, 1, &objects, Job()), NotNow);
  const std::string bytes = clouds_.Bytes(model, Job());
  EXPECT_EQ(clouds_.Bytes(model, Job()), bytes);
  const int64_t id = ValueAt<uint32_t>(Unpacked(bytes), 4);
  EXPECT_EQ(id, int64_t(IdOf(exports::MakePointCloud(*nerf_, *scene_, kPoints, Job()))));
  const std::string labels = clouds_.Labels(id, 1, &objects, Job());
  const std::string plain = Unpacked(labels);
  EXPECT_NE(plain.find('\1'), std::string::npos);
  EXPECT_THROW(clouds_.Labels(id + 1, 1, &objects, Job()), NotNow);

  // Nothing is computed for an answer that is known, and nothing is kept of what was stopped.
  StopSource stop;
  stop.RequestStop();
  const Job stopped = Job().With(stop.token());
  EXPECT_EQ(clouds_.Labels(id, 1, &objects, stopped), labels);
  EXPECT_THROW(clouds_.Labels(id, 2, &objects, stopped), InterruptedError);
  EXPECT_EQ(clouds_.Labels(id, 2, &objects, Job()), labels);
  EXPECT_EQ(Unpacked(clouds_.Labels(id, 3, nullptr, Job())), std::string(plain.size(), '\0'));
}

TEST_F(SceneCloudTest, TheLastFewAreKept) {
  // Each of another model, with other points: fewer of the views.
  std::vector<int64_t> ids;
  std::vector<Model> models;
  scene::Scene some = *scene_;
  SceneCloud clouds(some, kPoints);
  for (int i = 0; i < 5; ++i) {
    models.push_back(NewModel());
    ids.push_back(ValueAt<uint32_t>(Unpacked(clouds.Bytes(models.back(), Job())), 4));
    for (scene::View& view : some.views) {
      if (view.is_test) continue;
      view.is_test = true;
      break;
    }
  }
  EXPECT_THROW(clouds.Labels(ids[0], 1, nullptr, Job()), NotNow);
  for (size_t i = 1; i < ids.size(); ++i) EXPECT_NO_THROW(clouds.Labels(ids[i], 1, nullptr, Job())) << i;
}

}  // namespace
}  // namespace sanerf::viewer
