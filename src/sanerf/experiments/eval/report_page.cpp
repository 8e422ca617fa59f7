#include "sanerf/experiments/eval/report_page.h"

#include <fmt/format.h>

#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"

namespace sanerf::experiments {
namespace {

std::string EscapeHtml(const std::string& text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #1c1e24; --soft: #646b78; --paper: #f6f7f9; --card: #fff; --line: #e3e6eb; --accent: #d9480f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #98a0ae; --paper: #14161a; --card: #1d2026; --line: #30343c; --accent: #ff8a50; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1500px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 28px; margin: 0; } h2 { font-size: 20px; margin: 40px 0 4px; }
p { margin: 4px 0 16px; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 20px; min-width: 130px; }
.fact b { display: block; font-size: 24px; color: var(--accent); } .fact span { color: var(--soft); font-size: 13px; }
.tables { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
table.numbers { border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
table.numbers td, table.numbers th { padding: 7px 16px; text-align: right; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
table.numbers th { border-top: 0; color: var(--soft); font-weight: 600; font-size: 13px; }
table.numbers td:first-child, table.numbers th:first-child { text-align: left; }
.scroll { overflow-x: auto; }
table.pictures { border-spacing: 6px; width: 100%; table-layout: fixed; min-width: 980px; }
table.pictures th { font-size: 13px; color: var(--soft); font-weight: 600; text-align: left; }
table.pictures td { vertical-align: top; padding: 0; }
table.pictures img { width: 100%; display: block; border-radius: 6px; background: #111; }
table.pictures td.view { width: 110px; font-size: 12px; color: var(--soft); overflow-wrap: anywhere; } td.view b { color: var(--ink); display: block; }
table.pictures th:first-child { width: 110px; }
.none { color: var(--soft); font-size: 12px; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
)";

std::string Picture(const ReportPicture& picture, const std::string& caption) {
  if (picture.image.empty()) return "<span class=\"none\">none</span>";
  const std::string bytes = picture.is_photo ? EncodeJpeg(picture.image, 88) : EncodePng(picture.image);
  return fmt::format("<img alt=\"{}\" src=\"data:image/{};base64,{}\">", EscapeHtml(caption),
                     picture.is_photo ? "jpeg" : "png", Base64(bytes));
}

std::string NumberTable(const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return "";
  std::string html = "<table class=\"numbers\">\n";
  for (size_t i = 0; i < rows.size(); ++i) {
    const char* tag = i == 0 ? "th" : "td";
    html += "<tr>";
    for (const std::string& cell : rows[i]) html += fmt::format("<{0}>{1}</{0}>", tag, EscapeHtml(cell));
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

std::string PictureTable(const ReportObject& object, const std::vector<std::string>& columns) {
  std::string html = "<div class=\"scroll\"><table class=\"pictures\">\n<tr><th>view</th>";
  for (const std::string& column : columns) html += "<th>" + EscapeHtml(column) + "</th>";
  html += "</tr>\n";
  for (const ReportRow& row : object.rows) {
    html += fmt::format("<tr><td class=\"view\"><b>{}</b>{}</td>", EscapeHtml(row.view), EscapeHtml(row.note));
    for (size_t i = 0; i < row.pictures.size(); ++i)
      html += "<td>" + Picture(row.pictures[i], columns[i] + " of " + row.view) + "</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

}  // namespace

std::string ToHtml(const ReportPage& page) {
  std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body><main>\n", EscapeHtml(page.title), kStyle);
  html +=
      fmt::format("<h1>{}</h1>\n<p>{}</p>\n<div class=\"facts\">\n", EscapeHtml(page.title), EscapeHtml(page.subtitle));
  for (const auto& [value, caption] : page.facts) {
    html += fmt::format("<div class=\"fact\"><b>{}</b><span>{}</span></div>\n", EscapeHtml(value), EscapeHtml(caption));
  }
  html += "</div>\n<div class=\"tables\">\n" + NumberTable(page.scores) + NumberTable(page.timings) + "</div>\n";
  for (const ReportObject& object : page.objects) {
    html += fmt::format("<h2>{}</h2>\n<p>{}</p>\n", EscapeHtml(object.name), EscapeHtml(object.summary));
    html += PictureTable(object, page.columns);
  }
  return html + fmt::format("<footer>{}</footer>\n</main></body>\n</html>\n", EscapeHtml(page.footer));
}

}  // namespace sanerf::experiments
