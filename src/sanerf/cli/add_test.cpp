// Adding to objects that are there, through the whole program.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/image_io.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Add : public TinyRun {
 protected:
  Json Object(const std::string& name) const { return Json::parse(ReadFile(folder_ / "run/objects" / name / "object.json")); }
  Json Prompt(const std::string& name) const {
    return Json::parse(ReadFile(folder_ / "run/objects" / name / "prompts.json"))["objects"][0];
  }
  static Arguments Named(const std::string& name, const Arguments& prompt) {
    Arguments arguments = Segment(prompt);
    *std::find(arguments.begin(), arguments.end(), "mug") = name;
    return arguments;
  }
};

TEST_F(Add, FurtherPromptsAndFurtherObjects) {
  MakeRun();
  const Arguments add = {"--add", "--json"};
  EXPECT_THAT(Fails(2, Segment({"--box", "train/001:0,0,48,48"}) + add), StartsWith("error: there is no object yet\n"));
  Succeeds(Segment({"--box", "train/001:0,0,48,48", "--instance", "2"}));
  const std::string field = Object("mug")["field_id"];

  // A further click: the box and the instance stay.
  const CommandResult more = Sanerf(Segment({"--click", "train/001:24,40", "--click", "train/002:3,3:neg"}) + add);
  ASSERT_EQ(more.exit_code, 0) << more.err;
  EXPECT_EQ(Json::parse(more.out)["objects"].size(), 1u);
  EXPECT_EQ(Prompt("mug")["boxes"].size(), 1u);
  EXPECT_EQ(Prompt("mug")["clicks"].size(), 2u);
  EXPECT_EQ(Prompt("mug")["instance"], 2);
  EXPECT_NE(Object("mug")["field_id"], field);

  // A negative click alone is enough for an object that is there, and for no other.
  Succeeds(Segment({"--click", "train/003:2,2:neg"}) + add);
  EXPECT_EQ(Prompt("mug")["clicks"].size(), 3u);
  EXPECT_THAT(Fails(2, Named("plate", {"--click", "train/003:2,2:neg"}) + add), HasSubstr("plate"));

  // Another object joins the field.
  const CommandResult joined = Sanerf(Named("plate", {"--box", "train/003:10,20,40,48"}) + add);
  ASSERT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_EQ(Json::parse(joined.out)["objects"].size(), 2u);
  EXPECT_THAT(Object("mug")["labels"].get<std::vector<std::string>>(), ElementsAre("mug", "plate"));
  EXPECT_EQ(Object("plate")["label"], 2);
  EXPECT_EQ(Object("plate")["field_id"], Object("mug")["field_id"]);
  EXPECT_EQ(Prompt("mug")["clicks"].size(), 3u);
  for (const char* name : {"mug", "plate"}) Succeeds({"render", "run", "--object", name, "--layers", "mask"});

  // One of the two is deleted: the field is dealt anew, with the one that is left.
  fs::remove_all(folder_ / "run/objects/mug");
  const CommandResult alone = Sanerf(Named("plate", {"--click", "train/003:20,30"}) + add);
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("1 of 2 objects of the field are left"));
  EXPECT_EQ(Object("plate")["label"], 1);

  // The same masks, another field; no other object is named and nothing is decoded.
  const std::string masks = ReadFile(folder_ / "run/objects/plate/views.json"), before_refit = Object("plate")["field_id"];
  Succeeds({"segment", "run", "--refit", "--set", "object.seed=5"});
  EXPECT_EQ(ReadFile(folder_ / "run/objects/plate/views.json"), masks);
  EXPECT_NE(Object("plate")["field_id"], before_refit);
  EXPECT_THAT(Fails(2, {"segment", "run", "--refit", "--add"}), HasSubstr("--refit stands alone"));
  EXPECT_THAT(Fails(2, {"segment", "run", "--refit", "--click", "train/003:2,2"}), HasSubstr("--refit stands alone"));

  // Two fields: it must be clear which is meant.
  Succeeds(Segment({"--box", "train/001:0,0,48,48"}));
  const auto before = Snapshot(folder_ / "run/objects");
  EXPECT_THAT(Fails(2, Named("cup", {"--box", "train/001:0,0,48,48"}) + add),
              AllOf(HasSubstr("it is not clear which objects"), HasSubstr("[mug]"), HasSubstr("[plate]")));
  WriteFileAtomic(folder_ / "both.json", R"({"objects": [{"name": "mug", "points": [{"p": [0, 0, 0]}]},
                                                         {"name": "plate", "points": [{"p": [0, 0, 0]}]}]})");
  EXPECT_THAT(Fails(2, {"segment", "run", "--prompts", "both.json", "--add"}), HasSubstr("the prompts name objects of 2 fields"));
  WriteFileAtomic(folder_ / "run/objects/mug/views.json", "{\"name\": \"mug\", \"points\": []}");
  EXPECT_THAT(Fails(1, Segment({"--click", "train/001:24,40"}) + add), HasSubstr("views.json"));
  WriteFileAtomic(folder_ / "run/objects/mug/views.json", "");
  EXPECT_EQ(before.size(), Snapshot(folder_ / "run/objects").size());
}

class ScribblesCommand : public TinyRun {};

TEST_F(ScribblesCommand, StrokesOverAPhotoAreClicks) {
  MakeRun();
  fs::create_directories(folder_ / "scribbles/tiny");
  fs::create_directories(folder_ / "reference_image/tiny");
  ImageU8 strokes(48, 48, 1);
  for (int y = 16; y < 44; ++y)
    for (int x = 22; x < 27; ++x) strokes.At(x, y) = 255;
  WritePng(folder_ / "scribbles/tiny/pos_0.png", strokes);
  const Arguments segment = {"segment", "run", "--name", "mug", "--scribbles", "scribbles/tiny"};
  EXPECT_THAT(Fails(2, segment), HasSubstr("it is not known which photo"));
  WritePng(folder_ / "reference_image/tiny/005.png", strokes);
  const CommandResult result = Sanerf(Segment({"--scribbles", "scribbles/tiny"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json clicks = Json::parse(ReadFile(folder_ / "run/objects/mug/prompts.json"))["objects"][0]["clicks"];
  ASSERT_GT(clicks.size(), 2u);
  for (const Json& click : clicks) EXPECT_THAT(click["view"].get<std::string>(), HasSubstr("005"));
}

}  // namespace
}  // namespace sanerf
