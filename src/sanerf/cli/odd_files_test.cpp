// Pipes, devices and the like in place of files, and machines with little memory: a sentence, and soon.
#include <sys/resource.h>

#include <set>

#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/odd_files_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class OddFiles : public TinyRun {
 protected:
  // A command that waits is ended by SIGALRM after a long time.
  ProgramResult Soon(const Arguments& arguments) const {
    return CommandProcess(arguments, folder_.path(), "", [] { alarm(120); }).Wait();
  }
  void ExpectEnds(const Arguments& arguments, const std::string& what) const {
    const ProgramResult result = Soon(arguments);
    EXPECT_THAT(result.exit_code, AnyOf(0, 1, 2)) << what << ": " << arguments[0] << "\n" << result.err;
    if (result.exit_code != 0) {
      EXPECT_TRUE(EndsInOneError(result)) << what << ": " << arguments[0];
    }
  }
  void ExpectRefused(const Arguments& arguments, const std::string& file, const std::string& why) const {
    const ProgramResult result = Soon(arguments);
    EXPECT_THAT(result.exit_code, AnyOf(1, 2)) << result.err;
    EXPECT_TRUE(EndsInOneError(result)) << file;
    EXPECT_THAT(result.err, AllOf(HasSubstr(file), HasSubstr(why)));
  }
};

// One file of every kind in every folder.
std::vector<fs::path> OneOfEachKind(const fs::path& folder) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  std::set<std::string> seen;
  std::erase_if(all, [&](const fs::path& path) {
    const bool is_json = path.extension() == ".json";
    return !seen.insert((is_json ? path : path.parent_path() / ("*" + path.extension().string())).string()).second;
  });
  return all;
}

// Each file in turn, of a copy of the run: some commands write to it.
TEST_F(OddFiles, NoFileOfARunOrSceneMakesACommandWaitWhenItIsAPipe) {
  MakeRunWithMug(2, Rough());
  Succeeds({"eval", "run"});
  Succeeds({"compare", "run", "--methods", "vote"});
  std::vector<fs::path> files = OneOfEachKind(folder_ / "run");
  for (const fs::path& path : OneOfEachKind(folder_ / "scene")) files.push_back(path);
  ASSERT_GT(files.size(), 20u);
  const fs::path aside = folder_ / "aside", work = folder_ / "work";
  for (const fs::path& path : files) {
    const fs::path in_run = path.lexically_relative(folder_ / "run");
    const bool is_of_scene = *in_run.begin() == "..";
    fs::remove_all(work);
    fs::copy(folder_ / "run", work, fs::copy_options::recursive);
    const fs::path place = is_of_scene ? path : work / in_run;
    fs::rename(place, aside);
    MakeOddFile(OddFile::kPipe, place);
    std::vector<Arguments> commands = {{"info", is_of_scene ? "scene" : "work"},
                                       {"render", "work", "--object", "mug", "--views", "test/000", "--downscale", "4"},
                                       {"eval", "work", "--object", "mug"},
                                       {"encode", "work"},
                                       {"segment", "work", "--refit"},
                                       {"compare", "work", "--methods", "vote"},
                                       {"train", "work", "--resume"}};
    if (is_of_scene) commands.push_back(Train("new") + Rough());
    for (const Arguments& command : commands) ExpectEnds(command, path.string());
    fs::remove_all(folder_ / "new");
    if (is_of_scene) fs::rename(aside, place);
  }
}

TEST_F(OddFiles, WhatIsNamedOnTheCommandLineIsCalledWhatItIs) {
  MakeScene();
  fs::create_directories(folder_ / "run");
  WriteFileAtomic(folder_ / "run" / "run.json", "{}");
  for (const OddFile kind : kOddFiles) {
    const std::string why = MakeOddFile(kind, folder_ / "odd.json");
    ExpectRefused(Train("new") + Arguments{"--config", "odd.json"}, "odd.json", why);
    ExpectRefused({"segment", "run", "--prompts", "odd.json"}, "odd.json", why);
  }
  for (const OddFile kind : {OddFile::kPipe, OddFile::kSocket, OddFile::kDevice, OddFile::kHuge}) {
    const std::string why = MakeOddFile(kind, folder_ / "run" / "run.json");
    ExpectRefused({"info", "run"}, "run/run.json", why);
    ExpectRefused({"render", "run"}, "run/run.json", why);
    const std::string photo_why = MakeOddFile(kind, folder_ / "scene" / "train" / "003.png");
    ExpectRefused(Train("new"), "scene/train/003.png", photo_why);
  }
  ExpectRefused({"segment", "run", "--prompts", "/dev/zero"}, "/dev/zero", "it is a device, not a file");
  EXPECT_FALSE(fs::exists(folder_ / "new"));
}

