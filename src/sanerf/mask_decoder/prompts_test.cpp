#include "sanerf/mask_decoder/prompts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::mask_decoder {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class PromptsFileTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(testing::TempDir()) /
            (std::string("prompts_") + testing::UnitTest::GetInstance()->current_test_info()->name() + ".json");
  }
  void TearDown() override { std::filesystem::remove(path_); }
  Prompts Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadPrompts(path_);
  }
  std::string Failure(const std::string& text) {
    try {
      Read(text);
    } catch (const Error& error) {
      return std::string(error.what()) + " | " + error.hint();
    }
    return "no error";
  }
  // An object whose list `key` holds `entry`.
  std::string FailureOfEntry(const std::string& key, const std::string& entry) {
    return Failure(R"({"objects": [{"name": "mug", ")" + key + R"(": [)" + entry + "]}]}");
  }
  std::filesystem::path path_;
};

TEST_F(PromptsFileTest, ReadsEverything) {
  const Prompts prompts = Read(R"({"objects": [
    {"name": "mug", "instance": 3, "points": [{"p": [0.5, -1, 2e-3], "label": 0}, {"p": [1, 2, 3]}],
     "clicks": [{"view": "r_012", "xy": [10.5, 20], "label": 1}],
     "boxes": [{"view": "train/0.png", "xyxy": [1, 2, 30, 40]}], "min_visible": 2},
    {"name": "red box", "text": "a red box", "clicks": [{"view": "3", "xy": [0, 0]}]}]})");
  EXPECT_EQ(prompts.objects[1].text, "a red box");
  EXPECT_EQ(ToJson(prompts)["objects"][1]["text"], "a red box");
  EXPECT_FALSE(ToJson(prompts)["objects"][0].contains("text"));
  ASSERT_EQ(prompts.objects.size(), 2u);
  const ObjectPrompt& mug = prompts.objects[0];
  EXPECT_EQ(mug.name, "mug");
  EXPECT_EQ(mug.instance, 3);
  EXPECT_EQ(mug.min_visible, 2);
  ASSERT_EQ(mug.points.size(), 2u);
  EXPECT_EQ(mug.points[0].p, Vec3(0.5, -1, 2e-3));
  EXPECT_EQ(mug.points[0].label, 0);
  EXPECT_EQ(mug.points[1].label, 1);
  EXPECT_EQ(mug.clicks.at(0).xy, Vec2(10.5, 20));
  EXPECT_EQ(mug.boxes.at(0).view, "train/0.png");
  EXPECT_EQ(mug.boxes[0].y1, 40);
  EXPECT_EQ(prompts.objects[1].instance, -1);
  EXPECT_EQ(prompts.objects[1].min_visible, 0);
}

TEST_F(PromptsFileTest, JsonRoundTrip) {
  Prompts prompts;
  prompts.objects.push_back(
      {"mug", 4, {{Vec3(0.1, 1.0 / 3, -7), 0}}, {{"a.png", Vec2(1, 2.25), 1}}, {{"b", 1, 2, 3, 4}}, 2, ""});
  prompts.objects.push_back({"cup", -1, {{Vec3(1, 2, 3), 1}}, {}, {}, 0, ""});
  const Prompts back = Read(ToJson(prompts).dump());
  EXPECT_EQ(ToJson(back), ToJson(prompts));
  EXPECT_EQ(back.objects[0].points[0].p, prompts.objects[0].points[0].p);
  EXPECT_EQ(back.objects[0].boxes[0].x1, 3);
}

TEST_F(PromptsFileTest, AChosenCandidateIsThatOfTheLastClick) {
  const Prompts prompts = Read(
      R"({"objects": [{"name": "mug", "clicks": [{"view": "a", "xy": [1, 2], "candidate": 2}, {"view": "a", "xy": [3, 4]}]}]})");
  ObjectPrompt mug = prompts.objects[0];
  EXPECT_EQ(mug.clicks[0].candidate, 2);
  EXPECT_EQ(ChosenCandidate(mug), -1);
  mug.clicks.pop_back();
  EXPECT_EQ(ChosenCandidate(mug), 2);
  EXPECT_EQ(ToJson(mug)["clicks"][0]["candidate"], 2);
  EXPECT_EQ(ChosenCandidate(ObjectPrompt()), -1);
  EXPECT_THAT(FailureOfEntry("clicks", R"({"view": "a", "xy": [1, 2], "candidate": -1})"), HasSubstr("candidate"));
}

