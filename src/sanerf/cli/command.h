// What every subcommand shares: common flags, settings from them, results on stdout, the next command.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/cli/number_flags.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/settings.h"

namespace sanerf::run {
class RunFolder;
}  // namespace sanerf::run

namespace sanerf::cli {

struct CommonFlags {
  bool json = false, verbose = false, quiet = false;
  int threads = 0;
  std::optional<int> seed;
  std::vector<std::string> sets;
  std::string config;
};

// Exit codes of a command that ends without an error.
inline constexpr int kPartly = 3;         // done, but for what stderr names
inline constexpr int kInterrupted = 130;  // stopped by Ctrl-C or another signal, as it is meant to be

// One command line in the making: a subcommand adds its options and sets `run`.
struct CommandLine {
  CLI::App app;
  CommonFlags common;
  int exit_code = 0;                    // of a command that ends without an error
  std::function<void(const Job&)> run;  // of the subcommand that was given
};

// Which common flags a subcommand has: all, or --json, -v and -q where nothing is computed.
enum class Everywhere : uint8_t { kAll, kOutput };
// A subcommand with them. examples: shown under its help.
CLI::App* AddCommand(CommandLine& line, const std::string& name, const std::string& help, const std::string& examples,
                     Everywhere flags = Everywhere::kAll);
void AddOutputFlags(CLI::App* sub, CommonFlags* common);

// None of the first goes with any of the others: "--auto and --click exclude each other".
void Exclude(CLI::App* sub, const std::vector<std::string>& flags, const std::vector<std::string>& others);

// --config, --set and --seed on top of `settings`, for the stages this command runs.
void ApplyCommonFlags(const CommonFlags& flags, const std::vector<std::string>& stages, const std::string& command,
                      experiments::ExperimentSettings* settings, const Job& job);
// --preset. stages: which its help names; otherwise: what holds when it is not given.
void AddPreset(CLI::App* sub, std::optional<std::string>* preset, const std::string& stages = "these stages",
               const std::string& otherwise = "that of the run");
void ApplyPreset(const std::optional<std::string>& preset, const std::vector<std::string>& stages,
                 pipeline::Settings* settings);
void ApplyPreset(const std::optional<std::string>& preset, pipeline::Settings* settings);  // of all stages
// What the run recorded, then the flags.
void RestoreFromRun(const run::RunFolder& run, experiments::ExperimentSettings* settings);

// Nobody reads stdout any more: `sanerf options | head`. No failure; the program ends without a word, as others do.
struct ReaderGone {};

// On stdout, at once. Both throw ReaderGone, and Error when it cannot be written for another reason.
void PrintJson(const Json& json);         // the one object
void PrintText(const std::string& text);  // a result for people
// Names what has failed of several things, "3 methods", when the others are done. Returns the exit code: kPartly, or 0
// when nothing has failed.
int ReportFailed(const std::vector<std::string>& failed, const std::string& of, const Job& job);
void SuggestNext(const std::string& command, const Job& job);  // "next: …" on stderr
std::string Quoted(const std::filesystem::path& path);         // for a shell
// Where the run of a scene goes when nobody says: beside it.
std::filesystem::path RunBeside(const std::filesystem::path& named);

void AddView(CommandLine& line);
void AddSynth(CommandLine& line);
void AddDemo(CommandLine& line);
void AddPoses(CommandLine& line);
void AddTrain(CommandLine& line);
void AddEncode(CommandLine& line);
void AddSegment(CommandLine& line);
void AddRender(CommandLine& line);
void AddExport(CommandLine& line);
void AddEval(CommandLine& line);
void AddReport(CommandLine& line);
void AddAblate(CommandLine& line);
void AddCompare(CommandLine& line);
void AddEvalSet(CommandLine& line);
void AddModels(CommandLine& line);
void AddOptions(CommandLine& line);
void AddInfo(CommandLine& line);
void AddDoctor(CommandLine& line);
void AddCompletion(CommandLine& line);

}  // namespace sanerf::cli
