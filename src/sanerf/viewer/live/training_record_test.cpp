#include "sanerf/viewer/live/training_record.h"

#include <gtest/gtest.h>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::viewer {
namespace {

Event Reported(int64_t step, double seconds, std::span<const Metric> metrics) {
  Event event;
  event.kind = metrics.empty() ? Event::Kind::kProgress : Event::Kind::kMetrics;
  event.title = "train";
  event.done = step;
  event.seconds = seconds;
  event.metrics = metrics;
  return event;
}

TEST(TrainingRecord, FollowsATraining) {
  TrainingRecord record;
  record.Begin("fast", 1600);
  EXPECT_EQ(record.ToJson(), Json::parse(R"({"step": 0, "iters": 1600, "preset": "fast", "psnr": null,
      "held_out_psnr": null, "seconds": 0.0, "curve": []})"));
  const Metric first[] = {{"loss", 0.1}, {"batch_psnr", 12.5}, {"held_out_psnr", 0}};
  const Metric second[] = {{"loss", 0.01}, {"batch_psnr", 20.0}, {"held_out_psnr", 18.5}};
  record.Take(Reported(100, 4, first));
  record.Take(Reported(200, 6, second));
  Event other = Reported(3, 1, {});
  other.title = "load photos";
  record.Take(other);
  const Json json = record.ToJson();
  EXPECT_EQ(json["step"], 200);
  EXPECT_EQ(json["psnr"], 20.0);
  EXPECT_EQ(json["held_out_psnr"], 18.5);
  EXPECT_EQ(json["seconds"], 6.0);
  EXPECT_EQ(json["curve"], Json::parse("[[100, 12.5], [200, 20.0]]"));

  // After a pause its time goes on, and steps that come again replace those that were lost.
  record.Continue();
  const Metric third[] = {{"batch_psnr", 15.0}};
  record.Take(Reported(150, 1, third));
  EXPECT_EQ(record.ToJson()["seconds"], 7.0);
  EXPECT_EQ(record.ToJson()["held_out_psnr"], 18.5);
  EXPECT_EQ(record.ToJson()["curve"], Json::parse("[[100, 12.5], [150, 15.0]]"));
}

TEST(TrainingRecord, LongCurvesAreThinned) {
  TrainingRecord record;
  record.Begin("default", 100'000);
  for (int i = 1; i <= 5000; ++i) {
    const Metric metrics[] = {{"batch_psnr", 20.0}};
    record.Take(Reported(i, i, metrics));
  }
  const Json curve = record.ToJson()["curve"];
  EXPECT_GE(curve.size(), 200u);
  EXPECT_LE(curve.size(), 400u);
  EXPECT_EQ(curve[0][0], 1);
  for (size_t i = 1; i < curve.size(); ++i) ASSERT_LT(curve[i - 1][0], curve[i][0]);
}

TEST(TrainingRecord, RecallsALogWithATornLine) {
  const TestFolder folder;
  WriteFileAtomic(folder / "log.jsonl",
                  "{\"step\":10,\"batch_psnr\":11.0,\"held_out_psnr\":0,\"seconds\":1}\n"
                  "{\"step\":20,\"batch_psnr\":12.0,\"held_out_psnr\":11.5,\"seconds\":2}\n"
                  "{\"step\":30,\"batch_p");
  TrainingRecord record;
  record.Recall(folder / "log.jsonl", "", 50, 2.5);
  const Json json = record.ToJson();
  EXPECT_EQ(json["step"], 20);
  EXPECT_EQ(json["held_out_psnr"], 11.5);
  EXPECT_EQ(json["seconds"], 2.5);
  EXPECT_EQ(json["curve"], Json::parse("[[10, 11.0], [20, 12.0]]"));
  record.StandAt(23);  // what was saved is a little later than what was logged,
  EXPECT_EQ(record.step(), 23);
  EXPECT_EQ(record.ToJson()["curve"].size(), 2u);
  record.StandAt(15);  // or earlier, where a process was killed
  EXPECT_EQ(record.ToJson()["step"], 15);
  EXPECT_EQ(record.ToJson()["curve"], Json::parse("[[10, 11.0]]"));
  TrainingRecord empty;
  empty.Recall(folder / "gone.jsonl", "default", 50, 0);
  EXPECT_EQ(empty.ToJson()["curve"], Json::array());
}

}  // namespace
}  // namespace sanerf::viewer