TEST_F(OddFiles, ModelsAreAskedWhatTheyAreBeforeTheyAreOpened) {
  MakeRun();
  for (const OddFile kind : {OddFile::kPipe, OddFile::kSocket, OddFile::kDevice, OddFile::kHuge}) {
    const std::string why = MakeOddFile(kind, folder_ / "odd.onnx");
    ExpectRefused({"encode", "run", "--model", "odd.onnx,decoder.onnx"}, "odd.onnx", why);
    ExpectRefused({"encode", "run", "--model", "encoder.onnx,odd.onnx"}, "odd.onnx", why);
    ExpectRefused({"segment", "run", "--text", "mug", "--detector", "odd.onnx"}, "odd.onnx", why);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which take terabytes of addresses

class LittleMemory : public OddFiles {
 protected:
  // With so many bytes more than the process has now.
  ProgramResult With(int64_t bytes, const Arguments& arguments) const {
    return CommandProcess(arguments, folder_.path(), "",
                          [&] {
                            alarm(120);
                            rlimit limit{};
                            getrlimit(RLIMIT_DATA, &limit);
                            limit.rlim_cur = rlim_t(bytes);
                            setrlimit(RLIMIT_DATA, &limit);
                          })
        .Wait();
  }
};

TEST_F(LittleMemory, ATrainingThatDoesNotFitSaysWhatToLowerAndLeavesNothing) {
  MakeScene();
  const ProgramResult result = With(int64_t{1} << 30, Train("run") + Arguments{"--set", "nerf.log2_table=22"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(EndsInOneError(result));
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("error: the photos and the radiance field need "),
                    HasSubstr(" are left of the shell's limit (ulimit -v)"), HasSubstr("--set nerf.log2_table=17")));
  EXPECT_FALSE(fs::exists(folder_ / "run"));
  EXPECT_EQ(With(int64_t{1} << 30, Train("run")).exit_code, 0);  // its own small one fits
}

TEST_F(LittleMemory, RendersThatDoNotFitSaySo) {
  MakeRun();
  WriteFileAtomic(folder_ / "path.json", R"({"w": 12000, "h": 12000, "frames": [{"transform_matrix":
      [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 4], [0, 0, 0, 1]]}]})");
  const ProgramResult result = With(int64_t{1} << 30, {"render", "run", "--views", "path.json"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("error: the layers of a frame of 12000x12000 pixels need 6.3 GB of memory"),
                                HasSubstr("--downscale 2")));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "renders"));
}

TEST_F(LittleMemory, AFeatureFieldThatDoesNotFitIsRefusedBeforeEncoding) {
  MakeRun();
  const ProgramResult result = With(int64_t{1} << 30, {"encode", "run", "--model", "encoder.onnx,decoder.onnx",
                                                       "--container", "field", "--set", "field.log2_table=22"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(EndsInOneError(result));
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("error: the tables of the feature field need "), HasSubstr("--set field.log2_table=15")));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "features" / "index.json"));
}

TEST_F(LittleMemory, ManyMasksThatDoNotFitAreRefusedBeforeEncoding) {
  MakeRun();
  Json objects = Json::array();
  for (int i = 0; i < 254; ++i)
    objects.push_back({{"name", "o" + std::to_string(i)},
                       {"boxes", Json::array({{{"view", "train/001"}, {"xyxy", {0, 0, 48, 48}}}})}});
  WriteJsonFile(folder_ / "prompts.json", {{"objects", objects}});
  const Arguments segment = {"segment",      "run",   "--prompts",
                             "prompts.json", "--set", "encode.model=encoder.onnx,decoder.onnx"};
  const ProgramResult result = With(int64_t{1} << 30, segment);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("error: the masks of 254 objects in 10 views and their field need "),
                                HasSubstr("segment fewer objects at a time")));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "features"));

  objects.push_back(objects[0]);
  objects.back()["name"] = "one_more";
  WriteJsonFile(folder_ / "prompts.json", {{"objects", objects}});
  EXPECT_THAT(Fails(2, segment),
              AllOf(HasSubstr("error: 255 objects are too many for one field"), HasSubstr("254 at the most")));
  EXPECT_FALSE(fs::exists(folder_ / "run" / "features"));
}

#endif

}  // namespace
}  // namespace sanerf::cli
