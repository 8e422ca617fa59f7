#include "sanerf/kernels/isa.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

#include "sanerf/core/error.h"

namespace sanerf::kernels {
namespace {

TEST(Isa, EveryProcessorRunsTheGenericBuild) {
  const auto tables = SupportedKernels();
  ASSERT_FALSE(tables.empty());
  EXPECT_STREQ(tables[0]->name, "generic");
  std::set<std::string> names;
  for (const KernelTable* table : tables) names.insert(table->name);
  EXPECT_EQ(names.size(), tables.size());
}

TEST(Isa, ChoosesTheFastestUnlessTold) {
  EXPECT_EQ(&ChooseKernels(""), SupportedKernels().back());
  for (const KernelTable* table : SupportedKernels()) EXPECT_EQ(&ChooseKernels(table->name), table);
}

TEST(Isa, UnknownNameIsWrongUsage) {
  try {
    ChooseKernels("avx1024");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("SANERF_ISA=avx1024"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("generic"));
  }
}

TEST(Isa, ABuildThisProcessorLacksIsNotTaken) {
  for (const char* name : {"avx2", "avx512"}) {
    bool supported = false;
    for (const KernelTable* table : SupportedKernels()) supported |= std::string(table->name) == name;
    if (supported) continue;
    EXPECT_THROW(ChooseKernels(name), UsageError);
  }
}

TEST(Isa, TheProcessUsesOneOfThem) {
  const auto tables = SupportedKernels();
  const char* wanted = std::getenv("SANERF_ISA");
  EXPECT_EQ(&Kernels(), &ChooseKernels(wanted ? wanted : ""));
  EXPECT_EQ(&Kernels(), &Kernels());
}

}  // namespace
}  // namespace sanerf::kernels
