#include "sanerf/viewer/desk/search.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/nobody_test_support.h"

namespace sanerf::viewer {
namespace {

using testing::ElementsAre;

// Searches that find what they are asked for, as soon as they may.
class SearchTest : public testing::Test {
 protected:
  SearchCalls Finding() {
    SearchCalls calls;
    calls.find = [this](const Json& request, const Job& job) {
      const std::string words = request.at("text");
      const Task task(job, words);
      ++num_begun_;
      while (!may_find_) {
        job.ThrowIfStopped("the search");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      FoundObjects found = found_;
      found.prompts.objects.emplace_back().name = words;
      return found;
    };
    calls.add = [this](const FoundObjects& found) {
      for (const mask_decoder::ObjectPrompt& object : found.prompts.objects) added_.push_back(object.name);
    };
    calls.on_end = [this] { ++num_ended_; };
    return calls;
  }
  static void Await(const std::atomic<int>& count, int wanted) {
    for (const Stopwatch watch; watch.seconds() < 20 && count < wanted;)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_EQ(count, wanted);
  }

  const scene::Scene scene_;
  DeskState state_{scene_, 64};
  Nobody nobody_;
  WorkList work_{nobody_};
  FoundObjects found_;  // beside what is asked for
  std::atomic<bool> may_find_ = false;
  std::atomic<int> num_begun_ = 0, num_ended_ = 0;
  std::vector<std::string> added_;
};

TEST_F(SearchTest, CancelingOneSearchLeavesTheNext) {
  Search search(Finding(), state_, work_);
  search.Begin({{"text", "mug"}});
  Await(num_begun_, 1);
  search.Begin({{"text", "banana"}});  // while the other goes on
  ASSERT_EQ(work_.AsJson().size(), 1u);
  EXPECT_TRUE(work_.Cancel(work_.AsJson()[0].at("id")));
  Await(num_ended_, 1);
  Await(num_begun_, 2);
  may_find_ = true;
  Await(num_ended_, 2);
  EXPECT_THAT(added_, ElementsAre("banana"));
}

TEST_F(SearchTest, WhatAFirstLookShowsToBeThereAlreadyIsNotAdded) {
  mask_decoder::DecodedObject mug;
  mask_decoder::ViewDecision& view = mug.views.emplace_back();
  view.view_idx = 3;
  view.used = true;
  view.mask = ImageU8(10, 1, 1, 255);
  const auto masks = std::make_shared<const mask_decoder::DecodedObject>(mug);
  mask_decoder::ObjectPrompt known;
  known.name = "cup";
  state_.edits.SetMasks(state_.edits.AddObject(known), masks, segmentation::MaskState::kRefined);
  found_.prompts.objects.emplace_back().name = "mug";
  found_.masks = {masks};  // none of what is asked for
  may_find_ = true;
  Search search(Finding(), state_, work_);
  search.Begin({{"text", "banana"}});
  Await(num_ended_, 1);
  EXPECT_THAT(added_, ElementsAre("banana"));
}

TEST_F(SearchTest, ItsEndStopsIt) {
  {
    Search search(Finding(), state_, work_);
    search.Begin({{"text", "mug"}});
    search.Begin({{"text", "banana"}});
    Await(num_begun_, 1);
  }
  EXPECT_EQ(num_begun_, 1);
  EXPECT_THAT(added_, ElementsAre());
}

}  // namespace
}  // namespace sanerf::viewer
