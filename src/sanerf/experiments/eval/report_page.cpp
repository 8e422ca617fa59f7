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
main img { cursor: zoom-in; }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 12px; }
figure { margin: 0; } figcaption { font-size: 12px; color: var(--soft); max-width: 260px; }
figure img { height: 200px; max-width: 100%; display: block; border-radius: 6px; background: #111; }
figure img.cutout { background: repeating-conic-gradient(#9993 0 25%, #fff0 0 50%) 0 0 / 16px 16px; }
.turntable img { display: none; } .turntable img.now { display: block; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; overflow-x: auto; font-size: 13px; }
dialog { border: 0; padding: 0; background: #111; color: #e8eaee; border-radius: 8px; } dialog::backdrop { background: #000c; }
dialog img { display: block; width: min(94vw, calc(86vh * var(--shape, 1))); cursor: zoom-out; } dialog p { margin: 6px 12px; color: inherit; font-size: 13px; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
)";

// A click enlarges a picture, another one or Escape closes it. Turntables turn while nobody points at them, and stand
// still for those who ask their system for less movement.
constexpr const char* kScript = R"(
const dialog = document.querySelector('dialog'), large = dialog.querySelector('img');
document.querySelector('main').addEventListener('click', event => {
  const small = event.target;
  if (small.tagName !== 'IMG') return;
  large.src = small.src;
  large.alt = dialog.querySelector('p').textContent = small.alt;
  large.style.setProperty('--shape', small.naturalWidth / small.naturalHeight);
  dialog.showModal();
});
dialog.addEventListener('click', () => dialog.close());
if (!matchMedia('(prefers-reduced-motion: reduce)').matches) setInterval(() => {
  for (const table of document.querySelectorAll('.turntable:not(:hover)')) {
    const frames = [...table.querySelectorAll('img')], now = frames.findIndex(frame => frame.classList.contains('now'));
    frames[now].classList.remove('now');
    frames[(now + 1) % frames.length].classList.add('now');
  }
}, 150);
)";

std::string Picture(const ReportPicture& picture, const std::string& caption, const std::string& style = "") {
  if (picture.image.empty()) return "<span class=\"none\">none</span>";
  const std::string bytes = picture.is_photo ? EncodeJpeg(picture.image, 88) : EncodePng(picture.image);
  return fmt::format("<img{} alt=\"{}\" src=\"data:image/{};base64,{}\">",
                     style.empty() ? "" : fmt::format(" class=\"{}\"", style), EscapeHtml(caption),
                     picture.is_photo ? "jpeg" : "png", Base64(bytes));
}

std::string Figures(const ReportObject& object) {
  if (object.figures.empty() && object.turntable.empty()) return "";
  std::string html = "<div class=\"figures\">\n";
  const auto caption = [](const std::string& text) { return "<figcaption>" + EscapeHtml(text) + "</figcaption>"; };
  for (const ReportFigure& figure : object.figures) {
    const bool is_cutout = figure.picture.image.channels == 4;
    html += "<figure>" + Picture(figure.picture, object.name + ": " + figure.caption, is_cutout ? "cutout" : "") +
            caption(figure.caption) + "</figure>\n";
  }
  if (!object.turntable.empty()) {
    html += "<figure class=\"turntable\">";
    for (size_t i = 0; i < object.turntable.size(); ++i)
      html +=
          Picture(object.turntable[i], fmt::format("{}: frame {} of a turn", object.name, i + 1), i == 0 ? "now" : "");
    html += caption("once around") + "</figure>\n";
  }
  return html + "</div>\n";
}

std::string Commands(const std::vector<std::pair<std::string, std::string>>& commands) {
  if (commands.empty()) return "";
  std::string html = "<h2>Once more</h2>\n<pre>";
  for (const auto& [what, command] : commands) html += EscapeHtml("# " + what + "\n" + command + "\n");
  return html + "</pre>\n";
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
    html += Figures(object);
    if (!object.rows.empty()) html += PictureTable(object, page.columns);
  }
  html += Commands(page.commands);
  html +=
      fmt::format("<footer>{}</footer>\n</main>\n<dialog><img alt=\"\"><p></p></dialog>\n", EscapeHtml(page.footer));
  return html + "<script>" + kScript + "</script>\n</body>\n</html>\n";
}

}  // namespace sanerf::experiments
