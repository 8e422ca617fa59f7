// Plots of a few lines beside each other, as an SVG file.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sanerf {

struct PlotLine {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x > 0; one point alone is a level, drawn dashed all across
};

struct PlotPanel {
  std::string title;
  std::vector<PlotLine> lines;  // the same ones, in the same order, in all panels
};

// x: logarithmic, marked at powers of ten; y: from 0. All panels have the same x.
std::string LinePlot(const std::vector<PlotPanel>& panels, const std::string& x_label);

}  // namespace sanerf
