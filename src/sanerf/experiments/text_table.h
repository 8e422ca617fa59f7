// Tables as text, Markdown and LaTeX.
#pragma once

#include <string>
#include <vector>

namespace sanerf::experiments {

// A table as rows of cells; the first row is the header. bold: the best of each column of scores.
struct TextTable {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::vector<bool>> bold;
  std::vector<std::string> notes;  // below it: remarks, failures
};

std::string ToText(const TextTable& table);                               // for a terminal
std::string ToMarkdown(const TextTable& table);                           // for a document
std::string ToLatex(const TextTable& table, const std::string& caption);  // needs the package booktabs

}  // namespace sanerf::experiments
