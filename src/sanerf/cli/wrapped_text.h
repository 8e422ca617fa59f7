// Lines that fit the terminal.
#pragma once

#include <cstddef>
#include <string>

namespace sanerf::cli {

// The width of the terminal that stdout goes to; 100 where it goes elsewhere.
size_t OutputColumns();

// Breaks what is longer at spaces; it goes on below the beginning of the line's last column ("--name N   what it is").
// A command to paste stays in one piece.
std::string Wrapped(const std::string& text, size_t columns = OutputColumns());

}  // namespace sanerf::cli
