#include "sanerf/core/own_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "sanerf/core/error.h"
#include "sanerf/core/odd_files_test_support.h"

namespace sanerf {
namespace {

using ::testing::HasSubstr;

TEST(InOwnProcess, GivesBackWhatIsMadeThere) {
  EXPECT_EQ(InOwnProcess([] { return std::string("a\0b", 3); }, "a", ""), std::string("a\0b", 3));
  EXPECT_EQ(InOwnProcess([] { return std::string(); }, "a", ""), "");
  const std::string much(5'000'000, 'x');
  EXPECT_EQ(InOwnProcess([&] { return much; }, "a", ""), much);
  int here = 1;
  InOwnProcess([&] { return here = 2, std::string(); }, "a", "");
  EXPECT_EQ(here, 1);
}

TEST(InOwnProcess, ErrorsArriveAsTheyWere) {
  try {
    InOwnProcess([]() -> std::string { throw Error("a.hdf5", "it is no file", "write it again"); }, "b", "");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a.hdf5: it is no file");
    EXPECT_EQ(error.summary(), "a.hdf5");
    EXPECT_EQ(error.hint(), "write it again");
  }
  EXPECT_THROW(InOwnProcess([]() -> std::string { throw UsageError("a"); }, "b", ""), UsageError);
  EXPECT_THAT(ErrorTextOf<Error>([] { InOwnProcess([]() -> std::string { throw std::bad_alloc(); }, "b", ""); }),
              HasSubstr("bad_alloc"));
}

TEST(InOwnProcess, ACrashIsAnError) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGKILL}) {
    const auto crash = [&] {
      InOwnProcess([&] { return raise(signal), std::string("not here"); }, "a.hdf5", "write it again");
    };
    EXPECT_THAT(ErrorTextOf<Error>(crash), HasSubstr("a.hdf5: what reads it has crashed"));
  }
  EXPECT_THAT(ErrorTextOf<Error>([] { InOwnProcess([]() -> std::string { _exit(0); }, "a.hdf5", ""); }),
              HasSubstr("has crashed"));
}

}  // namespace
}  // namespace sanerf
