#include "sanerf/viewer/live/encoder.h"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "sanerf/core/files.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/feature_container/encoded_views_test_support.h"
#include "sanerf/viewer/audience.h"

namespace sanerf::viewer {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

// What the page would have received; the first report of a task can be canceled.
class EncoderAudience : public Audience {
 public:
  void StateChanged() override {}
  void Say(const std::string& event, const Json& data) override {
    if (event == "progress") {
      const std::lock_guard lock(mutex_);
      tasks_.insert(data.at("id").get<int64_t>());
    }
    if (event == "progress" && data.at("done") == 0 && on_begin) std::exchange(on_begin, nullptr)(data.at("id"));
    if (event != "message") return;
    const std::lock_guard lock(mutex_);
    messages_.push_back(data.at("text"));
  }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  std::set<int64_t> tasks() const {
    const std::lock_guard lock(mutex_);
    return tasks_;
  }
  std::function<void(int64_t task)> on_begin;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;
  std::set<int64_t> tasks_;
};

class EncoderTest : public feature_container::EncodedViewsTest {
 protected:
  void SetUp() override {
    EncodedViewsTest::SetUp();
    sam_of_test_->on_encode = [this] {
      if (fails_) throw Error("no map");
    };
    features_ = std::make_shared<LiveFeatures>(folder_, scene_, field_.fingerprint, sam_of_test_->fingerprint,
                                               options_.size, Job());
  }
  // Nobody waits for anything.
  EncoderInput Input() {
    EncoderInput input{
        std::make_shared<const scene::Scene>(scene_), field_, sam_of_test_, options_, folder_, writing_, features_};
    input.wanted = [] { return std::vector<int>(); };
    input.points = [] { return std::vector<Vec3>(); };
    input.share = [] { return 1.0; };
    input.is_urgent = [] { return false; };
    input.on_views = [](bool, double) {};
    return input;
  }
  int NumEncoded() const {
    int num_encoded = 0;
    for (int view = 0; view < kNumViews; ++view) num_encoded += features_->Has(view);
    return num_encoded;
  }
  template <class Holds>
  void Await(const Holds& holds) const {
    for (const Stopwatch watch; watch.seconds() < 30 && !holds();)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_TRUE(holds());
  }

  const std::shared_ptr<feature_container::FakeSam> sam_of_test_ = std::make_shared<feature_container::FakeSam>();
  std::shared_ptr<LiveFeatures> features_;
  std::mutex writing_;
  std::atomic<bool> fails_ = false;
  EncoderAudience audience_;
  WorkList work_{audience_};
};

TEST_F(EncoderTest, WhatOthersFailAtIsSaidAndEncodingGoesOn) {
  EncoderInput input = Input();
  std::atomic<int> num_told = 0;
  input.on_views = [&](bool, double) {
    if (++num_told == 1) throw std::runtime_error("a defect");
    throw Error("the disk is full");
  };
  const Encoder encoder(std::move(input), work_);
  Await([&] { return num_told == kNumViews; });
  Await([&] { return audience_.messages().size() == size_t(kNumViews); });
  EXPECT_EQ(NumEncoded(), kNumViews);
  EXPECT_EQ(audience_.messages()[0], "the encoded views cannot be used");
  EXPECT_EQ(audience_.messages()[1], "the disk is full");
}

TEST_F(EncoderTest, WhatWasCanceledStandsStillUntilItGoesOn) {
  std::atomic<bool> is_given_up = false;
  EncoderInput input = Input();
  input.on_views = [&](bool all, double) { is_given_up = all; };
  audience_.on_begin = [&](int64_t task) { EXPECT_TRUE(work_.Cancel(task)); };
  Encoder encoder(std::move(input), work_);
  Await([&] { return is_given_up && !encoder.is_busy(); });
  EXPECT_EQ(NumEncoded(), 0);
  const Json state = encoder.State();
  EXPECT_EQ(state.at("stopped"), true);
  EXPECT_EQ(state.at("done"), 0);
  EXPECT_EQ(state.at("total"), kNumViews);
  encoder.CheckWantedViews();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(NumEncoded(), 0);  // nobody waits for a view
  encoder.Resume();
  Await([&] { return encoder.State().is_null(); });
  EXPECT_EQ(NumEncoded(), kNumViews);
  EXPECT_THAT(audience_.messages(), IsEmpty());
}

TEST_F(EncoderTest, WhatHasFailedIsTriedAgainByWhoGoesOn) {
  fails_ = true;
  std::atomic<bool> is_given_up = false;
  EncoderInput input = Input();
  input.on_views = [&](bool all, double) { is_given_up = all; };
  Encoder encoder(std::move(input), work_);
  Await([&] { return is_given_up && !encoder.is_busy(); });
  EXPECT_THAT(audience_.messages(), SizeIs(2));  // others would fail as well
  EXPECT_THAT(audience_.messages(), Each(HasSubstr("no map")));
  EXPECT_EQ(encoder.State().at("stopped"), true);
  fails_ = false;
  encoder.Resume();
  Await([&] { return encoder.State().is_null(); });
  EXPECT_EQ(NumEncoded(), kNumViews);
}

TEST_F(EncoderTest, OneAtATimeWritesViews) {
  EncoderInput input = Input();
  std::unique_lock writing(writing_);
  const Encoder encoder(std::move(input), work_);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(NumEncoded(), 0);
  EXPECT_FALSE(encoder.State().contains("stopped"));
  writing.unlock();
  Await([&] { return NumEncoded() == kNumViews; });
}

TEST_F(EncoderTest, WhatIsWrongWithTheViewsThatWereThereIsSaid) {
  Encode();
  WriteFileAtomic(folder_ / "index.json", "{");
  features_->Reload(Job());
  const Encoder encoder(Input(), work_);
  Await([&] { return encoder.State().is_null(); });
  EXPECT_THAT(audience_.messages(), ElementsAre(StartsWith("encoding all views again: ")));
  EXPECT_EQ(audience_.tasks().size(), 1u);  // what a single view takes is a part of it
}

// Somebody else has encoded some of them.
TEST_F(EncoderTest, TheViewsThatAreThereAreCounted) {
  std::unique_lock writing(writing_);
  const Encoder encoder(Input(), work_);
  EXPECT_EQ(encoder.State().at("done"), 0);
  EncodeViews(folder_, feature_container::EncodeSource{scene_, field_, *sam_of_test_, options_}, {0, 1, 2}, Job());
  features_->Reload(Job());
  EXPECT_EQ(encoder.State().at("done"), 3);
  writing.unlock();
  Await([&] { return encoder.State().is_null(); });
}

TEST_F(EncoderTest, AViewThatNobodyWaitsForWaitsForWhatIsUrgent) {
  std::atomic<bool> is_urgent = true;
  std::atomic<int> num_told = 0;
  Stopwatch since_first;
  EncoderInput input = Input();
  input.is_urgent = [&] { return bool(is_urgent); };
  input.on_views = [&](bool, double) {
    if (num_told == 0) since_first = Stopwatch();
    ++num_told;
  };
  const Encoder encoder(std::move(input), work_);
  Await([&] { return num_told > 0; });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const int num_encoded = NumEncoded();
  if (since_first.seconds() < 1.5) {  // else the machine was busy, and two seconds are the longest that it waits
    EXPECT_EQ(num_encoded, 1);
  }
  is_urgent = false;
  Await([&] { return NumEncoded() == kNumViews; });
}

}  // namespace
}  // namespace sanerf::viewer
