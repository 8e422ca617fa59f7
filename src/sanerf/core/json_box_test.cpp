#include "sanerf/core/json_box.h"

#include <gtest/gtest.h>

#include <utility>

#include "sanerf/core/json.h"

namespace sanerf {
namespace {

TEST(JsonBox, CopiesAreValuesOfTheirOwn) {
  JsonBox box(Json{{"step", 3}});
  JsonBox copy = box, assigned;
  EXPECT_TRUE(assigned->is_null());
  assigned = box;
  (*copy)["step"] = 4;
  (*assigned)["step"] = 5;
  EXPECT_EQ((*box)["step"], 3);
  const JsonBox moved = std::move(box);
  EXPECT_EQ(moved->at("step"), 3);
  box = copy;  // what was moved from can be assigned to
  EXPECT_EQ(box->at("step"), 4);
}

}  // namespace
}  // namespace sanerf
