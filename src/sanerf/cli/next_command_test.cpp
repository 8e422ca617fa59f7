// The command that each command ends with: a shell takes it as it is, and it does something.
#include "sanerf/cli/next_command.h"

#include <sstream>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/run_command.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

scene::View PhotoOf(const std::string& name, bool is_test, const std::string& mask) {
  scene::View view;
  view.name = name;
  view.is_test = is_test;
  view.mask_path = mask;
  view.camera.width = 640;
  view.camera.height = 426;
  return view;
}

TEST(NextCommand, GoesBesideTheSceneHoweverItIsSpelled) {
  EXPECT_EQ(NextAfterScene("t7"), "sanerf train t7 --out t7_run");
  EXPECT_EQ(NextAfterScene("t7/"), "sanerf train t7/ --out t7_run");
  EXPECT_EQ(NextAfterScene("a b/c/"), "sanerf train 'a b/c/' --out 'a b/c_run'");
  EXPECT_EQ(NextAfterScene("a/t7/transforms.json"), "sanerf train a/t7/transforms.json --out a/t7_run");
  EXPECT_EQ(NextAfterScene("transforms.json"), "sanerf train transforms.json --out " + Quoted(RunBeside(".")));
}

TEST(NextCommand, ClicksInTheMiddleOfATrainingPhoto) {
  scene::Scene scene;
  scene.views = {PhotoOf("a 1.png", true, ""), PhotoOf("b 2.png", false, "")};
  EXPECT_EQ(NextAfterTraining("my run", scene), "sanerf segment 'my run' --name object --click 'b 2.png:320,213'");
}

TEST(NextCommand, OfAnObjectIsWhatTheSceneAllows) {
  scene::Scene scene;
  scene.views = {PhotoOf("a.png", true, "a_mask.png"), PhotoOf("b.png", false, "b_mask.png")};
  EXPECT_EQ(NextAfterObject("run", scene, "mug"), "sanerf eval run");
  scene.views[0].mask_path.clear();  // those of training photos score nothing
  EXPECT_EQ(NextAfterObject("run", scene, "mug"), "sanerf eval run --report");
  scene.views[0].is_test = false;
  EXPECT_EQ(NextAfterObject("run", scene, "red mug"),
            "sanerf render run --object 'red mug' --views orbit --layers overlay,cutout");
}

TEST(NextCommand, OfAnExportIsWhatItIsGoodFor) {
  EXPECT_EQ(NextAfterExport("run", {"nerfstudio", "my set", {"mug"}}), "sanerf train 'my set' --out 'my set_run'");
  EXPECT_EQ(NextAfterExport("run", {"prompts", "mug.json", {"mug"}}), "sanerf segment run --prompts mug.json");
  EXPECT_EQ(NextAfterExport("my run", {"masks", "out", {"mug", "red ball"}}),
            "sanerf export 'my run' --object mug --object 'red ball' --format video");
  EXPECT_EQ(NextAfterExport("run", {"video", "out", {"mug"}}), "sanerf export run --object mug --format masks");
  EXPECT_EQ(NextAfterExport("run", {"video", "out", {}}), "sanerf view run");
}

class NextLines : public TinyRun {
 protected:
  // The commands of "next:" lines, and of hints that end in one.
  static Arguments CommandsIn(const std::string& err) {
    Arguments commands;
    std::istringstream stream(err);
    for (std::string line; std::getline(stream, line);) {
      const size_t colon = line.rfind(": sanerf ");
      if (line.rfind("next:  ", 0) == 0) commands.push_back(line.substr(7));
      if (line.rfind("hint: ", 0) == 0 && colon != std::string::npos) commands.push_back(line.substr(colon + 2));
    }
    return commands;
  }
  CommandResult Bash(const Arguments& arguments) const {
    return RunCommand(Arguments{"bash"} + arguments, folder_.path(), Job());
  }
  // With this build as `sanerf`.
  void ExpectRuns(const std::string& command) const {
    const CommandResult result = Bash({"-c", "sanerf() { \"" SANERF_PROGRAM "\" \"$@\"; }\n" + command});
    EXPECT_EQ(result.exit_code, 0) << command << "\n" << result.output;
  }
  void ExpectParses(const std::string& command) const {
    EXPECT_THAT(command, StartsWith("sanerf "));
    const CommandResult result = Bash({"-n", "-c", command});
    EXPECT_EQ(result.exit_code, 0) << command << "\n" << result.output;
    for (const char* placeholder : {"VIEW", "OBJECT", "NAME", "RUN", "SCENE", "..."})
      EXPECT_THAT(command, Not(HasSubstr(placeholder)));
  }
  // What `arguments` print as the next commands.
  Arguments NextOf(const Arguments& arguments) const {
    const Arguments commands = CommandsIn(Succeeds(arguments).err);
    EXPECT_THAT(commands, Not(IsEmpty())) << arguments[0];
    for (const std::string& command : commands) ExpectParses(command);
    return commands;
  }
  // A scene without held-out photos.
  void MakeSceneOfTrainingPhotos() const {
    MakeScene();
    fs::rename(folder_ / "scene/transforms_train.json", folder_ / "scene/transforms.json");
    for (const char* of_test : {"transforms_test.json", "test", "test_mask", "test_depth"})
      fs::remove_all(folder_ / "scene" / of_test);
  }
};

