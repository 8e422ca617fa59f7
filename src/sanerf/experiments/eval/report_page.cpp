#include "sanerf/experiments/eval/report_page.h"

#include <fmt/format.h>

#include "sanerf/core/byte_text.h"
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
:root { color-scheme: light dark; --ink: #1c1e24; --soft: #646b78; --paper: #f6f7f9; --card: #fff; --line: #e3e6eb; --accent: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #98a0ae; --paper: #14161a; --card: #1d2026; --line: #30343c; --accent: #ff8a50; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 2000px; margin: 0 auto; padding: 32px clamp(12px, 3vw, 24px) 64px; overflow-wrap: anywhere; }
h1 { font-size: 28px; margin: 0; } h2 { font-size: 20px; margin: 40px 0 4px; }
p { margin: 4px 0 16px; color: var(--soft); max-width: 100ch; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.facts { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 20px; min-width: 130px; }
.fact b { display: block; font-size: 24px; color: var(--accent); } .fact span { color: var(--soft); font-size: 13px; }
.tables { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; } .tables > * { max-width: 100%; }
table.numbers { border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
table.numbers td, table.numbers th { padding: 7px 16px; text-align: right; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; white-space: nowrap; }
table.numbers th[scope=col] { border-top: 0; color: var(--soft); font-weight: 600; font-size: 13px; }
table.numbers th[scope=row] { font-weight: 400; }
table.numbers th:first-child { text-align: left; }
.scroll { overflow-x: auto; padding: 5px; margin: -5px; }
table.pictures { border-spacing: 6px; width: 100%; table-layout: fixed; min-width: 980px; }
table.pictures th { font-size: 13px; color: var(--soft); font-weight: 600; text-align: left; vertical-align: top; }
table.pictures td { vertical-align: top; padding: 0; }
table.pictures tr > :first-child { width: 110px; position: sticky; left: 0; z-index: 1; background: var(--paper); }
table.pictures th[scope=row] { font-size: 12px; font-weight: 400; padding: 0; } th[scope=row] b { color: var(--ink); display: block; }
img { display: block; border-radius: 6px; background: #111; }
img.cutout { background: repeating-conic-gradient(#9993 0 25%, #fff0 0 50%) 0 0 / 16px 16px var(--paper); }
.zoom { display: block; max-width: 100%; border: 0; padding: 0; border-radius: 6px; background: none; cursor: zoom-in; }
table.pictures .zoom, table.pictures img { width: 100%; }
.none { color: var(--soft); font-size: 12px; }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 12px; }
figure { margin: 0; max-width: 100%; } figcaption { font-size: 12px; color: var(--soft); max-width: 260px; }
figure img { height: 200px; max-width: 100%; object-fit: contain; }
.turntable img { display: none; } .turntable img.now { display: block; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; white-space: pre-wrap; font-size: 13px; }
dialog { border: 0; padding: 0; background: #111; color: #e8eaee; border-radius: 8px; cursor: zoom-out; } dialog::backdrop { background: #000c; }
dialog img { width: min(94vw, calc(84vh * var(--shape, 1))); border-radius: 0; }
dialog div { display: flex; gap: 12px; align-items: center; margin: 6px 12px; } dialog p { flex: 1; margin: 0; color: inherit; font-size: 13px; }
dialog button { font: inherit; font-size: 13px; color: inherit; background: #30343c; border: 0; border-radius: 6px; padding: 4px 12px; cursor: pointer; }
dialog button:focus-visible { outline-color: #ff8a50; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
)";

// A click or Enter enlarges a picture; Escape, Enter or another click closes it. Turntables turn while nobody looks
// into them with mouse or keyboard, and stand still for those who ask their system for less movement.
constexpr const char* kScript = R"(
const dialog = document.querySelector('dialog'), caption = dialog.querySelector('p'), large = new Image();
document.querySelector('main').addEventListener('click', event => {
  const zoom = event.target.closest('.zoom');
  if (!zoom) return;
  const small = zoom.querySelector('.now') ?? zoom.querySelector('img');
  large.src = small.src;
  large.alt = caption.textContent = small.alt;
  large.className = small.className;
  large.style.setProperty('--shape', small.naturalWidth / small.naturalHeight);
  dialog.prepend(large);
  dialog.showModal();
});
dialog.addEventListener('click', () => dialog.close());
if (!matchMedia('(prefers-reduced-motion: reduce)').matches) setInterval(() => {
  const focused = document.querySelector(':focus-visible');
  for (const table of document.querySelectorAll('.turntable:not(:hover)')) {
    if (table.contains(focused)) continue;
    const frames = [...table.querySelectorAll('img')], now = frames.findIndex(frame => frame.classList.contains('now'));
    frames[now].classList.remove('now');
    frames[(now + 1) % frames.length].classList.add('now');
  }
}, 150);
)";

// Whatever a picture's name holds, the page asks nothing of a network.
constexpr const char* kPolicy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

std::string Picture(const ReportPicture& picture, const std::string& caption, const std::string& style = "") {
  const std::string bytes = picture.is_photo ? EncodeJpeg(picture.image, 88) : EncodePng(picture.image);
  return fmt::format("<img{} alt=\"{}\" src=\"data:image/{};base64,{}\">",
                     style.empty() ? "" : fmt::format(" class=\"{}\"", style), EscapeHtml(caption),
                     picture.is_photo ? "jpeg" : "png", Base64(bytes));
}

// What a click or the keyboard enlarges.
std::string Zoom(const std::string& pictures) {
  return "<button type=\"button\" class=\"zoom\">" + pictures + "</button>";
}

std::string Figures(const ReportObject& object) {
  if (object.figures.empty() && object.turntable.empty()) return "";
  std::string html = "<div class=\"figures\">\n";
  const auto caption = [](const std::string& text) { return "<figcaption>" + EscapeHtml(text) + "</figcaption>"; };
  for (const ReportFigure& figure : object.figures) {
    const bool is_cutout = figure.picture.image.channels == 4;
    html += "<figure>" + Zoom(Picture(figure.picture, object.name + ": " + figure.caption, is_cutout ? "cutout" : "")) +
            caption(figure.caption) + "</figure>\n";
  }
  if (!object.turntable.empty()) {
    std::string frames;
    for (size_t i = 0; i < object.turntable.size(); ++i)
      frames +=
          Picture(object.turntable[i], fmt::format("{}: frame {} of a turn", object.name, i + 1), i == 0 ? "now" : "");
    html += "<figure class=\"turntable\">" + Zoom(frames) + caption("once around") + "</figure>\n";
  }
  return html + "</div>\n";
}

std::string Commands(const std::vector<std::pair<std::string, std::string>>& commands) {
  if (commands.empty()) return "";
  std::string html = "<h2>Commands to repeat it</h2>\n<pre>";
  for (const auto& [what, command] : commands) html += EscapeHtml("# " + what + "\n" + command + "\n");
  return html + "</pre>\n";
}

// tabindex: who has no mouse scrolls it with the arrow keys.
std::string NumberTable(const std::vector<std::vector<std::string>>& rows, const std::string& about) {
  if (rows.empty()) return "";
  std::string html = fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">", about);
  html += "<table class=\"numbers\">\n";
  for (size_t i = 0; i < rows.size(); ++i) {
    html += "<tr>";
    for (size_t k = 0; k < rows[i].size(); ++k)
      html += fmt::format("<{}>{}</{}>",
                          i == 0   ? "th scope=\"col\""
                          : k == 0 ? "th scope=\"row\""
                                   : "td",
                          EscapeHtml(rows[i][k]), i == 0 || k == 0 ? "th" : "td");
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string PictureTable(const ReportObject& object, const std::vector<std::string>& columns) {
  std::string html = "<div class=\"scroll\"><table class=\"pictures\">\n<tr><th scope=\"col\">view</th>";
  for (const std::string& column : columns) html += "<th scope=\"col\">" + EscapeHtml(column) + "</th>";
  html += "</tr>\n";
  for (const ReportRow& row : object.rows) {
    html += fmt::format("<tr><th scope=\"row\"><b>{}</b>{}</th>", EscapeHtml(row.view), EscapeHtml(row.note));
    for (size_t i = 0; i < row.pictures.size(); ++i) {
      const ReportPicture& picture = row.pictures[i];
      html += picture.image.empty()
                  ? "<td class=\"none\">none</td>"
                  : "<td>" + Zoom(Picture(picture, object.name + ": " + columns[i] + ", " + row.view)) + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

}  // namespace

std::string ToHtml(const ReportPage& page) {
  std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", kPolicy);
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += "<link rel=\"icon\" href=\"data:,\">\n";  // a browser asks for one otherwise
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body><main>\n", EscapeHtml(page.title), kStyle);
  html +=
      fmt::format("<h1>{}</h1>\n<p>{}</p>\n<div class=\"facts\">\n", EscapeHtml(page.title), EscapeHtml(page.subtitle));
  for (const auto& [value, caption] : page.facts) {
    html += fmt::format("<div class=\"fact\"><b>{}</b><span>{}</span></div>\n", EscapeHtml(value), EscapeHtml(caption));
  }
  html += "</div>\n<div class=\"tables\">\n" + NumberTable(page.scores, "scores") + NumberTable(page.timings, "times") +
          "</div>\n";
  for (const ReportObject& object : page.objects) {
    html += fmt::format("<h2>{}</h2>\n<p>{}</p>\n", EscapeHtml(object.name), EscapeHtml(object.summary));
    html += Figures(object);
    if (!object.rows.empty()) html += PictureTable(object, page.columns);
  }
  html += Commands(page.commands);
  html += fmt::format("<footer>{}</footer>\n</main>\n", EscapeHtml(page.footer));
  html += "<dialog aria-label=\"enlarged picture\"><div><p></p><button type=\"button\">Close</button></div></dialog>\n";
  return html + "<script>" + kScript + "</script>\n</body>\n</html>\n";
}

}  // namespace sanerf::experiments
