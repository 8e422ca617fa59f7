#include "sanerf/experiments/result_cache.h"

#include <gmock/gmock.h>

#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ResultCacheTest : public testing::Test {
 protected:
  // -1: there is none.
  int64_t Read(const std::string& name, const std::string& key) {
    EventRecorder events;
    int64_t value = -1;
    const bool is_there = cache_.Read(
        name, key, [&](const JsonCursor& result) { value = result["value"].Integer(); }, Job().With(events));
    EXPECT_EQ(is_there, value >= 0);
    lines_ = events.Lines();
    return value;
  }

  TestFolder folder_;
  ResultCache cache_{folder_ / "results"};
  std::vector<std::string> lines_;  // of the last Read
};

TEST_F(ResultCacheTest, GivesBackWhatWasKeptForTheSameKey) {
  EXPECT_EQ(Read("sam", "a"), -1);
  cache_.Keep("sam", "a", {{"value", 7}});
  cache_.Keep("vote", "b", {{"value", 8}});
  EXPECT_EQ(Read("sam", "a"), 7);
  EXPECT_EQ(Read("sam", "b"), -1);
  EXPECT_EQ(Read("vote", "b"), 8);
  cache_.Keep("sam", "b", {{"value", 9}});  // one per name
  EXPECT_EQ(Read("sam", "a"), -1);
  EXPECT_EQ(Read("sam", "b"), 9);
  EXPECT_THAT(lines_, IsEmpty());
  cache_.Forget();
  EXPECT_EQ(Read("sam", "b"), -1);
}

TEST_F(ResultCacheTest, DamageIsAWarningAndNoResult) {
  for (const char* content : {"{", R"({"key": "a"})", R"({"key": "a", "value": "seven"})"}) {
    cache_.Keep("sam", "a", {{"value", 7}});
    WriteFileAtomic(folder_ / "results" / "sam.json", content);
    EXPECT_EQ(Read("sam", "a"), -1) << content;
    EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("is damaged"), HasSubstr("results/sam.json")))) << content;
  }
}

}  // namespace
}  // namespace sanerf::experiments
