#include "sanerf/run/object_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/scene/mask_files.h"

namespace sanerf::run {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ObjectNames, MustBeFolderNames) {
  EXPECT_NO_THROW(CheckObjectName("mug 2"));
  for (const char* name : {"", ".", "../x", "a/b", "-v", "a\nb", "a:b", "a ", " a"})
    EXPECT_THROW(CheckObjectName(name), UsageError) << name;
  EXPECT_THAT(ErrorTextOf<UsageError>([] { CheckObjectName("mug\xE2\x80\xAEgpj"); }),
              StartsWith("'mug<U+202E>gpj' cannot be the name of an object: it has U+202E, which nobody sees"));
  EXPECT_THAT(ErrorTextOf<UsageError>([] { CheckObjectName("mug\x7f"); }),
              StartsWith("'mug<U+007F>' cannot be the name of an object: it has U+007F, a control character"));
  EXPECT_THROW(CheckObjectName("\xC2\x9Bm"), UsageError);
  EXPECT_NO_THROW(CheckObjectName("Stra\xC3\x9F\x65"));
  EXPECT_EQ(scene::FlatName("train/a.b/000.png"), "train_a.b_000");
}

TEST(ObjectNames, NamesOfObjectsSetAsideAreNotGiven) {
  EXPECT_THAT(ErrorTextOf<UsageError>([] { CheckObjectName("fox~"); }), HasSubstr("what an earlier 'fox' is called"));
  EXPECT_NO_THROW(CheckObjectName("fox~2"));
}

TEST(ObjectNames, ObjectsNeedNamesOfTheirOwnAndAPrompt) {
  mask_decoder::Prompts prompts;
  prompts.objects.resize(2);
  for (mask_decoder::ObjectPrompt& object : prompts.objects) object.points = {{Vec3::Zero(), 1}};
  prompts.objects[0].name = prompts.objects[1].name = "fox";
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckObjects(prompts); }), HasSubstr("two objects are named 'fox'"));
  prompts.objects[1].name = "bear";
  EXPECT_NO_THROW(CheckObjects(prompts));
  prompts.objects[1].points[0].label = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckObjects(prompts); }), HasSubstr("add a positive click"));
}

}  // namespace
}  // namespace sanerf::run
