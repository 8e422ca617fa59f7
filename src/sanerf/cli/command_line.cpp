#include "sanerf/cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <exception>
#include <filesystem>
#include <new>

#include "sanerf/cli/command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/console.h"
#include "sanerf/core/console_sink.h"
#include "sanerf/core/error.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/suggestions.h"
#include "sanerf/core/system_info.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/load_scene.h"

namespace sanerf::cli {
namespace {

constexpr int kFailure = 1, kUsage = 2;
constexpr int kReaderGone = 128 + SIGPIPE;  // as a shell says it of a program that the signal ended

constexpr const char* kOverview = R"(sanerf turns posed photos into a radiance field, and a click into clean 3D masks.

First steps:
  sanerf demo                                       everything on a built-in scene
  sanerf view photos/                               look, click a thing, get it in 3D: a page in the browser

The same by commands:
  sanerf train photos/ --out run                    a folder of posed photos to a radiance field
  sanerf segment run --name mug --click IMG_12:310,220
  sanerf render run --object mug --layers overlay,cutout
  sanerf eval run
)";

constexpr const char* kFooter = R"(sanerf COMMAND --help explains a command and shows examples.

Exit codes:
  0    done
  1    failed; stderr says why and what to do
  2    wrong command line or option; nothing was done
  3    partly done: some of the words of segment --text were not found, or some of what compare, ablate or eval-set try failed; the others are done
  130  stopped by Ctrl-C or another signal; what was reached is saved
  141  done, but nobody reads the output any more)";

// CLI11's help without its jargon ("TEXT REQUIRED"): the usage line says what is required, its brackets what is not.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("TEXT", "NAME");
    label("INT", "N");
    label("FLOAT", "X");
    label("SUBCOMMAND", "COMMAND");
    label("Positionals", "Arguments");
  }
  std::string make_usage(const CLI::App* app, std::string name) const override {
    if (app->get_parent() == nullptr) return "Usage: " + name + " COMMAND [OPTIONS]\n";
    return CLI::Formatter::make_usage(app, name);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional() || option->get_type_size() == 0) return "";
    return " " + get_label(option->get_type_name()) + (option->get_required() ? " (required)" : "");
  }
};

void AddCommands(CommandLine& line) {
  line.app.name("sanerf");
  line.app.formatter(std::make_shared<HelpFormatter>());
  line.app.description(kOverview);
  line.app.set_version_flag("--version", "sanerf " + VersionString());
  line.app.footer(kFooter);
  line.app.require_subcommand(1);
  AddDemo(line);
  AddView(line);
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
  CLI::App* help = line.app.add_subcommand("help", "explain a command: sanerf help segment");  // see HelpArguments
  help->group("Commands");
  help->add_option("COMMAND")->description("the command to explain [the program itself]");
  line.app.add_subcommand("version", "the program's version")->group("Commands")->allow_extras()->callback([&line] {
    line.run = [](const Job&) { PrintText("sanerf " + VersionString() + "\n"); };
  });
}

std::vector<std::string> NamesOfCommands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

