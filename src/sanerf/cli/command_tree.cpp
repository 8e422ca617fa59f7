#include "sanerf/cli/command_tree.h"

namespace sanerf::cli {
namespace {

// What help calls the values of flags whose kind says nothing more.
std::string ValueName(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";
  const std::string type = option.get_type_name();
  if (type == "TEXT") return "NAME";
  if (type == "INT") return "N";
  if (type == "FLOAT" || type == "NUMBER") return "X";
  return type;
}

}  // namespace

CommandDescription Describe(const CLI::App& app) {
  CommandDescription described{app.get_name(), app.get_description(), app.get_footer(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    FlagDescription flag{{}, ValueName(*option), option->get_description(), option->get_group()};
    if (option->get_positional()) {
      flag.names = {option->get_name(true)};
      described.arguments.push_back(flag);
    }
    flag.names.clear();
    for (const std::string& name : option->get_snames()) flag.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) flag.names.push_back("--" + name);
    if (!flag.names.empty()) described.flags.push_back(flag);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    described.commands.push_back(Describe(*sub));
  return described;
}

}  // namespace sanerf::cli
