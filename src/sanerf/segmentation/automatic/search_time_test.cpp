#include "sanerf/segmentation/automatic/search_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "sanerf/core/events_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::segmentation {
namespace {

using namespace testing_scene;

// What the parts of a search took on two AVX-512 cores (docs/studies/automatic.md and interaction.md), of a machine
// that is `slowness` times slower.
struct Measured {
  int num_objects, num_views;
  double slowness;

  static constexpr int kSearched = 16, kPoints = kSearched * 16 * 16, kIters = 200;
  double encode_view() const { return 2.7 * slowness; }
  double point() const { return 0.028 * slowness; }
  double ray() const { return 4.4e-6 * slowness; }
  double search() const { return kPoints * point(); }
  // 25 ms for a mask, 42 ms for one that is decoded again; an object was found in most of the searched views.
  double decode() const { return 0.025 * num_objects * (num_views - 0.85 * kSearched) * slowness; }
  double again() const { return 0.042 * num_objects * num_views * slowness; }
  // Tracing of 60 views, and 200 steps.
  double trace() const { return 3.9 / 60 * num_views * slowness; }
  double field() const { return (1 + 0.0135 * kIters) * slowness; }
  double others() const { return 3 * slowness; }  // tying masks together, outlines, storing
  double total() const { return search() + decode() + again() + trace() + field() + others(); }
};

std::vector<WholeTask::Part> PartsOf(const Measured& machine, int num_objects) {
  return PartsOfSearch({Measured::kSearched, machine.num_views, num_objects}, {machine.point(), machine.ray()}, {});
}

double SecondsOf(const std::vector<WholeTask::Part>& parts) {
  double seconds = 0;
  for (const WholeTask::Part& part : parts)
    if (part.title != "encode") seconds += part.amount * part.seconds_each;
  return seconds;
}

TEST(SearchTime, IsRightWithinThirtyPercentBeforeAnObjectIsFound) {
  for (const double slowness : {0.2, 1.0, 8.0}) {
    for (const auto& [num_objects, num_views] : {std::pair(8, 60), {13, 60}, {20, 60}, {20, 20}}) {
      const Measured machine{num_objects, num_views, slowness};
      EXPECT_NEAR(SecondsOf(PartsOf(machine, 0)) / machine.total(), 1, 0.3)
          << num_objects << " objects in " << num_views << " views, " << slowness;
    }
  }
  EXPECT_NEAR(SecondsOf(PartsOf({8, 60, 1}, 0)), 115 + 42, 0.3 * 157);  // kitchen_table, as a whole
}

TEST(SearchTime, IsRightWithinTenPercentWhenTheObjectsAreKnown) {
  for (const auto& [num_objects, num_views] : {std::pair(8, 60), {13, 60}, {20, 60}, {20, 20}}) {
    const Measured machine{num_objects, num_views, 1};
    EXPECT_NEAR(SecondsOf(PartsOf(machine, num_objects)) / machine.total(), 1, 0.1)
        << num_objects << " objects in " << num_views << " views";
  }
}

TEST(SearchTime, FollowsTheOptions) {
  const Measured machine{8, 60, 1};
  const double seconds = SecondsOf(PartsOf(machine, 8));
  const SearchSize size{Measured::kSearched, 60, 8};
  const SearchPace pace{machine.point(), machine.ray()};
  SegmentationOptions options;
  options.automatic.masks.grid = 32;
  EXPECT_NEAR(SecondsOf(PartsOfSearch(size, pace, options)) - seconds, 3 * machine.search(), 1);
  options = {};
  options.automatic.rounds = 0;
  EXPECT_NEAR(seconds - SecondsOf(PartsOfSearch(size, pace, options)), machine.again(), 1);
  options = {};
  options.object.iters = 2 * Measured::kIters;
  EXPECT_GT(SecondsOf(PartsOfSearch(size, pace, options)), seconds + 1);
}

// The announcement and the time left over a search on a clock of the test's, with every view still to be encoded.
TEST(SearchTime, TheFirstSentenceOfASearchIsRight) {
  for (const double slowness : {0.2, 1.0, 8.0}) {
    const Measured machine{8, 60, slowness};
    EventRecorder recorder;
    const Job job(recorder, StopToken());
    double now = 0;
    WholeTask whole(job, "auto", PartsOfSearch({Measured::kSearched, 60}, {}, {}), [&] { return now; });
    const auto run = [&](const std::string& title, int total, double each) {
      Event event;
      event.task_id = uint64_t(1 + now / each) + title.size() * 1000;
      event.title = title;
      event.total = total;
      event.kind = Event::Kind::kStarted;
      whole.job().Report(event);
      event.kind = Event::Kind::kFinished;
      event.done = total;
      event.seconds = total * each;
      now += total * each;
      whole.job().Report(event);
    };
    run("encode", 1, machine.encode_view());
    EXPECT_TRUE(recorder.Texts("info").empty());
    std::vector<WholeTask::Part> parts = PartsOf(machine, 0);
    parts.push_back({"encode", 60});
    whole.Expect(parts);
    ASSERT_EQ(recorder.Texts("info").size(), 1u);
    const double encoding = 60 * machine.encode_view();
    EXPECT_NEAR((now + *whole.SecondsLeft()) / (encoding + machine.total()), 1, 0.3);
    run("encode", 59, machine.encode_view());
    run("search", Measured::kPoints, machine.point());
    EXPECT_NEAR((now + *whole.SecondsLeft()) / (encoding + machine.total()), 1, 0.3);
    whole.Expect(PartsOf(machine, machine.num_objects));
    EXPECT_NEAR((now + *whole.SecondsLeft()) / (encoding + machine.total()), 1, 0.1);
    EXPECT_EQ(recorder.Texts("info").size(), 1u);
  }
}

// SAM that takes its time.
class SlowSam : public AnalyticSam {
 public:
  static constexpr double kSeconds = 0.02;
  std::unique_ptr<sam::Sam> Share() const override { return std::make_unique<SlowSam>(); }
  std::vector<sam::SamMask> Predict(const sam::SamPrompt& prompt, bool multimask, const Job& job) const override {
    std::this_thread::sleep_for(std::chrono::duration<double>(kSeconds));
    return AnalyticSam::Predict(prompt, multimask, job);
  }
};

TEST(SearchTime, MeasuresSamOnThisMachine) {
  const scene::Scene scene = MakeScene();
  const AnalyticContainer container(scene);
  const SlowSam sam;
  const double one = SecondsPerPoint(0, container, sam, 16, Job().WithThreads(1));
  EXPECT_GE(one, SlowSam::kSeconds);
  EXPECT_LT(one, 10 * SlowSam::kSeconds);  // also on a machine that does something else
  if (NumThreads() < 2) GTEST_SKIP() << "one thread here";
  EXPECT_LT(SecondsPerPoint(0, container, sam, 16, Job().WithThreads(2)), one);
  EXPECT_GE(SecondsPerPoint(0, container, sam, 1, Job()), SlowSam::kSeconds);  // one view: one thread searches
}

}  // namespace
}  // namespace sanerf::segmentation
