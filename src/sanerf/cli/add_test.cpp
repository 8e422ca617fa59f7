// Adding to objects that are there, through the whole program.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/run/run_lock.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Add : public TinyRun {
 protected:
  Json Object(const std::string& name) const {
    return Json::parse(ReadFile(folder_ / "run/objects" / name / "object.json"));
  }
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
  const ProgramResult more = Sanerf(Segment({"--click", "train/001:24,40", "--click", "train/002:3,3:neg"}) + add);
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
  const ProgramResult joined = Sanerf(Named("plate", {"--box", "train/003:10,20,40,48"}) + add);
  ASSERT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_THAT(joined.err, HasSubstr("next:  sanerf render run --object plate "));  // not the first of the field
  EXPECT_EQ(Json::parse(joined.out)["objects"].size(), 2u);
  EXPECT_THAT(Object("mug")["labels"].get<std::vector<std::string>>(), ElementsAre("mug", "plate"));
  EXPECT_EQ(Object("plate")["label"], 2);
  EXPECT_EQ(Object("plate")["field_id"], Object("mug")["field_id"]);
  EXPECT_EQ(Prompt("mug")["clicks"].size(), 3u);
  for (const char* name : {"mug", "plate"}) Succeeds({"render", "run", "--object", name, "--layers", "mask"});

  // One of the two is deleted: the field is dealt anew, with the one that is left.
  fs::remove_all(folder_ / "run/objects/mug");
  const ProgramResult alone = Sanerf(Named("plate", {"--click", "train/003:20,30"}) + add);
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("1 of 2 objects of the field is left"));
  EXPECT_EQ(Object("plate")["label"], 1);

  // The same masks, another field; no other object is named and nothing is decoded.
  const std::string masks = ReadFile(folder_ / "run/objects/plate/views.json"),
                    before_refit = Object("plate")["field_id"];
  for (const char* none : {"nope", "plate~"}) {
    EXPECT_THAT(Fails(2, {"segment", "run", "--refit", "--name", none}), HasSubstr(none));
    EXPECT_EQ(Object("plate")["field_id"], before_refit);
  }
  Succeeds({"segment", "run", "--refit", "--name", "plate", "--set", "object.seed=5"});
  EXPECT_EQ(ReadFile(folder_ / "run/objects/plate/views.json"), masks);
  EXPECT_NE(Object("plate")["field_id"], before_refit);
  EXPECT_THAT(Fails(2, {"segment", "run", "--refit", "--add"}), HasSubstr("--add and --refit exclude each other"));
  EXPECT_THAT(Fails(2, {"segment", "run", "--refit", "--click", "train/003:2,2"}),
              HasSubstr("--click and --refit exclude each other"));

  // Two fields: it must be clear which is meant.
  Succeeds(Segment({"--box", "train/001:0,0,48,48"}));
  const auto before = Snapshot(folder_ / "run/objects");
  EXPECT_THAT(Fails(2, Named("cup", {"--box", "train/001:0,0,48,48"}) + add),
              AllOf(HasSubstr("it is not clear which objects"), HasSubstr("[mug]"), HasSubstr("[plate]")));
  WriteFileAtomic(folder_ / "both.json", R"({"objects": [{"name": "mug", "points": [{"p": [0, 0, 0]}]},
                                                         {"name": "plate", "points": [{"p": [0, 0, 0]}]}]})");
  EXPECT_THAT(Fails(2, {"segment", "run", "--prompts", "both.json", "--add"}),
              HasSubstr("the prompts name objects of 2 fields"));
  WriteFileAtomic(folder_ / "run/objects/mug/views.json", "{\"name\": \"mug\", \"points\": []}");
  EXPECT_THAT(Fails(1, Segment({"--click", "train/001:24,40"}) + add), HasSubstr("views.json"));
  WriteFileAtomic(folder_ / "run/objects/mug/views.json", "");
  EXPECT_EQ(before.size(), Snapshot(folder_ / "run/objects").size());
}

