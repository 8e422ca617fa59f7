// `sanerf completion`: scripts that the shells themselves take, and manual pages that say what --help says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/run_command.h"

namespace sanerf::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Completion : public ::testing::Test {
 protected:
  std::string ScriptOf(const std::string& shell) const {
    const ProgramResult result = RunSanerf({"completion", shell}, folder_.path());
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
  std::string SavedScriptOf(const std::string& shell) const {
    const std::string file = (folder_ / ("script." + shell)).string();
    EXPECT_EQ(RunSanerf({"completion", shell, "--out", file, "-q"}, folder_.path()).exit_code, 0);
    return file;
  }
  // What bash offers for the last of these words.
  std::string Offered(const std::string& script, const std::vector<std::string>& words) const {
    std::string bash = "source '" + script + "'; COMP_WORDS=(";
    for (const std::string& word : words) bash += "'" + word + "' ";
    bash += "); COMP_CWORD=" + std::to_string(words.size() - 1) + "; _sanerf; echo \"${COMPREPLY[*]}\"";
    const CommandResult result = RunCommand({"bash", "-c", bash}, folder_.path(), Job());
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return result.output;
  }
  const TestFolder folder_;
};

TEST_F(Completion, BashOffersCommandsFlagsAndNestedCommands) {
  const std::string script = SavedScriptOf("bash");
  EXPECT_EQ(Offered(script, {"sanerf", "tra"}), "train\n");
  EXPECT_EQ(Offered(script, {"sanerf", "train", "--resu"}), "--resume\n");
  EXPECT_THAT(Offered(script, {"sanerf", "poses", "--"}), AllOf(HasSubstr("--frames"), HasSubstr("--out")));
  EXPECT_EQ(Offered(script, {"sanerf", "models", "ver"}), "verify\n");
  EXPECT_EQ(Offered(script, {"sanerf", "train", "some"}), "\n") << "then bash completes files";
  for (const std::string& command : CommandNames())
    EXPECT_THAT(Offered(script, {"sanerf", command}), HasSubstr(command));
}

TEST_F(Completion, OtherShellsTakeTheirScripts) {
  for (const std::string shell : {"zsh", "fish"}) {
    const std::string script = SavedScriptOf(shell);
    if (FindProgram(shell)) {
      EXPECT_EQ(RunCommand({shell, "-n", script}, folder_.path(), Job()).exit_code, 0) << shell;
    }
    EXPECT_EQ(ReadFile(script), ScriptOf(shell));
    for (const std::string& command : CommandsThatWork()) EXPECT_THAT(ReadFile(script), HasSubstr(command));
  }
  EXPECT_THAT(ScriptOf("fish"), HasSubstr("-n '__fish_seen_subcommand_from train' -s o -l out -r -d 'run folder to"));
  EXPECT_THAT(ScriptOf("zsh"), HasSubstr("'*--out[run folder to make or continue]:DIR:_files'"));
}

TEST_F(Completion, ManualPagesSayWhatHelpSays) {
  const fs::path pages = folder_ / "man1";
  ASSERT_EQ(RunSanerf({"completion", "man", "--out", pages.string()}, folder_.path()).exit_code, 0);
  for (const std::string& command : CommandsThatWork()) {
    const std::string page = ReadFile(pages / ("sanerf-" + command + ".1"));
    EXPECT_THAT(page, AllOf(HasSubstr(".SH NAME\n"), HasSubstr(".SH OPTIONS\n"), HasSubstr("\\fB\\-\\-json\\fR")));
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);)
      if (!line.empty() && (line[0] == '.' || line[0] == '\'')) {
        EXPECT_TRUE(line == ".TP" || line == ".nf" || line == ".fi" || line.starts_with(".SH ") ||
                    line.starts_with(".TH "))
            << command << ": " << line;
      }
  }
  const std::string train = ReadFile(pages / "sanerf-train.1");
  EXPECT_THAT(train, AllOf(HasSubstr(".TH SANERF\\-TRAIN 1"),
                           HasSubstr("sanerf\\-train \\- fit a radiance field to the posed photos of a scene\n"),
                           HasSubstr("\\fB\\-o\\fR, \\fB\\-\\-out\\fR \\fIDIR\\fR\nrun folder to make or continue\n"),
                           HasSubstr(".SH EXAMPLES\n.nf\n  sanerf train photos/ \\-\\-out run\n")));
  EXPECT_THAT(ReadFile(pages / "sanerf.1"), AllOf(HasSubstr("\\fBsanerf\\-segment\\fR(1)"), HasSubstr("130  stopped")));
}

TEST_F(Completion, UnknownShellsAreRefused) {
  const ProgramResult result = RunSanerf({"completion", "tcsh"}, folder_.path());
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(EndsInOneError(result));
  EXPECT_THAT(result.err, AllOf(HasSubstr("unknown shell 'tcsh'"), HasSubstr("there are bash, zsh, fish")));
  EXPECT_EQ(RunSanerf({"completion", "bash", "--out", (folder_ / "x" / "y").string()}).exit_code, 0);
  EXPECT_THAT(RunSanerf({"completion", "bash"}).err, HasSubstr("next:  sanerf completion bash --out ~/.local"));
  EXPECT_THAT(RunSanerf({"completion", "bash"}).out, Not(HasSubstr("next:")));
}

}  // namespace
}  // namespace sanerf::cli
