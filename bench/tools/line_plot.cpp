#include "bench/tools/line_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace sanerf {
namespace {

constexpr double kWidth = 380, kHeight = 260;                       // of a panel
constexpr double kLeft = 56, kRight = 16, kTop = 34, kBottom = 44;  // around its lines
constexpr double kLegend = 28;                                      // below all
constexpr std::array<const char*, 6> kColors = {"#1f6fb4", "#c2410c", "#555555", "#111111", "#2e7d32", "#7b1fa2"};

struct Axis {
  double low, high;    // values
  double first, last;  // pixels
  double At(double value) const { return first + (value - low) / (high - low) * (last - first); }
};

std::string Text(double x, double y, const std::string& anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, text);
}

std::string Stroke(size_t line, bool is_dashed) {
  return fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}", kColors[line % kColors.size()],
                     is_dashed ? " stroke-dasharray=\"6 4\"" : "");
}

// 1, 2 or 5 times a power of ten, so that there are about five.
double StepOf(double range) {
  const double rough = range / 5, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double step : {1.0, 2.0, 5.0})
    if (rough <= step * power) return step * power;
  return 10 * power;
}

std::string Grid(const Axis& x, const Axis& y) {
  std::string svg;
  for (double value = 0; value <= y.high; value += StepOf(y.high)) {
    svg += fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"#dddddd\"/>\n", x.first, y.At(value), x.last);
    svg += Text(x.first - 6, y.At(value) + 4, "end", fmt::format("{:g}", value));
  }
  for (int power = int(std::ceil(x.low)); power <= int(std::floor(x.high)); ++power)
    svg += Text(x.At(power), y.first + 16, "middle", fmt::format("{:g}", std::pow(10, power)));
  return svg;
}

std::string Panel(const PlotPanel& panel, Axis x, const std::string& x_label) {
  double highest = 0;
  for (const PlotLine& line : panel.lines)
    for (const auto& [at, value] : line.points) highest = std::max(highest, value);
  const Axis y{0, 1.05 * highest, kHeight - kBottom, kTop};
  std::string svg = Text(0.5 * (x.first + x.last), 20, "middle", panel.title) + Grid(x, y);
  svg += Text(0.5 * (x.first + x.last), kHeight - 8, "middle", x_label);
  for (size_t i = 0; i < panel.lines.size(); ++i) {
    const PlotLine& line = panel.lines[i];
    if (line.points.size() == 1) {
      svg += fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" {}/>\n", x.first, y.At(line.points[0].second), x.last,
                         Stroke(i, true));
      continue;
    }
    std::string path;
    for (const auto& [at, value] : line.points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x.At(std::log10(at)), y.At(value));
    svg += fmt::format("<path d=\"{}\" {}/>\n", path, Stroke(i, false));
  }
  return svg;
}

}  // namespace

std::string LinePlot(const std::vector<PlotPanel>& panels, const std::string& x_label) {
  const double width = kWidth * double(panels.size()), height = kHeight + kLegend;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" height=\"{1:g}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{0:g}\" height=\"{1:g}\" fill=\"#ffffff\"/>\n",
      width, height);
  Axis x{0, 0, kLeft, kWidth - kRight};
  for (const PlotPanel& panel : panels)
    for (const PlotLine& line : panel.lines)
      for (const auto& [at, value] : line.points) {
        if (line.points.size() == 1) continue;
        x.low = std::min(x.low, std::log10(at));
        x.high = std::max(x.high, std::log10(at));
      }
  for (size_t i = 0; i < panels.size(); ++i)
    svg +=
        fmt::format("<g transform=\"translate({:g} 0)\">\n{}</g>\n", kWidth * double(i), Panel(panels[i], x, x_label));
  const std::vector<PlotLine>& lines = panels.at(0).lines;
  const double room = (width - kLeft) / double(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    const double left = kLeft + room * double(i), y = kHeight + 0.5 * kLegend;
    svg += fmt::format("<path d=\"M{:.1f} {:.1f}h24\" {}/>\n", left, y, Stroke(i, lines[i].points.size() == 1));
    svg += Text(left + 30, y + 4, "start", lines[i].name);
  }
  return svg + "</svg>\n";
}

}  // namespace sanerf
