#include "sanerf/export/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

TEST(ExportFormats, AreExplainedAndTheirOptionsAreThere) {
  ExportOptions options;
  OptionRegistry registry;
  AddTo(registry, options);
  std::set<std::string> names, used;
  for (const ExportFormat& format : ExportFormats()) {
    SCOPED_TRACE(format.name);
    EXPECT_TRUE(names.insert(format.name).second);
    EXPECT_FALSE(std::string(format.title).empty() || std::string(format.help).empty());
    EXPECT_NE(format.write, nullptr);
    std::set<std::string> keys;
    for (const char* option : format.options) {
      const OptionRegistry::Entry* entry = registry.Find(option);
      ASSERT_NE(entry, nullptr) << option;
      EXPECT_TRUE(keys.insert(entry->key).second) << option;  // the page calls them by their keys alone
      used.insert(option);
    }
    for (const char* ending : format.endings) EXPECT_EQ(ending[0], '.');
  }
  for (const OptionRegistry::Entry& entry : registry.entries())
    EXPECT_TRUE(used.contains(entry.name())) << entry.name();
}

TEST(ExportFormats, AMisspeltOneSuggestsTheNearest) {
  EXPECT_STREQ(FindExportFormat("coco").name, "coco");
  EXPECT_THAT(ErrorTextOf<UsageError>([] { FindExportFormat("coko"); }),
              HasSubstr("unknown format 'coko'\ndid you mean 'coco'?"));
  EXPECT_THAT(ErrorTextOf<UsageError>([] { FindExportFormat("zzzzzzzzzz"); }), HasSubstr("choose from masks, coco"));
}

}  // namespace
}  // namespace sanerf::exports
