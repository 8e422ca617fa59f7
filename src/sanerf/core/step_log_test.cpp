#include "sanerf/core/step_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/test_folder.h"

namespace sanerf {
namespace {

TEST(StepLog, LinesAreThereAtOnce) {
  const TestFolder folder;
  WriteFileAtomic(folder / "log.jsonl", "{\"step\":9}\n");
  StepLog log(folder / "log.jsonl");
  log.Write({{"step", 1}, {"loss", 0.5}});
  EXPECT_EQ(ReadFile(folder / "log.jsonl"), "{\"step\":1,\"loss\":0.5}\n");
  log.Write({{"step", 2}});
  EXPECT_EQ(ReadFile(folder / "log.jsonl"), "{\"step\":1,\"loss\":0.5}\n{\"step\":2}\n");
  EXPECT_EQ(log.seconds_before(), 0);
}

TEST(StepLog, GoesOnBehindTheStepThatWasSaved) {
  const TestFolder folder;
  const std::string saved = "{\"step\":10,\"seconds\":1.5}\n{\"step\":20,\"seconds\":3.0}\n";
  for (const char* later : {"", "{\"step\":30,\"seconds\":4.5}\n", "{\"step\":30,\"seconds\":4.5}\n{\"step\":4",
                            "{\"st", "{\"step\":20}", "nonsense\n"}) {
    WriteFileAtomic(folder / "log.jsonl", saved + later);
    StepLog log(folder / "log.jsonl", 25);
    EXPECT_EQ(log.seconds_before(), 3.0);
    log.Write({{"step", 30}});
    EXPECT_EQ(ReadFile(folder / "log.jsonl"), saved + "{\"step\":30}\n") << later;
  }
}

TEST(StepLog, AMissingLogStartsAndAnUnwritablePlaceIsAnError) {
  const TestFolder folder;
  StepLog(folder / "log.jsonl", 25).Write({{"step", 30}});
  EXPECT_EQ(ReadFile(folder / "log.jsonl"), "{\"step\":30}\n");
  EXPECT_THAT(ErrorTextOf<Error>([&] { StepLog(folder / "none" / "log.jsonl"); }), testing::HasSubstr("log.jsonl"));
}

}  // namespace
}  // namespace sanerf
