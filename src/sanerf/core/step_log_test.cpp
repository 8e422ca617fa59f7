#include "sanerf/core/step_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"

namespace sanerf {
namespace {

// Metrics of a task "train" at these steps.
void Report(StepLog& log, std::initializer_list<int64_t> steps) {
  const Job job(log, StopToken());
  Task task(job, "train", 100, "steps");
  for (const int64_t step : steps) task.Metrics(step, std::array{Metric{"loss", 0.5}});
}

// Without the seconds, which differ.
std::string LinesOf(const std::filesystem::path& path) {
  std::istringstream in(ReadFile(path));
  std::string lines;
  for (std::string line; std::getline(in, line);) {
    Json json = Json::parse(line);
    EXPECT_GE(json.at("seconds").get<double>(), 0) << line;
    json.erase("seconds");
    lines += json.dump() + "\n";
  }
  return lines;
}

TEST(StepLog, LinesAreThereAtOnceAndOnlyThoseOfItsTask) {
  const TestFolder folder;
  WriteFileAtomic(folder / "log.jsonl", "{\"step\":9}\n");
  StepLog log(Job(), folder / "log.jsonl", "train");
  Report(log, {1});
  EXPECT_EQ(LinesOf(folder / "log.jsonl"), "{\"step\":1,\"loss\":0.5}\n");
  const Job job(log, StopToken());
  Task other(job, "encode", 3, "views");
  other.Metrics(1, std::array{Metric{"bytes", 3}});
  job.Info("a sentence");
  Report(log, {2});
  EXPECT_EQ(LinesOf(folder / "log.jsonl"), "{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":0.5}\n");
}

TEST(StepLog, WithoutATitleLinesNameTheirTask) {
  const TestFolder folder;
  StepLog log(Job(), folder / "log.jsonl", "");
  Report(log, {1});
  EXPECT_EQ(LinesOf(folder / "log.jsonl"), "{\"task\":\"train\",\"step\":1,\"loss\":0.5}\n");
}

TEST(StepLog, GoesOnBehindTheStepThatWasSaved) {
  const TestFolder folder;
  const std::string saved = "{\"step\":10,\"seconds\":1.5}\n{\"step\":20,\"seconds\":30.0}\n";
  for (const char* later : {"", "{\"step\":30,\"seconds\":40.5}\n", "{\"step\":30,\"seconds\":4.5}\n{\"step\":4",
                            "{\"st", "{\"step\":20}", "nonsense\n"}) {
    WriteFileAtomic(folder / "log.jsonl", saved + later);
    StepLog log(Job(), folder / "log.jsonl", "train", 25);
    Report(log, {30});
    const std::string text = ReadFile(folder / "log.jsonl");
    ASSERT_EQ(text.substr(0, saved.size()), saved) << later;
    const Json added = Json::parse(text.substr(saved.size()));
    EXPECT_EQ(added.at("step"), 30) << later;
    EXPECT_GE(added.at("seconds").get<double>(), 30) << later;  // the time goes on as well
    EXPECT_LT(added.at("seconds").get<double>(), 40) << later;
  }
}

TEST(StepLog, AMissingLogStartsAndAnUnwritablePlaceIsAnError) {
  const TestFolder folder;
  StepLog log(Job(), folder / "log.jsonl", "train", 25);
  Report(log, {30});
  EXPECT_EQ(LinesOf(folder / "log.jsonl"), "{\"step\":30,\"loss\":0.5}\n");
  EXPECT_THAT(ErrorTextOf<Error>([&] { StepLog(Job(), folder / "none" / "log.jsonl", "train"); }),
              testing::HasSubstr("log.jsonl"));
}

}  // namespace
}  // namespace sanerf