TEST_F(PromptsFileTest, ErrorsNameFileAndKey) {
  const auto says = [&](const std::string& where, const std::string& why) {
    return AllOf(HasSubstr(path_.string()), HasSubstr(where), HasSubstr(why));
  };
  EXPECT_THAT(FailureOfEntry("points", R"({"p": [1, 2]})"), says("objects[0].points[0].p", "3 numbers"));
  EXPECT_THAT(FailureOfEntry("points", R"({"p": [1, 2, "x"]})"), says("objects[0].points[0].p[2]", "number"));
  EXPECT_THAT(FailureOfEntry("points", R"({"p": [1, 2, 3], "label": 2})"),
              says("points[0].label", "1 (positive) or 0"));
  EXPECT_THAT(FailureOfEntry("points", R"({"p": [1, 2, 3], "label": "neg"})"), says("points[0].label", ""));
  EXPECT_THAT(FailureOfEntry("points", R"({"p": [1, 2, 3], "lable": 0})"), says("unknown key \"lable\"", "label"));
  EXPECT_THAT(FailureOfEntry("points", "[1, 2, 3]"), says("points[0]", "\"p\""));
  EXPECT_THAT(FailureOfEntry("clicks", R"({"xy": [1, 2]})"), says("clicks[0]", "view"));
  EXPECT_THAT(FailureOfEntry("clicks", R"({"view": "", "xy": [1, 2]})"), says("clicks[0].view", "empty"));
  EXPECT_THAT(FailureOfEntry("clicks", R"({"view": "a", "xy": 5})"), says("clicks[0].xy", ""));
  EXPECT_THAT(FailureOfEntry("boxes", R"({"view": "a", "xyxy": [5, 5, 5, 9]})"), says("boxes[0].xyxy", "x0 < x1"));
  EXPECT_THAT(FailureOfEntry("boxes", R"({"view": "a", "xyxy": [5, 5, 9]})"), says("boxes[0].xyxy", "4 numbers"));
  EXPECT_THAT(FailureOfEntry("dots", ""), says("objects[0]", "unknown key"));
  EXPECT_THAT(FailureOfEntry("points", R"({"p": [1, 2, 3], "label": 0})"), says("objects[0]", "no positive"));
  EXPECT_THAT(Failure(R"({"objects": [{"name": "mug"}]})"), says("objects[0]", "'mug' has no positive"));
  EXPECT_THAT(Failure(R"({"objects": [{"points": [{"p": [1, 2, 3]}]}]})"), says("objects[0]", "name"));
  EXPECT_THAT(Failure(R"({"objects": []})"), says("objects", "no objects"));
  EXPECT_THAT(Failure(R"({"object": []})"), says("unknown key \"object\"", "objects"));
  EXPECT_THAT(Failure(R"([])"), says("", "expected an object"));
  EXPECT_THAT(Failure("{\"objects\": [}"), says(":1:14: broken JSON", "fix the file at that position"));
  EXPECT_THAT(Failure(R"({"points": [[0, 0, 0]], "negative_labels": [], "valid_threshold": 3})"),
              says("release", "objects"));
}

TEST_F(PromptsFileTest, NamesAndCounts) {
  const auto object = [](const std::string& name, const std::string& more = "") {
    return R"({"name": ")" + name + R"(", "points": [{"p": [1, 2, 3]}])" + more + "}";
  };
  const auto file = [](const std::string& objects) { return R"({"objects": [)" + objects + "]}"; };
  EXPECT_THAT(Failure(file(object("mug") + "," + object("mug"))),
              AllOf(HasSubstr("objects[1].name"), HasSubstr("two objects")));
  for (const std::string bad : {"", "..", "a/b", "a\\\\b", ".hidden", "-x", "x ", "a\\u0001", "a\\u202e", "a\\u007f"}) {
    EXPECT_THAT(Failure(file(object(bad))), HasSubstr("name")) << bad;
  }
  EXPECT_EQ(Failure(file(object("gr\xc3\xbcne Tasse 2"))), "no error");
  EXPECT_THAT(Failure(file(object("mug", R"(, "min_visible": 4)"))), HasSubstr("wants 4 visible points"));
  EXPECT_THAT(Failure(file(object("mug", R"(, "min_visible": -1)"))), HasSubstr("min_visible"));
  EXPECT_THAT(Failure(file(object("mug", R"(, "instance": 1.5)"))), HasSubstr("instance"));
}

TEST_F(PromptsFileTest, MissingFile) {
  const std::string path = path_.string() + ".not_there";
  EXPECT_EQ(ErrorTextOf<Error>([&] { ReadPrompts(path); }),
            "cannot read " + path + ": No such file or directory\ncheck the path");
}

TEST(PromptsDataTest, EveryShippedFileIsRead) {
  const char* data = std::getenv("SANERF_DATA");
  if (!data) GTEST_SKIP() << "SANERF_DATA is not set";
  int num_files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("prompts") || entry.path().extension() != ".json") continue;
    EXPECT_NO_THROW(ReadPrompts(entry.path())) << entry.path();
    ++num_files;
  }
  EXPECT_GT(num_files, 0);
}

}  // namespace
}  // namespace sanerf::mask_decoder