// Fewer views for a new prompt are not fewer for the masks that are there.
TEST_F(Add, FewViewsForTheNewKeepTheMasksOfTheOld) {
  MakeRunWithMug();
  const auto masks = [&](const std::string& name) { return Snapshot(folder_ / "run/objects" / name / "masks"); };
  const auto before = masks("mug");
  ASSERT_GT(before.size(), 4u);
  Succeeds(Named("plate", {"--box", "train/003:10,20,40,48", "--add", "--max-views", "3"}));
  EXPECT_EQ(masks("mug"), before);
  EXPECT_LE(masks("plate").size(), 4u);
  EXPECT_GE(masks("plate").size(), 1u);

  // Extended, the mug keeps the views that do not see the new click; those that do are older than it and ignored.
  Succeeds(Segment({"--click", "train/001:24,40", "--add", "--max-views", "3"}));
  std::map<std::string, int> kinds;
  const Json views = Json::parse(ReadFile(folder_ / "run/objects/mug/views.json"))["views"];
  for (const Json& view : views) ++kinds[view["kind"].get<std::string>()];
  EXPECT_EQ(views.size(), 10u);
  EXPECT_EQ(kinds["not_selected"], 0);
  EXPECT_EQ(masks("mug").size(), size_t(kinds["used"]));
  EXPECT_EQ(size_t(kinds["used"] + kinds["outdated"]) >= 4u, true);
}

class Replace : public Add {};

TEST_F(Replace, AnObjectOfTheSameNameIsSetAside) {
  MakeRun();
  WriteFileAtomic(
      folder_ / "two.json",
      R"({"objects": [{"name": "mug", "instance": 2, "boxes": [{"view": "train/001", "xyxy": [0, 0, 48, 48]}]},
                                  {"name": "cup", "instance": 3, "boxes": [{"view": "train/003", "xyxy": [10, 20, 40, 48]}]}]})");
  Arguments both = Segment({"--prompts", "two.json"});
  both.erase(std::find(both.begin(), both.end(), "--name"), std::find(both.begin(), both.end(), "mug") + 1);
  Succeeds(both);
  const auto mug = Snapshot(folder_ / "run/objects/mug"), cup = Snapshot(folder_ / "run/objects/cup");

  const ProgramResult second = Succeeds(Segment({"--box", "train/002:5,5,40,40", "--instance", "2", "--json"}));
  EXPECT_THAT(Json::parse(second.out)["set_aside"].get<std::vector<std::string>>(), ElementsAre("mug"));
  EXPECT_THAT(second.err, HasSubstr("kept   mug: what was there before is set aside"));
  EXPECT_EQ(Snapshot(folder_ / "run/objects/mug~"), mug);
  EXPECT_EQ(Snapshot(folder_ / "run/objects/cup"), cup);

  // By its name it is an object like any other, as is the one it shares the field with; it counts in no list.
  for (const char* name : {"mug~", "cup"}) Succeeds({"render", "run", "--object", name, "--layers", "mask"});
  Succeeds({"eval", "run", "--object", "mug~"});
  const Json scores = Json::parse(Succeeds({"eval", "run", "--json"}).out);
  ASSERT_EQ(scores["objects"].size(), 2u);
  for (const Json& object : scores["objects"]) EXPECT_NE(object["name"], "mug~");
  const Json info = Json::parse(Succeeds({"info", "run", "--json"}).out);
  EXPECT_EQ(info["objects"].size(), 2u);
  ASSERT_EQ(info["set_aside"].size(), 1u);
  EXPECT_EQ(info["set_aside"][0]["name"], "mug~");
  EXPECT_THAT(Succeeds({"info", "run"}).out, HasSubstr("aside    mug~  "));
  EXPECT_THAT(Fails(2, Named("mug~", {"--box", "train/002:5,5,40,40"})), HasSubstr("'mug~' cannot be the name"));
}

