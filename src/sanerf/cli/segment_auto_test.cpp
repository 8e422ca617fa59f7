// Segmentation without a prompt on a tiny run, with a model of 16 x 16 averages whose masks are what is bright.
#include <set>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::HasSubstr;

// Everything counts as an object that at least one view shows.
Arguments Auto() {
  Arguments arguments = {"segment", "run", "--auto", "--json", "--max-views", "4"};
  for (const char* option :
       {"encode.model=encoder.onnx,decoder.onnx", "encode.size=64", "object.iters=2", "object.log2_table=10",
        "object.pool_rays=4096", "auto.max_views=3", "auto.grid=2", "auto.predicted_iou=-1", "auto.stability=0",
        "auto.min_agreement=0", "auto.min_views=1", "auto.seen=0.3", "auto.background=1", "auto.step=1"})
    arguments = arguments + Arguments{"--set", option};
  return arguments;
}

class SegmentAuto : public TinyRun {};

TEST_F(SegmentAuto, ObjectsThatCanBeShownMatchedAndRefined) {
  MakeRun();
  const ProgramResult found = Sanerf(Auto());
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const Json json = Json::parse(found.out);
  ASSERT_GE(json["objects"].size(), 1u);
  EXPECT_EQ(json["searched_views"], 3);
  EXPECT_GT(json["masks"], 0);
  EXPECT_EQ(json["objects"][0]["name"], "object_01");
  EXPECT_EQ(json["objects"][0]["views_total"], 4);
  for (const char* stage : {"encode", "search", "associate", "masks", "field"})
    EXPECT_TRUE(json["seconds"].contains(stage)) << stage;
  const fs::path object = folder_ / "run" / "objects" / "object_01";
  for (const char* file : {"object.json", "object.ckpt", "prompts.json", "views.json"})
    EXPECT_TRUE(fs::exists(object / file)) << file;
  EXPECT_THAT(ReadFile(object / "views.json"), HasSubstr("found in this view without a prompt"));
  EXPECT_THAT(found.err, HasSubstr("next:  sanerf render run --object object_01 --layers labels"));
  EXPECT_THAT(found.err, HasSubstr("time   about "));  // of all of it, before the search
  EXPECT_LT(found.err.find("in all (an estimate"), found.err.find("found  "));

  const ProgramResult shown = Sanerf({"render", "run", "--object", "object_01", "--layers", "labels", "--json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_TRUE(fs::exists(folder_ / Json::parse(shown.out)["files"][0].get<std::string>()));

  const ProgramResult matched = Sanerf({"eval", "run", "--match", "--json"});
  ASSERT_EQ(matched.exit_code, 0) << matched.err;
  const Json match = Json::parse(matched.out);
  EXPECT_EQ(match["num_objects"], json["objects"].size());
  std::set<int> instances;
  const scene::Scene truth = scene::LoadScene(folder_ / "scene", {}, Job());
  for (const int view_idx : truth.TestViews())
    for (const uint16_t id : scene::LoadViewInstances(truth.views[size_t(view_idx)]).data)
      if (id != 0) instances.insert(id);
  EXPECT_EQ(match["num_instances"].get<int>() + match["num_ignored"].get<int>(), int(instances.size()));
  EXPECT_THAT(Sanerf({"eval", "run", "--match"}).out, HasSubstr("instances found at IoU 80%"));

  // Its points are a prompt like any other.
  const ProgramResult refined = Sanerf({"segment", "run", "--prompts", "run/objects/object_01/prompts.json", "--set",
                                        "object.iters=2", "--max-views", "4"});
  EXPECT_EQ(refined.exit_code, 0) << refined.err;

  // Nothing to be found leaves what is there.
  const std::string before = ReadFile(object / "object.json");
  const ProgramResult too_few = Sanerf(Auto() + Arguments{"--set", "auto.min_views=5"});
  EXPECT_EQ(too_few.exit_code, 2);
  EXPECT_THAT(too_few.err, HasSubstr("error: a search in 3 views finds nothing"));
  EXPECT_THAT(too_few.err, HasSubstr("--set auto.min_views=3"));
  const ProgramResult none = Sanerf(Auto() + Arguments{"--set", "auto.predicted_iou=1"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_TRUE(EndsInOneError(none));
  EXPECT_THAT(none.err, HasSubstr("no object was found: of "));
  EXPECT_THAT(none.err, HasSubstr("--max-views 0 --set auto.max_views=0 --set auto.grid=24"));
  EXPECT_EQ(ReadFile(object / "object.json"), before);
}

TEST_F(SegmentAuto, MistakesAreReportedBeforeAnythingIsDone) {
  MakeRun();
  const auto usage = [&](const Arguments& arguments, const std::string& text) {
    const ProgramResult result = Sanerf(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  const Arguments automatic = {"segment", "run", "--auto"};
  usage(automatic + Arguments{"--click", "0:1,2"}, "--click and --auto exclude each other");
  usage(automatic + Arguments{"--name", "mug"}, "--name and --auto exclude each other");
  usage(automatic + Arguments{"--set", "auto.max_objects=255"},
        "auto.max_objects=255: expected an integer from 1 to 254");
  usage(automatic + Arguments{"--set", "auto.max_views=1"},
        "auto.max_views=1: expected an integer from 2 to 100000, or 0");
  usage(automatic + Arguments{"--set", "auto.points=0"}, "auto.points=0: expected an integer from 1 to 100");
  usage(automatic + Arguments{"--set", "auto.grid=0"}, "auto.grid=0: expected an integer from 1 to 128");
  usage(automatic + Arguments{"--set", "auto.match=2"}, "auto.match=2: expected a number from 0.05 to 1");
  usage({"segment", "run", "--name", "mug", "--click", "0:1,2", "--set", "auto.grid=8"}, "sanerf segment --auto");
  usage({"eval", "run", "--match", "--report"}, "--match and --report exclude each other");
}

}  // namespace
}  // namespace sanerf::cli
