#include "sanerf/cli/shell_completion.h"

#include <fmt/format.h>

#include <vector>

namespace sanerf::cli {
namespace {

std::string InQuotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// fish knows backslashes inside of single quotes.
std::string InFishQuotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return quoted + "'";
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string FlagWords(const CommandDescription& command) {
  std::vector<std::string> words;
  for (const FlagDescription& flag : command.flags) words.insert(words.end(), flag.names.begin(), flag.names.end());
  return fmt::format("{}", fmt::join(words, " "));
}

std::string CommandWords(const CommandDescription& command) {
  std::vector<std::string> words;
  for (const CommandDescription& sub : command.commands) words.push_back(sub.name);
  return fmt::format("{}", fmt::join(words, " "));
}

// In a specification of _arguments brackets, colons and backslashes have a meaning.
std::string ForZsh(const std::string& text) {
  std::string escaped;
  for (const char c : FirstLine(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string ZshArguments(const CommandDescription& command) {
  std::string text = "_arguments";
  for (const FlagDescription& flag : command.flags)
    for (const std::string& name : flag.names) {
      const std::string value = flag.value.empty() ? "" : fmt::format(":{}:_files", ForZsh(flag.value));
      text += " \\\n        " + InQuotes(fmt::format("*{}[{}]{}", name, ForZsh(flag.help), value));
    }
  return text + " \\\n        '*:file:_files'";
}

}  // namespace

std::string BashCompletion(const CommandDescription& program) {
  std::string flags, subcommands;
  for (const CommandDescription& command : program.commands) {
    flags += fmt::format("    {}) words={} ;;\n", command.name, InQuotes(FlagWords(command)));
    if (!command.commands.empty())
      subcommands += fmt::format("    {}) [ \"$COMP_CWORD\" -ne 2 ] || words={} ;;\n", command.name,
                                 InQuotes(CommandWords(command)));
  }
  return fmt::format(R"(# bash completion for sanerf, made by: sanerf completion bash
_sanerf() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}} words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words={}
  elif [ "${{current:0:1}}" = - ]; then
    case $command in
{}    esac
  else
    case $command in
{}    esac
  fi
  # Where nothing is offered, bash completes files.
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _sanerf sanerf
)",
                     InQuotes(CommandWords(program) + " " + FlagWords(program)), flags, subcommands);
}

std::string ZshCompletion(const CommandDescription& program) {
  std::string names, cases;
  for (const CommandDescription& command : program.commands) {
    names += fmt::format("    {}\n", InQuotes(command.name + ":" + ForZsh(command.help)));
    cases += fmt::format("    {})\n      ", command.name);
    if (!command.commands.empty()) cases += fmt::format("compadd -- {}\n      ", CommandWords(command));
    cases += ZshArguments(command) + " ;;\n";
  }
  return fmt::format(R"(#compdef sanerf
# zsh completion for sanerf, made by: sanerf completion zsh
_sanerf() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _files
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _sanerf ]; then
  _sanerf "$@"
else
  compdef _sanerf sanerf
fi
)",
                     names, cases);
}

std::string FishCompletion(const CommandDescription& program) {
  std::string text = "# fish completion for sanerf, made by: sanerf completion fish\n";
  for (const CommandDescription& command : program.commands) {
    text += fmt::format("complete -c sanerf -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        InFishQuotes(FirstLine(command.help)));
    const std::string seen = InFishQuotes("__fish_seen_subcommand_from " + command.name);
    for (const CommandDescription& sub : command.commands)
      text += fmt::format("complete -c sanerf -n {} -a {} -d {}\n", seen, sub.name, InFishQuotes(FirstLine(sub.help)));
    for (const FlagDescription& flag : command.flags) {
      text += fmt::format("complete -c sanerf -n {}", seen);
      for (const std::string& name : flag.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      text += fmt::format("{} -d {}\n", flag.value.empty() ? "" : " -r", InFishQuotes(FirstLine(flag.help)));
    }
  }
  return text;
}

}  // namespace sanerf::cli
