// What a training's log (core/step_log.h) has to show, as curves of a report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/experiments/eval/report_page.h"

namespace sanerf::experiments {

// PSNR of a radiance field, agreement of an object field with its masks. of: what was trained ("mug"). Lines that
// cannot be read are left out; none without a log.
std::vector<ReportCurve> CurvesIn(const std::filesystem::path& log, const std::string& of);

}  // namespace sanerf::experiments
