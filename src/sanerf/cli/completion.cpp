#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "sanerf/cli/command.h"
#include "sanerf/cli/command_tree.h"
#include "sanerf/cli/man_page.h"
#include "sanerf/cli/shell_completion.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/system_info.h"

namespace fs = std::filesystem;

namespace sanerf::cli {
namespace {

struct CompletionFlags {
  std::string shell;
  std::optional<fs::path> out;
};

// Where each shell looks for the scripts of a user.
std::string HowToInstall(const std::string& shell) {
  if (shell == "bash") return "sanerf completion bash --out ~/.local/share/bash-completion/completions/sanerf";
  if (shell == "zsh") return "sanerf completion zsh --out ~/.zfunc/_sanerf";
  if (shell == "fish") return "sanerf completion fish --out ~/.config/fish/completions/sanerf.fish";
  return "man sanerf";
}

// A page for the program and one for each command, into `folder`.
std::vector<fs::path> WriteManPages(const CommandDescription& program, const fs::path& folder) {
  std::vector<fs::path> pages = {folder / "sanerf.1"};
  EnsureWritableFolder(folder);
  WriteFileAtomic(pages[0], ManPageOfProgram(program, VersionString()));
  for (const CommandDescription& command : program.commands) {
    pages.push_back(folder / fmt::format("sanerf-{}.1", command.name));
    WriteFileAtomic(pages.back(), ManPageOfCommand(command, VersionString()));
  }
  return pages;
}

void RunCompletion(const CommonFlags& common, const CompletionFlags& flags, const CLI::App& app, const Job& job) {
  const CommandDescription program = Describe(app);
  std::string text;
  if (flags.shell == "bash") {
    text = BashCompletion(program);
  } else if (flags.shell == "zsh") {
    text = ZshCompletion(program);
  } else if (flags.shell == "fish") {
    text = FishCompletion(program);
  } else if (flags.shell == "man") {
    text = ManPageOfProgram(program, VersionString());
  } else {
    throw UsageError(fmt::format("unknown shell '{}'", flags.shell),
                     "there are bash, zsh, fish, and man for manual pages", "sanerf completion bash");
  }
  Json written = Json::array();
  if (flags.out && flags.shell == "man") {
    for (const fs::path& page : WriteManPages(program, *flags.out)) written.push_back(page.string());
  } else if (flags.out) {
    if (flags.out->has_parent_path()) EnsureWritableFolder(flags.out->parent_path());
    WriteFileAtomic(*flags.out, text);
    written.push_back(flags.out->string());
  }
  if (common.json) {
    PrintJson({{"text", text}, {"written", written}});
  } else if (!flags.out) {
    PrintText(text);
  } else {
    job.Info(fmt::format("wrote  {}", flags.out->string()));
  }
  if (!flags.out) SuggestNext(HowToInstall(flags.shell), job);
}

}  // namespace

void AddCompletion(CommandLine& line) {
  auto flags = std::make_shared<CompletionFlags>();
  CLI::App* sub = AddCommand(line, "completion", "what the Tab key offers, as a script for a shell; manual pages",
                             "  sanerf completion bash --out ~/.local/share/bash-completion/completions/sanerf\n"
                             "  sanerf completion fish | source\n"
                             "  sanerf completion man --out ~/.local/share/man/man1");
  sub->add_option("SHELL", flags->shell, "bash, zsh or fish; man: the manual pages")->required();
  sub->add_option("-o,--out", flags->out, "file to write instead of printing; of man a folder, for a page per command")
      ->type_name("PATH");
  sub->callback([&line, flags] {
    line.run = [&line, flags](const Job& job) { RunCompletion(line.common, *flags, line.app, job); };
  });
}

}  // namespace sanerf::cli
