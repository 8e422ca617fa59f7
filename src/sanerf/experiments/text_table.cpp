#include "sanerf/experiments/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sanerf::experiments {
namespace {

// Characters, not bytes: "±" is one column wide.
size_t WidthOf(const std::string& text) {
  return size_t(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool IsBold(const TextTable& table, size_t row, size_t column) {
  return !table.bold.empty() && table.bold[row][column];
}

std::string EscapeLatex(const std::string& text) {
  std::string latex;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "±") == 0) {
      latex += "$\\pm$";
      ++i;
    } else if (std::string_view("&%$#_{}").find(text[i]) != std::string_view::npos) {
      latex += std::string("\\") + text[i];
    } else if (text[i] == '\\') {
      latex += "\\textbackslash{}";
    } else if (text[i] == '~' || text[i] == '^') {
      latex += std::string("\\") + text[i] + "{}";
    } else {
      latex += text[i];
    }
  }
  return latex;
}

}  // namespace

std::string Percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.2f}", 100 * share); }

std::string PercentWithSpread(double mean, double deviation, bool has_spread) {
  return has_spread && !std::isnan(mean) ? fmt::format("{} ± {}", Percent(mean), Percent(deviation)) : Percent(mean);
}

std::string CsvNumber(double value) { return std::isnan(value) ? "" : fmt::format("{:.6f}", value); }

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::vector<size_t> ColumnWidths(const TextTable& table) {
  std::vector<size_t> widths(table.cells[0].size(), 0);
  for (const auto& row : table.cells)
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], WidthOf(row[c]));
  return widths;
}

std::string PaddedRow(const std::vector<std::string>& row, const std::vector<size_t>& widths,
                      const std::string& between, size_t num_left) {
  std::string line;
  for (size_t c = 0; c < row.size(); ++c) {
    const std::string gap(widths[c] - WidthOf(row[c]), ' ');
    line += (c > 0 ? between : "") + (c < num_left ? row[c] + gap : gap + row[c]);
  }
  return line;
}

std::string ToText(const TextTable& table) {
  const bool has_best = std::any_of(table.bold.begin(), table.bold.end(), [](const std::vector<bool>& row) {
    return std::find(row.begin(), row.end(), true) != row.end();
  });
  std::vector<std::vector<std::string>> cells = table.cells;
  if (has_best) {  // a place for the star behind every number
    for (size_t r = 0; r < cells.size(); ++r)
      for (size_t c = table.num_left; c < cells[r].size(); ++c) cells[r][c] += IsBold(table, r, c) ? "*" : " ";
  }
  const std::vector<size_t> widths = ColumnWidths({cells});
  std::string text;
  for (const std::vector<std::string>& row : cells) {
    text += PaddedRow(row, widths, "  ", table.num_left);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
  }
  if (has_best) text += "* best of the column; scores in percent\n";
  for (const std::string& note : table.notes) text += note + '\n';
  return text;
}

std::string ToMarkdown(const TextTable& table) {
  std::string text;
  for (size_t r = 0; r < table.cells.size(); ++r) {
    text += '|';
    for (size_t c = 0; c < table.cells[r].size(); ++c)
      text +=
          IsBold(table, r, c) ? fmt::format(" **{}** |", table.cells[r][c]) : fmt::format(" {} |", table.cells[r][c]);
    text += '\n';
    if (r > 0) continue;
    for (size_t c = 0; c < table.cells[0].size(); ++c) text += "|---";
    text += "|\n";
  }
  for (const std::string& note : table.notes) text += "\n" + note + "\n";
  return text;
}

std::string ToLatex(const TextTable& table, const std::string& caption) {
  std::string text = "\\begin{table}\n\\centering\n\\begin{tabular}{l" + std::string(table.cells[0].size() - 1, 'r') +
                     "}\n\\toprule\n";
  for (size_t r = 0; r < table.cells.size(); ++r) {
    for (size_t c = 0; c < table.cells[r].size(); ++c) {
      const std::string cell = EscapeLatex(table.cells[r][c]);
      text += (c > 0 ? " & " : "") + (IsBold(table, r, c) ? "\\textbf{" + cell + "}" : cell);
    }
    text += r == 0 ? " \\\\\n\\midrule\n" : " \\\\\n";
  }
  text += "\\bottomrule\n\\end{tabular}\n\\caption{" + EscapeLatex(caption);
  for (const std::string& note : table.notes) text += " " + EscapeLatex(note) + ".";
  return text + "}\n\\end{table}\n";
}

}  // namespace sanerf::experiments
