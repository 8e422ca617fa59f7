#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <new>

#include "sanerf/cli/command.h"
#include "sanerf/core/console.h"
#include "sanerf/core/error.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/log.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/system_info.h"

namespace sanerf {
namespace {

constexpr int kFailure = 1, kUsage = 2, kInterrupted = 130;

constexpr const char* kOverview = R"(sanerf turns posed photos into a radiance field, and a click into clean 3D masks.

First steps:
  sanerf demo                                       everything on a built-in scene
  sanerf train photos/ --out run                    a folder of posed photos to a radiance field
  sanerf segment run --name mug --click IMG_12:310,220
  sanerf render run --object mug --layers overlay,cutout
  sanerf eval run
)";

void AddCommands(CommandLine& line) {
  line.app.name("sanerf");
  line.app.description(kOverview);
  line.app.set_version_flag("--version", "sanerf " + VersionString());
  line.app.footer("sanerf COMMAND --help explains a command and shows examples.");
  line.app.require_subcommand(1);
  AddDemo(line);
  AddSynth(line);
  AddTrain(line);
  AddEncode(line);
  AddSegment(line);
  AddRender(line);
  AddEval(line);
  AddCompare(line);
  AddEvalSet(line);
  AddAblate(line);
  AddOptions(line);
  AddInfo(line);
  AddModels(line);
  AddDoctor(line);
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// `sanerf PATH` says what the path is; anything else that is no command gets a suggestion.
std::vector<std::string> WithCommand(const CommandLine& line, std::vector<std::string> arguments) {
  if (arguments.empty()) return {"--help"};
  const std::string first = arguments[0];
  const std::vector<std::string> commands = CommandNames(line.app);
  if (first[0] == '-' || std::find(commands.begin(), commands.end(), first) != commands.end()) return arguments;
  if (std::filesystem::exists(first)) {
    arguments.insert(arguments.begin(), "info");
    return arguments;
  }
  const std::string hint = DidYouMean(first, commands);
  throw UsageError("unknown command '" + first + "'", "", hint.empty() ? "sanerf --help lists the commands" : hint);
}

void RefuseExtras(const CLI::App& sub) {
  const std::vector<std::string> extras = sub.remaining();
  if (extras.empty()) return;
  const std::string path = sub.get_parent()->get_name().empty() || sub.get_parent()->get_parent() == nullptr
                               ? sub.get_name()
                               : sub.get_parent()->get_name() + " " + sub.get_name();
  const std::string see = fmt::format("sanerf {} --help lists the options", path);
  const std::string& extra = extras[0];
  const std::vector<std::string> actions = CommandNames(sub);
  if (extra[0] != '-' && !actions.empty()) {
    const std::string near = DidYouMean(extra, actions);
    throw UsageError(fmt::format("unknown command '{} {}'", path, extra), "", near.empty() ? see : near);
  }
  if (extra[0] != '-') throw UsageError(fmt::format("unexpected argument '{}' for '{}'", extra, path), "", see);
  const std::string name = extra.substr(0, extra.find('='));
  const std::string hint = DidYouMean(name, OptionNames(sub));
  throw UsageError(fmt::format("unknown option '{}' for '{}'", name, path), "", hint.empty() ? see : hint);
}

// The deepest subcommand that was given.
const CLI::App& Given(const CLI::App& app) {
  const std::vector<CLI::App*> subs = app.get_subcommands();
  return subs.empty() ? app : Given(*subs[0]);
}

// Prints help and version; turns what CLI11 complains about into a UsageError. True when there is nothing left to do.
bool Parse(CommandLine& line, std::vector<std::string> arguments) {
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    line.app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    PrintText(Given(line.app).help());
    return true;
  } catch (const CLI::CallForVersion& version) {
    PrintText(std::string(version.what()) + "\n");
    return true;
  } catch (const CLI::ParseError& error) {
    const CLI::App& sub = Given(line.app);
    RefuseExtras(sub);  // a misspelt option explains a missing one
    const std::string name = &sub == &line.app ? "" : " " + sub.get_name();
    throw UsageError(error.what(), "", fmt::format("sanerf{} --help explains it", name));
  }
  RefuseExtras(Given(line.app));
  return false;
}

void ApplyProcessFlags(const CommonFlags& flags) {
  if (flags.verbose && flags.quiet) throw UsageError("-v and -q exclude each other");
  SetLogLevel(flags.quiet ? LogLevel::kQuiet : flags.verbose ? LogLevel::kVerbose : LogLevel::kNormal);
  SetNumThreads(flags.threads);
}

int PrintError(const std::string& text, const std::string& hint, int exit_code) {
  SetLiveLine("");
  PrintStderrLine("error: " + text);
  if (!hint.empty()) PrintStderrLine("hint: " + hint);
  return exit_code;
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& arguments) {
  try {
    CommandLine line;
    AddCommands(line);
    if (!Parse(line, WithCommand(line, arguments))) {
      ApplyProcessFlags(line.common);
      line.run();
    }
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw Error("cannot write the result to stdout", "", "is the disk full, or the pipe closed?");
    return 0;
  } catch (const InterruptedError& error) {
    return PrintError(error.what(), error.hint(), kInterrupted);
  } catch (const UsageError& error) {
    return PrintError(error.what(), error.hint(), kUsage);
  } catch (const Error& error) {
    return PrintError(error.what(), error.hint(), kFailure);
  } catch (const std::filesystem::filesystem_error& error) {
    return PrintError(fmt::format("{}: {}", error.path1().string(), error.code().message()),
                      "check the path, its permissions and the free space", kFailure);
  } catch (const std::bad_alloc&) {
    return PrintError(
        "out of memory",
        fmt::format("{} MiB are free; try --downscale 2, a smaller --set encode.size or --set nerf.log2_table=17",
                    AvailableMemoryBytes() >> 20),
        kFailure);
  } catch (const std::exception& error) {
    return PrintError(fmt::format("internal: {}", error.what()),
                      "this is a defect of sanerf; please report it with the command", kFailure);
  }
}

}  // namespace sanerf
