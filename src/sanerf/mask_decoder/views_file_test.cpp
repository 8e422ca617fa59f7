#include "sanerf/mask_decoder/views_file.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::mask_decoder {
namespace {

using testing::HasSubstr;

class ViewsFileTest : public testing::Test {
 protected:
  void SetUp() override {
    scene_.views.resize(1);
    scene_.views[0].name = "images/0.png";
    json_ = Json::parse(R"({"name": "mug", "points": [{"p": [1, 2, 3], "label": 1}],
      "views": [{"view": "images/0.png", "used": true, "kind": "used", "reason": "1 of 1 points visible",
                 "num_visible": 1, "candidate": 2, "predicted_iou": 0.5,
                 "points": [{"xy": [3, 4], "z": 1.5, "label": 1, "state": "visible"}]}]})");
  }
  DecodedObject Read() {
    WriteJsonFile(folder_ / "views.json", json_);
    return ReadDecoded(folder_ / "views.json", scene_);
  }
  std::string ErrorWith(const char* pointer, const Json& value) {
    const Json before = json_;
    json_[Json::json_pointer(pointer)] = value;
    const std::string text = ErrorTextOf<Error>([&] { Read(); });
    json_ = before;
    return text;
  }

  TestFolder folder_;
  scene::Scene scene_;
  Json json_;
};

TEST_F(ViewsFileTest, ReadsWhatWasDecided) {
  const DecodedObject decoded = Read();
  EXPECT_EQ(decoded.points[0].p_file, Vec3(1, 2, 3));
  EXPECT_EQ(decoded.views[0].candidate, 2);
  EXPECT_EQ(decoded.views[0].points[0].state, PointState::kVisible);
}

TEST_F(ViewsFileTest, EarlierNamesOfAnOutcomeAreStillRead) {
  json_["views"][0]["used"] = false;
  for (const char* name : {"not_selected", "not_asked", ""}) {
    json_["views"][0]["kind"] = name;
    EXPECT_EQ(Read().views[0].outcome, Outcome::kNotSelected) << '"' << name << '"';
  }
  EXPECT_STREQ(NameOf(Outcome::kNotSelected), "not_selected");
}

TEST_F(ViewsFileTest, WhatTheUserWantsOfAViewIsKept) {
  EXPECT_EQ(Read().views[0].use, ViewUse::kAuto);
  for (const ViewUse use : {ViewUse::kNever, ViewUse::kAlways}) {
    DecodedObject decoded = Read();
    decoded.views[0].mask = ImageU8(4, 4, 1, 255);
    ApplyUse(use, &decoded.views[0]);
    EXPECT_EQ(decoded.views[0].used, use == ViewUse::kAlways);
    json_ = ToJson(decoded);
    EXPECT_EQ(Read().views[0].use, use);
  }
  EXPECT_THAT(ErrorWith("/views/0/use", "sometimes"), HasSubstr("views[0].use: 'sometimes' is not known here"));
}

// A number that does not fit into its field must not become another one.
TEST_F(ViewsFileTest, NumbersOutOfRangeAreErrorsWithTheirPlace) {
  EXPECT_THAT(ErrorWith("/points/0/label", 2), HasSubstr("points[0].label: expected an integer from 0 to 1, found 2"));
  EXPECT_THAT(ErrorWith("/points/0/label", 4294967297), HasSubstr("points[0].label"));
  EXPECT_THAT(ErrorWith("/views/0/points/0/label", -1), HasSubstr("views[0].points[0].label"));
  EXPECT_THAT(ErrorWith("/views/0/num_visible", -3), HasSubstr("views[0].num_visible"));
  EXPECT_THAT(ErrorWith("/views/0/candidate", 4294967296), HasSubstr("views[0].candidate"));
  EXPECT_THAT(ErrorWith("/views/0/predicted_iou", 1e300), HasSubstr("views[0].predicted_iou: expected a number from"));
  EXPECT_THAT(ErrorWith("/views/0/view", "images/9.png"), HasSubstr("the scene has no view images/9.png"));
}

}  // namespace
}  // namespace sanerf::mask_decoder
