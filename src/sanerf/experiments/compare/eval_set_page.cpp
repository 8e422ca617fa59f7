#include "sanerf/experiments/compare/eval_set_page.h"

#include <fmt/format.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/compare/compare_tables.h"
#include "sanerf/experiments/eval/report_page.h"

namespace sanerf::experiments {
namespace {

constexpr int kWidestSheet = 1600;  // pixels

ReportObject SheetOf(const CompareResult& scene) {
  ReportObject sheet{scene.scene,
                     fmt::format("{}, {}, {}; {}", Counted(int64_t(scene.methods.size()), "method"),
                                 Counted(int64_t(scene.objects.size()), "object"),
                                 Counted(int64_t(scene.views.size()), "held-out view"), FormatDuration(scene.seconds)),
                     {}};
  try {
    ImageU8 picture = ToRgb(ReadImage(scene.folder / "sheet.png"));
    if (picture.width > kWidestSheet)
      picture = Resize(picture, kWidestSheet, int(int64_t{picture.height} * kWidestSheet / picture.width));
    sheet.figures.push_back({"each object where it is largest, and where the methods differ most", {picture}});
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error&) {  // the table says the same in numbers
  }
  return sheet;
}

}  // namespace

std::string ToHtml(const EvalSetPage& page) {
  ReportPage report;
  report.title = "sanerf · " + page.name;
  report.subtitle = fmt::format("{}, {}", Counted(int64_t(page.scenes.size()), "scene"), FormatDuration(page.seconds));
  for (const auto& [scene, why] : page.failed) report.subtitle += fmt::format(" · {} failed: {}", scene, why);
  const TextTable table = SceneTable(page.scenes);
  report.scores = table.cells;
  report.versions = {{"made with", ""}, {"this page", "sanerf " + VersionString()}, {"processor", CpuModelName()}};
  for (const CompareResult& scene : page.scenes) report.objects.push_back(SheetOf(scene));
  report.commands = {{"the benchmark", page.command}};
  report.footer = "Accuracy and mean IoU in percent.";
  for (const std::string& note : table.notes) report.footer += " " + note;
  return ToHtml(report);
}

}  // namespace sanerf::experiments
