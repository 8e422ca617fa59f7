// Words of a command that can be pasted into a shell.
#pragma once

#include <string>

namespace sanerf {

std::string ShellQuoted(const std::string& word);  // "my run" -> "'my run'"; plain words as they are

}  // namespace sanerf