bool HasCommand(const CLI::App& app, const std::string& name) {
  const std::vector<std::string> names = NamesOfCommands(app);
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// A word of the command line as a message shows it: not a page of it, and nothing that steers the terminal.
std::string Shown(std::string word) {
  constexpr size_t kMost = 80;
  if (word.size() > kMost) word = word.substr(0, kMost) + "...";
  for (char& c : word)
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = '?';
  return "'" + word + "'";
}

// "models fetch"; empty for the program itself.
std::string PathOf(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "";
  const std::string before = PathOf(*app.get_parent());
  return before.empty() ? app.get_name() : before + " " + app.get_name();
}

// "sanerf models --help".
std::string HelpCommand(const CLI::App& app) {
  const std::string path = PathOf(app);
  return path.empty() ? "sanerf --help" : "sanerf " + path + " --help";
}

[[noreturn]] void FailUnknownCommand(const CLI::App& app, const std::string& word) {
  const std::string hint = DidYouMean(word, NamesOfCommands(app)), path = PathOf(app);
  throw UsageError("unknown command " + Shown(path.empty() ? word : path + " " + word), "",
                   hint.empty() ? HelpCommand(app) + " lists the commands" : hint);
}

// `help`, `help COMMAND ...` as what they stand for.
std::vector<std::string> HelpArguments(const CLI::App& root, const std::vector<std::string>& words) {
  if (!words.empty() && (words[0] == "-h" || words[0] == "--help")) return {"help", "--help"};
  const CLI::App* app = &root;
  std::vector<std::string> arguments;
  for (const std::string& word : words) {
    if (word == "-h" || word == "--help") break;
    if (!HasCommand(*app, word)) {
      if (NamesOfCommands(*app).empty() || word.rfind('-', 0) == 0)
        throw UsageError(fmt::format("unexpected argument {} for 'help'", Shown(word)), "", "sanerf help COMMAND");
      FailUnknownCommand(*app, word);
    }
    app = app->get_subcommand(word);
    arguments.push_back(word);
  }
  arguments.push_back("--help");
  return arguments;
}

// The command comes first. `sanerf PATH` opens a scene or a run, and says of any other path what it is; anything else
// that is no command gets a suggestion.
std::vector<std::string> WithCommand(const CommandLine& line, std::vector<std::string> arguments) {
  if (arguments.empty()) return {"--help"};
  const std::string first = arguments[0];
  if (first == "help") return HelpArguments(line.app, {arguments.begin() + 1, arguments.end()});
  if (HasCommand(line.app, first) || first == "-h" || first == "--help" || first == "--version") return arguments;
  if (first.rfind('-', 0) == 0) {
    const auto command = std::find_if(arguments.begin(), arguments.end(),
                                      [&](const std::string& word) { return HasCommand(line.app, word); });
    throw UsageError(fmt::format("{} stands before the command", Shown(first)), "",
                     command == arguments.end() ? "sanerf --help lists the commands"
                                                : fmt::format("write the command first: sanerf {} ...", *command));
  }
  std::error_code ignored;
  const bool looks_like_a_path = first.find('/') != std::string::npos;  // if it is not there, `info` says so
  if (!first.empty() && (looks_like_a_path || std::filesystem::exists(first, ignored))) {
    const bool can_be_opened = run::RunFolder::Exists(first) || scene::HoldsScene(first);
    arguments.insert(arguments.begin(), can_be_opened ? "view" : "info");
    return arguments;
  }
  FailUnknownCommand(line.app, first);
}

// What the command does not know, with the nearest thing that it does.
void RefuseExtras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining();
  if (extras.empty()) return;
  const std::string& extra = extras[0];
  const bool is_option = extra.rfind('-', 0) == 0;
  if (!is_option && !NamesOfCommands(app).empty()) FailUnknownCommand(app, extra);
  const std::string path = PathOf(app), of = path.empty() ? "" : " for '" + path + "'";
  const std::string see = HelpCommand(app) + " lists the options";
  if (!is_option) throw UsageError(fmt::format("unexpected argument {}{}", Shown(extra), of), "", see);
  const std::string name = extra.substr(0, extra.find('='));
  const std::string hint = DidYouMean(name, OptionNames(app));
  throw UsageError(fmt::format("unknown option {}{}", Shown(name), of), "", hint.empty() ? see : hint);
}

// From the program itself to the deepest subcommand that was given.
std::vector<const CLI::App*> Given(const CLI::App& app) {
  std::vector<const CLI::App*> chain = {&app};
  while (!chain.back()->get_subcommands().empty()) chain.push_back(chain.back()->get_subcommands()[0]);
  return chain;
}

// `--config "$unset"` is a slip: it must not mean the same as no --config.
void RefuseEmptyValues(const std::vector<const CLI::App*>& chain) {
  for (const CLI::App* app : chain) {
    for (const CLI::Option* option : app->get_options()) {
      const std::vector<std::string>& values = option->results();
      if (std::find(values.begin(), values.end(), "") != values.end())
        throw UsageError(option->get_name() + " needs a value", "it is empty", HelpCommand(*app) + " explains it");
    }
  }
}

void RefuseExtrasOf(const std::vector<const CLI::App*>& chain) {
  for (const CLI::App* app : chain) RefuseExtras(*app);
}

