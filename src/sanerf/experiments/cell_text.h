// What stands in the cells of tables and files of scores.
#pragma once

#include <string>

namespace sanerf::experiments {

std::string Percent(double share);  // "93.21"; "-" for NaN, which stands for no value
// "93.21 ± 0.40" where there are several values, else the mean alone. Both as shares.
std::string PercentWithSpread(double mean, double deviation, bool has_spread);
std::string CsvNumber(double value);           // "0.932100", nothing for NaN
std::string CsvCell(const std::string& text);  // quoted where a comma, a quote or a new line asks for it

}  // namespace sanerf::experiments
