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

class SceneCloudTest : public mask_aggregator::AggregatorTest {
 protected:
  static constexpr int kPoints = 2000;
  static Model NewModel() { return std::make_shared<const nerf::NerfModel>(*nerf_); }
  static int64_t IdOf(const std::string& bytes) {
    const std::string cloud = Unpacked(bytes);
    uint32_t id = 0;
    std::memcpy(&id, cloud.data() + 4, sizeof id);
    return id;
  }
  SceneCloud clouds_{*scene_, kPoints};
};

TEST_F(SceneCloudTest, LabelsBelongToACloudAndAreKeptForAnAnswer) {
  const ObjectModel objects = mask_aggregator::TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const Model model = NewModel();
  EXPECT_THROW(clouds_.Labels(1, 1, &objects, Job()), NotNow);
  const std::string bytes = clouds_.Bytes(model, Job());
  EXPECT_EQ(clouds_.Bytes(model, Job()), bytes);
  const int64_t id = IdOf(bytes);
  EXPECT_EQ(id, int64_t(MakePointCloud(*nerf_, *scene_, kPoints, Job()).id));
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
    ids.push_back(IdOf(clouds.Bytes(models.back(), Job())));
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