// What CLI11 says of the number of an option's values: "--out: 1 required TEXT missing", "--out: At Most 1 required but
// received 2".
std::string SentenceOfMismatch(const std::string& text) {
  constexpr std::string_view kTooMany = ": At Most 1 required but received ";
  if (const size_t colon = text.find(": 1 required "); colon != std::string::npos)
    return text.substr(0, colon) + " needs a value";
  if (const size_t colon = text.find(kTooMany); colon != std::string::npos)
    return fmt::format("{} is given {} times, and can be once", text.substr(0, colon),
                       text.substr(colon + kTooMany.size()));
  return text;
}

// Of a flag: "Could not convert: --json = maybe".
std::string SentenceOfConversion(const std::string& text) {
  constexpr std::string_view kStart = "Could not convert: ";
  const size_t end = text.find(" = ");
  if (text.rfind(kStart, 0) != 0 || end == std::string::npos) return text;
  return text.substr(kStart.size(), end - kStart.size()) + " takes no value";
}

// Of an argument "SCENE is required", of a command that has further ones "A subcommand is required".
std::string SentenceOfRequired(const std::string& text, const CLI::App& app) {
  const std::vector<std::string> names = NamesOfCommands(app);
  return names.empty() ? text : fmt::format("'{}' needs to know what to do: {}", PathOf(app), Listed(names));
}

// Of two flags: "--auto excludes --click".
std::string SentenceOfExclusion(const std::string& text) {
  constexpr std::string_view kBetween = " excludes ";
  const size_t between = text.find(kBetween);
  if (between == std::string::npos) return text;
  return text.substr(0, between) + " and " + text.substr(between + kBetween.size()) + " exclude each other";
}

// Prints help and version; turns what CLI11 complains about into a UsageError. True when there is nothing left to do.
bool Parse(CommandLine& line, std::vector<std::string> arguments) {
  const auto fail = [&](const std::string& what) {
    const std::vector<const CLI::App*> chain = Given(line.app);
    RefuseExtrasOf(chain);  // a misspelled option explains a missing one
    throw UsageError(what, "", HelpCommand(*chain.back()) + " explains it");
  };
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    line.app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    PrintText(Wrapped(line.app.help()));
    return true;
  } catch (const CLI::CallForVersion& version) {
    PrintText(std::string(version.what()) + "\n");
    return true;
  } catch (const CLI::ArgumentMismatch& error) {
    fail(SentenceOfMismatch(error.what()));
  } catch (const CLI::ConversionError& error) {
    fail(SentenceOfConversion(error.what()));
  } catch (const CLI::RequiredError& error) {
    fail(SentenceOfRequired(error.what(), *Given(line.app).back()));
  } catch (const CLI::ExcludesError& error) {
    fail(SentenceOfExclusion(error.what()));
  } catch (const CLI::ParseError& error) {
    fail(error.what());
  }
  const std::vector<const CLI::App*> chain = Given(line.app);
  RefuseExtrasOf(chain);
  RefuseEmptyValues(chain);
  return false;
}

void ApplyProcessFlags(const CommonFlags& flags, ConsoleSink* console) {
  if (flags.verbose && flags.quiet) throw UsageError("-v and -q exclude each other");
  SetNumThreads(flags.threads);
  console->set_verbosity(flags.quiet ? Verbosity::kQuiet : flags.verbose ? Verbosity::kVerbose : Verbosity::kNormal);
}

int PrintError(const std::string& text, const std::string& hint, int exit_code) {
  SetLiveLine("");
  PrintStderrLine("error: " + text);
  if (!hint.empty()) PrintStderrLine("hint: " + hint);
  return exit_code;
}

}  // namespace

std::vector<std::string> CommandNames() {
  CommandLine line;
  AddCommands(line);
  return NamesOfCommands(line.app);
}

int RunCommandLine(const std::vector<std::string>& arguments) {
  ConsoleSink console;
  const Job job(console, InterruptToken());
  try {
    CommandLine line;
    AddCommands(line);
    if (!Parse(line, WithCommand(line, arguments))) {
      ApplyProcessFlags(line.common, &console);
      line.run(job.WithThreads(line.common.threads));
    }
    return line.exit_code;
  } catch (const ReaderGone&) {
    return kReaderGone;
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

}  // namespace sanerf::cli
