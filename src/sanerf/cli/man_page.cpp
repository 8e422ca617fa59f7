#include "sanerf/cli/man_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace sanerf::cli {
namespace {

// A backslash begins an escape, a hyphen may become a dash, and a line that begins with a point or a quote is a
// request.
std::string Roff(const std::string& text) {
  std::string roff;
  bool is_line_start = true;
  for (const char c : text) {
    if (is_line_start && (c == '.' || c == '\'')) roff += "\\&";
    roff += c == '\\' ? std::string("\\e") : c == '-' ? std::string("\\-") : std::string(1, c);
    is_line_start = c == '\n';
  }
  return roff;
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return text;
}

std::string Verbatim(const std::string& text) { return ".nf\n" + Roff(text) + "\n.fi\n"; }

std::string Title(const std::string& page, const std::string& version) {
  return fmt::format(".TH {} 1 \"\" \"sanerf {}\" \"User Commands\"\n", Roff(Upper(page)), Roff(version));
}

std::string FlagEntry(const FlagDescription& flag) {
  std::vector<std::string> names;
  for (const std::string& name : flag.names) names.push_back("\\fB" + Roff(name) + "\\fR");
  const std::string value = flag.value.empty() ? "" : " \\fI" + Roff(flag.value) + "\\fR";
  return fmt::format(".TP\n{}{}\n{}\n", fmt::join(names, ", "), value, Roff(flag.help));
}

// "sanerf train [OPTIONS] SCENE".
std::string Synopsis(const std::string& path, const CommandDescription& command) {
  std::string text = fmt::format(".SH SYNOPSIS\n\\fB{}\\fR", Roff(path));
  if (!command.commands.empty()) text += " \\fICOMMAND\\fR";
  text += " [\\fIOPTIONS\\fR]";
  for (const FlagDescription& argument : command.arguments) text += " \\fI" + Roff(argument.names[0]) + "\\fR";
  return text + "\n";
}

std::string Entries(const CommandDescription& command) {
  std::string text;
  if (!command.arguments.empty()) text += ".SH ARGUMENTS\n";
  for (const FlagDescription& argument : command.arguments)
    text += FlagEntry({argument.names, "", argument.help, argument.group});
  if (!command.flags.empty()) text += ".SH OPTIONS\n";
  for (const FlagDescription& flag : command.flags) text += FlagEntry(flag);
  return text;
}

// The footer of a command begins with its examples.
std::string Examples(const std::string& footer) {
  constexpr std::string_view kHead = "Examples:\n";
  if (footer.empty()) return "";
  return ".SH EXAMPLES\n" + Verbatim(footer.starts_with(kHead) ? footer.substr(kHead.size()) : footer);
}

}  // namespace

std::string ManPageOfProgram(const CommandDescription& program, const std::string& version) {
  std::string text = Title("sanerf", version);
  text += ".SH NAME\nsanerf \\- posed photos to a radiance field, clicks to 3D masks\n";
  text += Synopsis("sanerf", program) + ".SH DESCRIPTION\n" + Verbatim(program.help);
  text += ".SH COMMANDS\n";
  for (const CommandDescription& command : program.commands)
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", Roff(command.name), Roff(command.help));
  text += ".SH EXIT STATUS\n" + Verbatim(program.footer) + ".SH SEE ALSO\n";
  std::vector<std::string> pages;
  for (const CommandDescription& command : program.commands)
    pages.push_back(fmt::format("\\fBsanerf\\-{}\\fR(1)", Roff(command.name)));
  return text + fmt::format("{}\n", fmt::join(pages, ",\n"));
}

std::string ManPageOfCommand(const CommandDescription& command, const std::string& version) {
  const std::string page = "sanerf-" + command.name;
  std::string text = Title(page, version);
  text += fmt::format(".SH NAME\n{} \\- {}\n", Roff(page), Roff(command.help));
  text += Synopsis("sanerf " + command.name, command) + Entries(command);
  for (const CommandDescription& sub : command.commands) {
    text += fmt::format(".SH {}\n{}\n", Roff(Upper(command.name + " " + sub.name)), Roff(sub.help));
    for (const FlagDescription& flag : sub.flags) text += FlagEntry(flag);
  }
  return text + Examples(command.footer) + ".SH SEE ALSO\n\\fBsanerf\\fR(1)\n";
}

}  // namespace sanerf::cli
