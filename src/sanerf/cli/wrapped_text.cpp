#include "sanerf/cli/wrapped_text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

namespace sanerf::cli {
namespace {

constexpr size_t kColumnsElsewhere = 100;
constexpr size_t kNarrowestColumn = 30;  // below, half of the lines would hold two words

// Characters, not bytes, of UTF-8.
size_t Width(const std::string& text) {
  return size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// Where the last column begins: behind the last gap of two spaces or more; `indent` when there is one column.
size_t LastColumn(const std::string& line, size_t indent) {
  const size_t gap = line.rfind("  ");
  return gap == std::string::npos || gap < indent ? indent : line.find_first_not_of(' ', gap);
}

std::string WrappedLine(const std::string& line, size_t columns) {
  const size_t indent = line.find_first_not_of(' ');
  if (indent == std::string::npos || Width(line) <= columns) return line;
  size_t last = LastColumn(line, indent);
  if (last == std::string::npos) return line;
  const bool is_command = line.compare(indent, 7, "sanerf ") == 0;
  if (is_command && last == indent) return line;
  const bool is_narrow = last + kNarrowestColumn > columns;
  if (is_command && is_narrow) return line;
  const size_t below = last == indent ? indent : is_narrow ? indent + 4 : last;

  std::string text = line.substr(0, is_narrow ? indent : last), word;
  size_t width = Width(text);
  bool is_first = true;
  const std::string rest = line.substr(is_narrow ? indent : last);
  for (size_t begin = 0; begin < rest.size();) {
    // A word with the spaces before it: gaps between columns stay as they are.
    const size_t letters = std::min(rest.find_first_not_of(' ', begin), rest.size());
    const size_t end = std::min(rest.find(' ', letters), rest.size());
    word = rest.substr(begin, end - begin);
    if (!is_first && width + Width(word) > columns) {
      word = rest.substr(letters, end - letters);
      text += '\n';
      text.append(below, ' ');
      width = below;
    }
    text += word;
    width += Width(word);
    is_first = false;
    begin = end;
  }
  return text;
}

}  // namespace

size_t OutputColumns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kColumnsElsewhere;
  return size.ws_col;
}

std::string Wrapped(const std::string& text, size_t columns) {
  std::istringstream lines(text);
  std::string wrapped;
  for (std::string line; std::getline(lines, line);) wrapped += WrappedLine(line, columns) + '\n';
  return wrapped;
}

}  // namespace sanerf::cli