// What only reads a run writes nothing into it, and what writes holds its lock.
TEST_F(Replace, ReadersLeaveTheRunAlone) {
  MakeRunWithMug(2);
  fs::rename(folder_ / "scene", folder_ / "moved");
  fs::remove(folder_ / "run/.lock");
  const auto before = Snapshot(folder_ / "run");
  const Arguments render = {"render", "run", "--scene", "moved", "--object", "mug", "--layers", "mask"};
  Succeeds(render + Arguments{"--out", "elsewhere"});
  Succeeds({"eval", "run", "--match", "--scene", "moved"});
  Succeeds({"info", "run"});
  EXPECT_EQ(Snapshot(folder_ / "run"), before);

  {
    const run::RunLock lock(folder_ / "run");
    EXPECT_THAT(Fails(1, render), HasSubstr("is in use"));
    EXPECT_THAT(Fails(1, render + Arguments{"--out", "run/mine"}), HasSubstr("is in use"));
    EXPECT_THAT(Fails(1, {"eval", "run", "--scene", "moved"}), HasSubstr("is in use"));
    Succeeds(render + Arguments{"--out", "elsewhere"});
  }
  EXPECT_THAT(Fails(2, render + Arguments{"--out", "moved/train"}), HasSubstr("the scene has photos or masks in"));
  EXPECT_THAT(Fails(2, render + Arguments{"--out", "run/objects"}), HasSubstr("what the run keeps in objects/"));
  Succeeds({"eval", "run", "--scene", "moved"});
  Succeeds({"render", "run", "--layers", "rgb"});  // eval has recorded the place

  // Nor is a run made among the photos.
  Arguments train = Train("./moved/../moved");
  train[1] = "moved";
  const auto photos = Snapshot(folder_ / "moved");
  EXPECT_THAT(Fails(2, train), HasSubstr("it is the scene's own folder"));
  EXPECT_EQ(Snapshot(folder_ / "moved"), photos);
}

// Views are dropped and kept for an object that is there, and for one that is made.
TEST_F(Add, ViewsAreDroppedAndKeptAlsoLater) {
  MakeRun();
  const auto use_of = [&](const std::string& view) {
    const Json views = Json::parse(ReadFile(folder_ / "run/objects/mug/views.json"))["views"];
    for (const Json& row : views)
      if (row["view"] == view) return row.value("use", "auto") + (row["used"].get<bool>() ? ", used" : ", not used");
    return std::string("not there");
  };
  const Arguments whole = {"--box", "train/001:0,0,48,48"}, drop = {"--drop", "train/001"};
  const Arguments alone = {"segment", "run", "--name", "mug"};
  EXPECT_THAT(Fails(2, alone + drop + Arguments{"--add"}), HasSubstr("there is no object yet"));
  Succeeds(Segment(whole));
  ASSERT_EQ(use_of("train/001.png"), "auto, used");
  EXPECT_THAT(Fails(2, alone + drop), HasSubstr("--drop and --keep then change an object that is there"));
  EXPECT_THAT(Fails(2, alone + Arguments{"--drop", "test/000", "--add"}), HasSubstr("is held out"));
  EXPECT_THAT(Fails(2, alone + drop + Arguments{"--keep", "train/001.png", "--add"}),
              HasSubstr("is dropped or kept twice"));
  EXPECT_THAT(Fails(2, {"segment", "run", "--refit", "--drop", "train/001"}), HasSubstr("--drop and --refit exclude"));
  EXPECT_THAT(Fails(2, {"segment", "run", "--auto", "--keep", "train/001"}), HasSubstr("--keep and --auto exclude"));

  // The other masks stay as they are.
  auto masks = Snapshot(folder_ / "run/objects/mug/masks");
  Succeeds(Segment(drop + Arguments{"--add"}));
  EXPECT_EQ(use_of("train/001.png"), "never, not used");
  EXPECT_EQ(masks.erase("train_001.png"), 1u);
  EXPECT_EQ(Snapshot(folder_ / "run/objects/mug/masks"), masks);

  Succeeds({"segment", "run", "--refit", "--name", "mug"});
  EXPECT_EQ(use_of("train/001.png"), "never, not used");
  Succeeds(Segment({"--box", "train/002:0,0,48,48", "--add"}));
  EXPECT_EQ(use_of("train/001.png"), "never, not used");
  Succeeds(Segment({"--keep", "train/001", "--add"}));
  EXPECT_EQ(use_of("train/001.png"), "always, used");

  Succeeds(Segment(whole));  // another object, which knows nothing of it
  EXPECT_EQ(use_of("train/001.png"), "auto, used");
  Succeeds(Segment(whole + drop));
  EXPECT_EQ(use_of("train/001.png"), "never, not used");
}

