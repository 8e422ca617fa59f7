// Writes to stderr: permanent lines and at most one live line (the progress bar), never mixed up.
#pragma once

#include <string>
#include <string_view>

namespace sanerf {

// True when stderr is a terminal that understands cursor control (TERM is not "dumb").
bool StderrIsTerminal();

// One complete line. A live line is erased first and drawn again below it.
void PrintStderrLine(std::string_view text);
// Replaces the live line, cut to the terminal's width; empty = erase it. Only for terminals.
void SetLiveLine(std::string text);

}  // namespace sanerf
