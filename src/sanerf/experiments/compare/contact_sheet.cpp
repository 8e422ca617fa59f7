#include "sanerf/experiments/compare/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/pixel_window.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/compare/compare_tables.h"
#include "sanerf/experiments/compare/pixel_text.h"
#include "sanerf/experiments/crop.h"
#include "sanerf/experiments/eval/report_page.h"
#include "sanerf/export/layers.h"
#include "sanerf/scene/mask_files.h"

namespace sanerf::experiments {
namespace {

constexpr int kCell = 240;  // side of a picture on the sheet
constexpr int kGap = 6, kScale = 2, kLine = TextHeight(kScale) + 2 * kGap;
constexpr TextStyle kInk{kScale, {28, 30, 36}}, kSoft{kScale, {100, 107, 120}};

// At the sheet's size before the veil is drawn: contours stay one pixel wide.
ImageU8 OverlayInCell(const ImageF& photo, const ImageU8& mask, const PixelWindow& crop) {
  const int longest = std::max(crop.width(), crop.height());
  const int width = std::max(1, crop.width() * kCell / longest), height = std::max(1, crop.height() * kCell / longest);
  return exports::Overlay(Resize(Cut(photo, crop), width, height), ResizeNearest(Cut(mask, crop), width, height));
}

SheetRow RowOf(const CompareResult& result, size_t object, const scene::View& view, const ImageU8& truth) {
  const float white[3] = {1, 1, 1};
  const ImageF photo = CompositeOver(LoadViewImage(view), white);
  const PixelWindow crop = CropAround(truth);
  SheetRow row{fmt::format("{}, {}", result.objects[object], view.name), {}};
  row.cells.push_back({OverlayInCell(photo, ImageU8(truth.width, truth.height, 1), crop), ""});
  row.cells.push_back({OverlayInCell(photo, truth, crop), ""});
  for (const MethodResult& method : result.methods) {
    if (method.runs.empty()) continue;
    const auto& views = method.runs[0].objects[object].views;
    const auto score = std::find_if(views.begin(), views.end(), [&](const auto& v) { return v.first == view.name; });
    const ImageU8 mask =
        ReadImage(MaskPath(MaskFolder(result.folder, method.method), result.objects[object], view.name));
    row.cells.push_back({OverlayInCell(photo, mask, crop), fmt::format("{:.2f}", 100 * score->second.Iou())});
  }
  return row;
}

}  // namespace

std::vector<size_t> TellingViews(const std::vector<MethodResult>& methods, size_t object,
                                 const std::function<int64_t(size_t view)>& true_pixels) {
  const auto with_runs = std::find_if(methods.begin(), methods.end(), [](const auto& m) { return !m.runs.empty(); });
  if (with_runs == methods.end()) return {};
  const size_t num_views = with_runs->runs[0].objects[object].views.size();
  size_t largest = 0, farthest = 0;
  int64_t most = -1;
  double widest = -1;
  for (size_t v = 0; v < num_views; ++v) {
    const int64_t pixels = true_pixels(v);
    if (pixels > most) most = pixels, largest = v;
    if (pixels == 0) continue;  // where nothing is to be seen there is nothing to look at
    double low = 1, high = 0;
    for (const MethodResult& method : methods) {
      if (method.runs.empty()) continue;
      const double iou = method.runs[0].objects[object].views[v].second.Iou();
      low = std::min(low, iou), high = std::max(high, iou);
    }
    if (high - low > widest) widest = high - low, farthest = v;
  }
  if (num_views == 0 || most <= 0) return {};
  const std::set<size_t> chosen = {largest, farthest};
  return {chosen.begin(), chosen.end()};
}

std::filesystem::path MaskFolder(const std::filesystem::path& out, const std::string& method) {
  return out / "masks" / method;
}

std::filesystem::path MaskPath(const std::filesystem::path& folder, const std::string& object,
                               const std::string& view) {
  return folder / object / (scene::FlatName(view) + ".png");
}

ContactSheet MakeContactSheet(
    const CompareResult& result, const scene::Scene& scene,
    const std::function<std::optional<ImageU8>(const scene::View&, size_t object)>& truth_of) {
  ContactSheet sheet;
  sheet.columns = {"photo", "truth"};
  const MethodResult* any = nullptr;
  for (const MethodResult& method : result.methods) {
    if (method.runs.empty()) continue;
    sheet.columns.push_back(method.title);
    any = &method;
  }
  for (size_t o = 0; o < result.objects.size() && any != nullptr; ++o) {
    const auto& views = any->runs[0].objects[o].views;
    const auto truth_in = [&](size_t v) { return *truth_of(scene.views[size_t(scene.FindView(views[v].first))], o); };
    const auto true_pixels = [&](size_t v) {
      const ImageU8 truth = truth_in(v);
      return int64_t(std::count_if(truth.data.begin(), truth.data.end(), [](uint8_t value) { return value != 0; }));
    };
    for (const size_t v : TellingViews(result.methods, o, true_pixels))
      sheet.rows.push_back(RowOf(result, o, scene.views[size_t(scene.FindView(views[v].first))], truth_in(v)));
  }
  return sheet;
}

ImageU8 ToPicture(const ContactSheet& sheet) {
  const int columns = int(sheet.columns.size()), rows = int(sheet.rows.size());
  ImageU8 picture(std::max(1, columns) * (kCell + kGap) + kGap, kLine + rows * (kCell + 2 * kLine) + kGap, 3, 255);
  const auto left = [](size_t column) { return kGap + int(column) * (kCell + kGap); };
  for (size_t c = 0; c < sheet.columns.size(); ++c)
    DrawText(FittingText(sheet.columns[c], kCell, kScale), left(c), kGap, kInk, &picture);
  int y = kLine;
  for (const SheetRow& row : sheet.rows) {
    DrawText(FittingText(row.title, picture.width - 2 * kGap, kScale), kGap, y + kGap, kSoft, &picture);
    y += kLine;
    for (size_t c = 0; c < row.cells.size(); ++c) {
      if (!row.cells[c].picture.empty()) Paste(row.cells[c].picture, left(c), y, &picture);
      DrawText(FittingText(row.cells[c].caption, kCell, kScale), left(c), y + kCell + kGap, kInk, &picture);
    }
    y += kCell + kLine;
  }
  return picture;
}

std::string ToHtml(const ContactSheet& sheet, const CompareResult& result) {
  ReportPage page;
  page.title = fmt::format("Comparison on {}", result.scene);
  page.subtitle = fmt::format(
      "{}, {}, {}. The same radiance field and prompts for all.", Counted(int64_t(result.methods.size()), "method"),
      Counted(int64_t(result.objects.size()), "object"), Counted(int64_t(result.views.size()), "held-out view"));
  for (const MethodResult& method : result.methods)
    if (!method.runs.empty()) page.facts.emplace_back(fmt::format("{:.2f} %", 100 * method.Means().iou), method.title);
  page.scores = ScoreTable(result).cells;
  page.columns = sheet.columns;
  ReportObject pictures{
      "Views", "Where each object is largest, and where the methods differ most. Below a picture: its IoU.", {}};
  for (const SheetRow& row : sheet.rows) {
    ReportRow html{row.title, "", {}};
    for (size_t c = 2; c < row.cells.size(); ++c)
      html.note += fmt::format("{}{} {} %", c > 2 ? ", " : "", sheet.columns[c], row.cells[c].caption);
    for (const SheetCell& cell : row.cells) html.pictures.push_back({cell.picture, true});
    pictures.rows.push_back(std::move(html));
  }
  page.objects = {std::move(pictures)};
  page.footer = fmt::format("sanerf {}, {}", VersionString(), FormatDuration(result.seconds));
  return ToHtml(page);
}

}  // namespace sanerf::experiments
