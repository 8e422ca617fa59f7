#include "sanerf/cli/command.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/run/run_folder.h"

namespace sanerf::cli {

using experiments::ExperimentSettings;
using pipeline::Settings;

namespace {

constexpr const char* kEverywhere = "Everywhere";  // as a heading of help
constexpr size_t kNamedFailures = 4;

}  // namespace

void AddOutputFlags(CLI::App* sub, CommonFlags* common) {
  sub->add_flag("--json", common->json, "print the result as one JSON object on stdout, nothing else there")
      ->group(kEverywhere);
  sub->add_flag("-v,--verbose", common->verbose, "say more")->group(kEverywhere);
  sub->add_flag("-q,--quiet", common->quiet, "only warnings and the result")->group(kEverywhere);
}

CLI::App* AddCommand(CommandLine& line, const std::string& name, const std::string& help, const std::string& examples,
                     Everywhere flags) {
  CLI::App* sub = line.app.add_subcommand(name, help);
  CommonFlags& common = line.common;
  sub->allow_extras();  // so that unknown options get a suggestion
  sub->group("Commands");
  sub->footer("Examples:\n" + examples);
  AddOutputFlags(sub, &common);
  if (flags == Everywhere::kOutput) return sub;
  AddNumber(sub, "--threads", &common.threads, "threads to use (0 = all cores); does not change results",
            Range(0, 1024))
      ->group(kEverywhere);
  AddNumber(sub, "--seed", &common.seed, "random seed of the stages this command runs", kSeeds)->group(kEverywhere);
  sub->add_option("--set", common.sets,
                  "any option of any stage: --set nerf.iters=2000 (repeatable); sanerf options lists them")
      ->type_name("STAGE.KEY=VALUE")
      ->group(kEverywhere)
      ->allow_extra_args(false);
  sub->add_option("--config", common.config, "JSON file of options: {\"nerf\": {\"iters\": 2000}}")
      ->type_name("FILE")
      ->group(kEverywhere);
  return sub;
}

void Exclude(CLI::App* sub, const std::vector<std::string>& flags, const std::vector<std::string>& others) {
  for (const std::string& flag : flags)
    for (const std::string& other : others) sub->get_option(flag)->excludes(sub->get_option(other));
}

void ApplyCommonFlags(const CommonFlags& flags, const std::vector<std::string>& stages, const std::string& command,
                      ExperimentSettings* settings, const Job& job) {
  if (!flags.config.empty()) pipeline::ApplyFile(*settings, flags.config);
  for (const std::string& assignment : flags.sets) pipeline::Assign(*settings, assignment);
  for (const std::string& notice : settings->origins.notices()) job.Warn(notice);
  pipeline::AllowOnly(*settings, stages, command);
  if (!flags.seed) return;
  const OptionRegistry registry = RegistryOf(*settings);
  for (const std::string& stage : stages) {
    const std::string option = stage + ".seed";
    if (registry.Find(option) != nullptr)
      pipeline::Assign(*settings, fmt::format("{}={}", option, *flags.seed), "--seed");
  }
}

void AddPreset(CLI::App* sub, std::optional<std::string>* preset, const std::string& stages,
               const std::string& otherwise) {
  sub->add_option(
         "--preset", *preset,
         fmt::format("{}: what {} do when nothing else is said. fast is a coarser radiance field in half the "
                     "time, paper the method as published; sanerf options --preset NAME lists their values [{}]",
                     fmt::join(pipeline::PresetNames(), ", "), stages, otherwise))
      ->type_name("NAME");
}

void ApplyPreset(const std::optional<std::string>& preset, const std::vector<std::string>& stages, Settings* settings) {
  if (preset) pipeline::ApplyPreset(pipeline::ParsePreset(*preset), stages, settings);
}

void ApplyPreset(const std::optional<std::string>& preset, Settings* settings) {
  if (preset) pipeline::ApplyPreset(pipeline::ParsePreset(*preset), settings);
}

void RestoreFromRun(const run::RunFolder& run, ExperimentSettings* settings) {
  pipeline::Restore(*settings, run.options(), run.origins(), (run.path() / "run.json").string());
}

void PrintJson(const Json& json) { PrintText(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"); }

void PrintText(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  if (errno == EPIPE) throw ReaderGone();
  throw Error("cannot write the result to stdout", std::strerror(errno), "is the disk full?");
}

int ReportFailed(const std::vector<std::string>& failed, const std::string& of, const Job& job) {
  if (failed.empty()) return 0;
  job.Warn(fmt::format("{} of {} failed: {}; the same command keeps what is finished and tries the rest again",
                       failed.size(), of, FirstFew(failed, kNamedFailures)));
  return kPartly;
}

void SuggestNext(const std::string& command, const Job& job) { job.Info(fmt::format("next:  {}", command)); }

std::string Quoted(const std::filesystem::path& path) { return ShellQuoted(path.string()); }

std::filesystem::path RunBeside(const std::filesystem::path& named) {
  // A scene may be named by its transforms.json.
  const bool is_file = named.extension() == ".json" && !std::filesystem::is_directory(named);
  const std::filesystem::path scene = !is_file ? named : named.has_parent_path() ? named.parent_path() : ".";
  return (scene / ".." / (run::NameOfPath(scene) + "_run")).lexically_normal();
}

}  // namespace sanerf::cli
