#include "sanerf/run/run_record.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder_test_support.h"

namespace sanerf::run {
namespace {

using ::testing::StartsWith;

TEST_F(RunFolderTest, ValuesOfTheWrongKindAreErrorsWithTheirKey) {
  const std::string file = (folder_ / "run" / "run.json").string();
  const Json good = ReadJsonFile(file);
  const auto error_with = [&](const char* place, const Json& value) {
    Json json = good;
    json[Json::json_pointer(place)] = value;
    WriteJsonFile(file, json);
    return ErrorTextOf<Error>([&] { RunFolder::Open(folder_ / "run"); });
  };
  EXPECT_THAT(error_with("/scene", 5), StartsWith(file + ": scene: expected an object with \"hash\", found 5"));
  EXPECT_THAT(error_with("/scene/absolute_path", 5), StartsWith(file + ": scene.absolute_path: expected a string"));
  EXPECT_THAT(error_with("/options", "all"), StartsWith(file + ": options: expected an object"));
  EXPECT_THAT(error_with("/stages", Json::array()), StartsWith(file + ": stages: expected an object"));
  EXPECT_THAT(error_with("/stages/train/state", 1), StartsWith(file + ": stages.train.state: expected a string"));
  EXPECT_THAT(error_with("/stages/train/seconds", "long"), StartsWith(file + ": stages.train.seconds: expected a "));
  EXPECT_EQ(error_with("/sanerf", "0.0.1"), "");
  EXPECT_EQ(error_with("/stages/prune", {{"state", "complete"}}), "");  // of another version
}

}  // namespace
}  // namespace sanerf::run
