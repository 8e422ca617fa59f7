// Tables of results: what stands in their cells, and the whole as text, Markdown and LaTeX.
#pragma once

#include <string>
#include <vector>

namespace sanerf::experiments {

std::string Percent(double share);  // "93.21"; "-" for NaN, which stands for no value
// "93.21 ± 0.40" where there are several values, else the mean alone. Both as shares.
std::string PercentWithSpread(double mean, double deviation, bool has_spread);
std::string CsvNumber(double value);           // "0.932100", nothing for NaN
std::string CsvCell(const std::string& text);  // quoted where a comma, a quote or a new line asks for it

// A table as rows of cells; the first row is the header. bold: the best of each column of scores.
struct TextTable {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::vector<bool>> bold = {};  // empty: nothing is
  std::vector<std::string> notes = {};       // below it: remarks, failures
  size_t num_left = 1;                       // columns that begin at the left, the first ones; numbers end at the right
};

// Of each column, in characters.
std::vector<size_t> ColumnWidths(const TextTable& table);
// A row as a line: the first num_left cells to the left, the others to the right.
std::string PaddedRow(const std::vector<std::string>& row, const std::vector<size_t>& widths,
                      const std::string& between, size_t num_left = 1);

std::string ToText(const TextTable& table);                               // for a terminal
std::string ToMarkdown(const TextTable& table);                           // for a document
std::string ToLatex(const TextTable& table, const std::string& caption);  // needs the package booktabs

}  // namespace sanerf::experiments