// Of 24 views, all of which see the place, through a model whose mask is the whole picture: all agree.
class FewViewsCommand : public TinyRun {
 protected:
  void SetUp() override {
    Succeeds({"synth", "scene", "--views", "24", "--size", "48", "--set", "synth.samples=1"});
    Arguments train = Train("run");
    *std::find(train.begin(), train.end(), "60") = "200";  // what the views say must be somewhere
    Succeeds(train);
    const std::vector<int64_t> pixels = {16, 16};
    WriteFileAtomic(folder_ / "encoder.onnx",
                    onnx_test::Graph()
                        .Input("image", {1, 3, 1024, 1024})
                        .Output("embedding", {1, 3, 64, 64})
                        .Node("AveragePool", {"image"}, "average",
                              {onnx_test::Attribute("kernel_shape", pixels), onnx_test::Attribute("strides", pixels)})
                        .Node("Abs", {"average"}, "embedding")
                        .Model());
    WriteFileAtomic(folder_ / "decoder.onnx", onnx_test::ChoosingDecoder().Model());
  }
  ProgramResult SegmentWith(const Arguments& arguments) const {
    return Succeeds(Segment({"--set", "masks.depth_tolerance=3"}) + arguments);
  }
  Json Encoded() const { return Json::parse(ReadFile(folder_ / "run/features/index.json"))["views"]; }
  Json Decided() const { return Json::parse(ReadFile(folder_ / "run/objects/mug/views.json"))["views"]; }
  static bool HasView(const Json& views, const std::string& name) {
    return std::any_of(views.begin(), views.end(), [&](const Json& view) { return view["view"] == name; });
  }
};

TEST_F(FewViewsCommand, AsManyViewsAsTheAnswerNeedsAreEncodedTheClickedOneFirst) {
  const Arguments prompts = {"--point", "0,0,0.1", "--click", "train/001:24,24"};
  const ProgramResult first = SegmentWith(prompts + Arguments{"--json"});
  EXPECT_THAT(first.err, HasSubstr("first  masks in 4 views after "));
  EXPECT_GE(Json::parse(first.out)["seconds"]["first_mask"].get<double>(), 0);
  EXPECT_EQ(Encoded().size(), 12u);
  EXPECT_EQ(Decided().size(), 12u);
  EXPECT_TRUE(HasView(Decided(), "train/001.png"));

  // Fitting again asks for no further view, and what is encoded is never left out.
  Succeeds({"segment", "run", "--refit"});
  EXPECT_EQ(Encoded().size(), 12u);
  SegmentWith(prompts + Arguments{"--set", "segment.until_stable=false"});
  EXPECT_EQ(Encoded().size(), 24u);
  const ProgramResult again = SegmentWith(prompts + Arguments{"--set", "segment.until_stable=true", "--json"});
  EXPECT_EQ(Decided().size(), 24u);
  EXPECT_FALSE(Json::parse(again.out)["seconds"].contains("first_mask"));
}

TEST_F(FewViewsCommand, WhatIsDroppedIsNotLookedAt) {
  SegmentWith({"--point", "0,0,0.1"});
  const Json before = Decided();
  ASSERT_EQ(before.size(), 12u);
  std::filesystem::remove_all(folder_ / "run/features");
  const std::string dropped = before[3]["view"];
  SegmentWith({"--point", "0,0,0.1", "--drop", dropped});
  int num_used = 0;
  for (const Json& view : Decided()) {
    num_used += view["used"].get<bool>();
    EXPECT_EQ(view["kind"] == "dropped", view["view"] == dropped);
  }
  EXPECT_EQ(num_used, 12);  // another one in its place
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
  const ProgramResult result = Sanerf(Segment({"--scribbles", "scribbles/tiny"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json clicks = Json::parse(ReadFile(folder_ / "run/objects/mug/prompts.json"))["objects"][0]["clicks"];
  ASSERT_GT(clicks.size(), 2u);
  for (const Json& click : clicks) EXPECT_THAT(click["view"].get<std::string>(), HasSubstr("005"));
}

}  // namespace
}  // namespace sanerf::cli
