// The HTML of the report: data in, text out.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/image.h"

namespace sanerf::experiments {

struct ReportPicture {
  ImageU8 image;         // empty = not available
  bool is_photo = true;  // JPEG, else PNG
};
struct ReportRow {
  std::string view, note;               // "test/003.png", "IoU 97.1 %"
  std::vector<ReportPicture> pictures;  // one per column
};
struct ReportFigure {
  std::string caption;
  ReportPicture picture;
};
struct ReportObject {
  std::string name, summary;
  std::vector<ReportRow> rows;
  std::vector<ReportFigure> figures = {};     // above the rows
  std::vector<ReportPicture> turntable = {};  // frames once around the object, shown one after the other
};
// How something came along while it was trained.
struct ReportCurve {
  std::string title, unit;                        // "radiance field: PSNR of the training photos", "dB"
  std::vector<std::pair<double, double>> points;  // step, value; one alone is not shown
};
struct ReportPage {
  std::string title, subtitle;
  std::vector<std::pair<std::string, std::string>> facts;  // the tiles on top: value, caption
  std::vector<std::vector<std::string>> scores;            // first row = header
  std::vector<std::vector<std::string>> timings;           // first row = header; may be empty
  std::vector<std::vector<std::string>> versions = {};     // as timings
  std::vector<ReportCurve> curves = {};
  std::vector<std::string> columns;  // of the pictures
  std::vector<ReportObject> objects;
  std::vector<std::pair<std::string, std::string>> commands = {};  // to do it again: what it does, command
  std::string footer;
};

// One file that asks nothing of a network: pictures, style and script are inside. A click on a picture, or Enter,
// enlarges it. Its text is web/report/report.html.
std::string ToHtml(const ReportPage& page);

}  // namespace sanerf::experiments
