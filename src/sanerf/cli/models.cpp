#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"
#include "sanerf/models/fetch_model.h"
#include "sanerf/models/model_catalogue.h"

namespace sanerf::cli {
namespace {

const char* StateText(models::ModelState state) {
  switch (state) {
    case models::ModelState::kPresent:
      return "installed";
    case models::ModelState::kCorrupt:
      return "damaged";
    case models::ModelState::kMissing:
      break;
  }
  return "missing";
}

int64_t BytesOf(const models::ModelEntry& entry) {
  int64_t bytes = 0;
  for (const models::ModelFile& file : entry.files) bytes += file.bytes;
  return bytes;
}

struct ListedModels {
  int num_damaged = 0;
  std::string first_missing;  // of those that segment photos; detectors are extras, with licenses of their own
};

// hash_contents: `verify`.
ListedModels List(const CommonFlags& common, const models::Catalogue& catalogue, bool hash_contents) {
  Json models = Json::array(), unusable = Json::array();
  std::string table = fmt::format("{:<18}  {:<9}  {:>9}  {}\n", "model", "state", "size", "what it is");
  ListedModels listed;
  int num_installed = 0;
  for (const models::ModelEntry& entry : catalogue.models) {
    const models::ModelState state = CheckModel(entry, hash_contents);
    listed.num_damaged += state == models::ModelState::kCorrupt;
    num_installed += state != models::ModelState::kMissing;
    if (state == models::ModelState::kMissing && entry.kind == models::ModelKind::kSam && listed.first_missing.empty())
      listed.first_missing = entry.name;
    models.push_back({{"name", entry.name},
                      {"kind", NameOf(entry.kind)},
                      {"state", StateText(state)},
                      {"bytes", BytesOf(entry)},
                      {"license", entry.license},
                      {"source", entry.source},
                      {"description", entry.description}});
    table += fmt::format("{:<18}  {:<9}  {:>9}  {}; license: {}\n", entry.name, StateText(state),
                         FormatBytes(double(BytesOf(entry))), entry.description, entry.license);
  }
  for (const models::UnusableEntry& entry : catalogue.unusable) {
    unusable.push_back({{"name", entry.name}, {"why", entry.why}});
    table += fmt::format("{:<18}  {:<9}  {:>9}  {}\n", entry.name, "unusable", "", entry.why);
  }
  if (common.json) {
    PrintJson({{"folder", models::ModelFolder().string()}, {"models", models}, {"unusable", unusable}});
    return listed;
  }
  if (hash_contents)
    table += fmt::format("\nSHA-256 compared with the catalogue: {} of {} {} as they should be\n",
                         num_installed - listed.num_damaged, Counted(num_installed, "installed model"),
                         IsAre(num_installed - listed.num_damaged));
  PrintText(Wrapped(table + "\nfolder: " + models::ModelFolder().string() + "\n"));
  return listed;
}

CLI::App* AddAction(CLI::App* parent, CommandLine& line, const std::string& name, const std::string& help) {
  CLI::App* action = parent->add_subcommand(name, help);
  action->allow_extras();
  action->group("Commands");
  AddOutputFlags(action, &line.common);
  return action;
}

// The line of a command that uses the model.
std::string UseOf(const models::ModelEntry& entry) {
  return fmt::format(
      "use    sanerf {} {}",
      entry.kind == models::ModelKind::kDetector ? "segment RUN --text WORDS --detector" : "encode RUN --model",
      Quoted(entry.name));
}

}  // namespace

void AddModels(CommandLine& line) {
  CLI::App* sub = AddCommand(line, "models", "list, fetch and verify the pretrained models",
                             "  sanerf models list\n  sanerf models fetch sam2-hiera-tiny\n  sanerf models verify",
                             Everywhere::kOutput);
  sub->require_subcommand(1);
  CLI::App* list = AddAction(sub, line, "list", "every model of the catalogue and whether it is here");
  list->callback([&line] {
    line.run = [&line](const Job& job) {
      const ListedModels listed = List(line.common, models::LoadCatalogue(), /*hash_contents=*/false);
      SuggestNext(
          listed.first_missing.empty() ? "sanerf models verify" : "sanerf models fetch " + Quoted(listed.first_missing),
          job);
    };
  });

  auto name = std::make_shared<std::string>();
  CLI::App* fetch = AddAction(sub, line, "fetch", "download a model and check it");
  fetch->add_option("NAME", *name, "model of the catalogue")->required();
  fetch->callback([&line, name] {
    line.run = [&line, name](const Job& job) {
      const models::Catalogue catalogue = models::LoadCatalogue();
      const models::ModelEntry& entry = FindModel(catalogue, *name);
      job.Info(fmt::format("license of {}: {}", entry.name, entry.license));
      FetchModel(entry, job);
      if (line.common.json) {
        PrintJson({{"name", entry.name},
                   {"folder", models::ModelFolder().string()},
                   {"state", StateText(CheckModel(entry, false))},
                   {"license", entry.license}});
      } else {
        job.Info(fmt::format("model  {} is in {}", entry.name, models::ModelFolder().string()));
      }
      job.Info(UseOf(entry));
      SuggestNext("sanerf doctor", job);
    };
  });

  CLI::App* verify = AddAction(sub, line, "verify", "compare the installed files with their sha256");
  verify->callback([&line] {
    line.run = [&line](const Job& job) {
      Task task(job, "read the model files");
      const int num_damaged = List(line.common, models::LoadCatalogue(), /*hash_contents=*/true).num_damaged;
      task.Finish();
      if (num_damaged > 0)
        throw Error(Counted(num_damaged, "installed model is damaged", "installed models are damaged"), "",
                    "fetch again: sanerf models fetch NAME");
      SuggestNext("sanerf doctor", job);
    };
  });
}

}  // namespace sanerf::cli
