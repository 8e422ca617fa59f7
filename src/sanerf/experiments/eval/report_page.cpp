#include "sanerf/experiments/eval/report_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/json.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/text_template.h"
#include "sanerf/experiments/eval/report_template.h"

namespace sanerf::experiments {
namespace {

constexpr int kJpegQuality = 88;
// Of a curve's drawing in the template, and what is left free for its words.
constexpr double kCurveWidth = 420, kCurveHeight = 200, kCurveMargin = 24;

// style: a class of the template's, or none.
Json PictureOf(const ReportPicture& picture, const std::string& alt, const std::string& style = "") {
  if (picture.image.empty()) return {{"bytes", ""}};
  const std::string bytes = picture.is_photo ? EncodeJpeg(picture.image, kJpegQuality) : EncodePng(picture.image);
  return {{"alt", alt}, {"style", style}, {"type", picture.is_photo ? "jpeg" : "png"}, {"bytes", Base64(bytes)}};
}

Json TableOf(const std::string& about, const std::vector<std::vector<std::string>>& cells) {
  Json rows = Json::array();
  for (size_t i = 1; i < cells.size(); ++i)
    if (!cells[i].empty())
      rows.push_back(
          {{"name", cells[i][0]}, {"cells", std::vector<std::string>(cells[i].begin() + 1, cells[i].end())}});
  return {{"about", about}, {"header", cells[0]}, {"rows", rows}};
}

// Its points from the lowest to the highest, in the order of their steps.
Json CurveOf(const ReportCurve& curve) {
  const auto number = [](double value) { return fmt::format("{:.4g}", value); };
  double low = curve.points[0].second, high = low;
  for (const auto& [step, value] : curve.points) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const double last = std::max(1.0, curve.points.back().first), span = std::max(high - low, 1e-12);
  std::string points;
  for (const auto& [step, value] : curve.points)
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", step / last * kCurveWidth,
                          kCurveHeight - kCurveMargin - (value - low) / span * (kCurveHeight - 2 * kCurveMargin));
  return {{"title", curve.title},
          {"unit", curve.unit},
          {"points", points},
          {"first", number(curve.points.front().second)},
          {"last", number(curve.points.back().second)},
          {"low", number(low)},
          {"high", number(high)},
          {"end", fmt::format("step {:.0f}", curve.points.back().first)}};
}

Json ObjectOf(const ReportObject& object, const std::vector<std::string>& columns) {
  Json figures = Json::array(), turntable = Json::array(), rows = Json::array();
  for (const ReportFigure& figure : object.figures) {
    if (figure.picture.image.empty()) continue;
    const bool is_cutout = figure.picture.image.channels == 4;
    figures.push_back(PictureOf(figure.picture, object.name + ": " + figure.caption, is_cutout ? "cutout" : ""));
    figures.back()["caption"] = figure.caption;
  }
  for (size_t i = 0; i < object.turntable.size(); ++i)
    turntable.push_back(
        PictureOf(object.turntable[i], fmt::format("{}: frame {} of a turn", object.name, i + 1), i == 0 ? "now" : ""));
  for (const ReportRow& row : object.rows) {
    Json pictures = Json::array();
    for (size_t i = 0; i < row.pictures.size(); ++i)
      pictures.push_back(PictureOf(row.pictures[i], object.name + ": " + columns[i] + ", " + row.view));
    rows.push_back({{"view", row.view}, {"note", row.note}, {"pictures", std::move(pictures)}});
  }
  return {{"name", object.name},
          {"summary", object.summary},
          {"has_figures", !figures.empty() || !turntable.empty()},
          {"figures", std::move(figures)},
          {"has_turntable", !turntable.empty()},
          {"turntable", std::move(turntable)},
          {"has_rows", !rows.empty()},
          {"columns", columns},
          {"rows", std::move(rows)}};
}

}  // namespace

std::string ToHtml(const ReportPage& page) {
  Json values = {{"title", page.title}, {"subtitle", page.subtitle}, {"footer", page.footer}};
  values["facts"] = Json::array();
  for (const auto& [value, caption] : page.facts) values["facts"].push_back({{"value", value}, {"caption", caption}});
  values["tables"] = Json::array();
  if (!page.scores.empty()) values["tables"].push_back(TableOf("scores", page.scores));
  if (!page.timings.empty()) values["tables"].push_back(TableOf("times", page.timings));
  if (!page.versions.empty()) values["tables"].push_back(TableOf("versions", page.versions));
  values["curves"] = Json::array();
  for (const ReportCurve& curve : page.curves)
    if (curve.points.size() > 1) values["curves"].push_back(CurveOf(curve));
  values["has_curves"] = !values["curves"].empty();
  values["objects"] = Json::array();
  for (const ReportObject& object : page.objects) values["objects"].push_back(ObjectOf(object, page.columns));
  values["commands"] = Json::array();
  for (const auto& [what, command] : page.commands)
    values["commands"].push_back({{"what", what}, {"command", command}});
  values["has_commands"] = !page.commands.empty();
  return Filled(kReportTemplate, values);
}

}  // namespace sanerf::experiments