TEST_F(NextLines, CanBePastedAndRun) {
  MakeScene();
  EXPECT_THAT(NextOf({"info", "scene/"}), ElementsAre("sanerf train scene/ --out scene_run"));
  const Arguments trained = NextOf(Train("my run") + Rough());
  ASSERT_EQ(trained.size(), 2u);
  ExpectRuns(trained[0]);  // the pictures; a click may miss
  onnx_test::WriteSmallSam(folder_.path());
  EXPECT_EQ(NextOf({"info", "my run"}).at(0), trained[1]);
  EXPECT_EQ(NextOf({"render", "my run"}).at(0), trained[1]);
  ExpectRuns(NextOf(Segment({"--box", "train/001:0,0,48,48", "--instance", "2"}, "my run")).at(0));
  EXPECT_EQ(NextOf({"encode", "my run"}).at(0), trained[1]);
  EXPECT_EQ(NextOf({"info", "my run"}).at(0), "sanerf eval 'my run'");
  EXPECT_EQ(NextOf({"render", "my run", "--object", "mug", "--layers", "mask"}).at(0), "sanerf eval 'my run'");
  ExpectRuns(NextOf({"eval", "my run"}).at(0));
  EXPECT_EQ(NextOf({"compare", "my run", "--methods", "sam"}).at(0), "sanerf eval 'my run' --report");
  // Commands in hints have words to replace; a shell takes them all the same.
  for (const Arguments& arguments : {Arguments{"train", "scene"},
                                     {"train", "my run", "--out", "other"},
                                     {"segment", "my run"},
                                     {"eval", "no run"}}) {
    const Arguments hints = CommandsIn(Sanerf(arguments).err);
    ASSERT_EQ(hints.size(), 1u) << arguments[0];
    EXPECT_EQ(Bash({"-n", "-c", hints[0]}).exit_code, 0) << hints[0];
  }
}

TEST_F(NextLines, OfCommandsThatNeedNoRun) {
  for (const Arguments& arguments : {Arguments{"options"}, {"options", "auto"}, {"options", "sa3d"}})
    ExpectRuns(NextOf(arguments).at(0));
  NextOf({"models", "list"});
  NextOf({"doctor"});
}

TEST_F(NextLines, WhereNothingIsHeldOut) {
  MakeSceneOfTrainingPhotos();
  const Arguments none_held_out = {"--test-every", "0"};
  ExpectRuns(NextOf(Train("run") + Rough() + none_held_out).at(0));
  EXPECT_TRUE(fs::exists(folder_ / "run/renders/scene/rgb/orbit_059.png"));
  onnx_test::WriteSmallSam(folder_.path());
  NextOf(Segment({"--box", "train/001:0,0,48,48"}));
  EXPECT_EQ(NextOf({"info", "run"}).at(0), "sanerf render run --object mug --views orbit --layers overlay,cutout");
  EXPECT_THAT(Fails(1, {"eval", "run"}), HasSubstr("the scene has no test views"));
  // Masks of training photos are scored all the same.
  const Json scores =
      Json::parse(Succeeds({"eval", "run", "--object", "mug", "--masks", "scene/train_mask", "--json"}).out);
  EXPECT_TRUE(scores["psnr"].is_null());
  EXPECT_EQ(scores["objects"].size(), 1u);
  Succeeds({"eval", "run", "--object", "mug", "--masks", "scene/train_mask", "--report"});
  EXPECT_THAT(ReadFile(folder_ / "run/report.html"),
              AllOf(HasSubstr(" % on 10 training views; "), HasSubstr("summed over the scored training views"),
                    Not(HasSubstr(" dB<")), Not(HasSubstr("SSIM<")), Not(HasSubstr("held-out"))));
}

}  // namespace
}  // namespace sanerf::cli
