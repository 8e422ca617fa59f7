#include "sanerf/viewer/desk/known_objects.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace sanerf::viewer {
namespace {

// One view of ten pixels in a row: those from `first` to before `end` are of the object.
std::shared_ptr<const mask_decoder::DecodedObject> Object(int first, int end, int view_idx = 3) {
  mask_decoder::DecodedObject object;
  mask_decoder::ViewDecision& view = object.views.emplace_back();
  view.view_idx = view_idx;
  view.used = true;
  view.mask = ImageU8(10, 1, 1);
  for (int x = first; x < end; ++x) view.mask.data[size_t(x)] = 255;
  return std::make_shared<const mask_decoder::DecodedObject>(object);
}

mask_decoder::Prompts Named(std::initializer_list<const char*> names) {
  mask_decoder::Prompts prompts;
  for (const char* name : names) prompts.objects.emplace_back().name = name;
  return prompts;
}

TEST(KnownObjects, OverlapInTheViewsThatBothHave) {
  EXPECT_DOUBLE_EQ(OverlapOf(*Object(0, 6), *Object(2, 8)), 4.0 / 8);
  EXPECT_DOUBLE_EQ(OverlapOf(*Object(0, 6), *Object(0, 6)), 1);
  EXPECT_DOUBLE_EQ(OverlapOf(*Object(0, 6), *Object(0, 6, 4)), 0);
}

TEST(KnownObjects, AreNotFoundAgain) {
  mask_decoder::Prompts found = Named({"a", "b", "c"});
  ObjectMaskList masks = {Object(0, 5), Object(2, 8), Object(5, 9)};
  EXPECT_EQ(RemoveKnown({Object(0, 6)}, &found, &masks), 1);  // 5/6, 4/8 and 1/9
  ASSERT_EQ(found.objects.size(), 2u);
  EXPECT_EQ(found.objects[0].name, "b");
  EXPECT_EQ(found.objects[1].name, "c");
  EXPECT_EQ(OverlapOf(*masks[1], *Object(5, 9)), 1);

  // Nothing is known of what has no masks.
  mask_decoder::Prompts words = Named({"a", "b", "c"});
  ObjectMaskList some = {nullptr, Object(0, 6)};
  EXPECT_EQ(RemoveKnown({Object(0, 6)}, &words, &some), 1);
  ASSERT_EQ(words.objects.size(), 2u);
  EXPECT_EQ(words.objects[0].name, "a");
  EXPECT_EQ(words.objects[1].name, "c");
  EXPECT_EQ(some, (ObjectMaskList{nullptr, nullptr}));
}

}  // namespace
}  // namespace sanerf::viewer
