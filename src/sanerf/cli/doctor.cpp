#include <fmt/format.h>

#include "sanerf/cli/command.h"
#include "sanerf/cli/wrapped_text.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/poses/tools.h"
#include "sanerf/run/diagnose.h"
#include "sanerf/viewer/http/assets.h"

namespace sanerf::cli {
namespace {

// Programs of others; without them everything else works.
run::DoctorRow ToolRow(const std::string& name, const std::string& needed_for, const Job& job) {
  const poses::ToolVersion tool = poses::VersionOf(name, job);
  const std::string found = !tool.present          ? "none (only " + needed_for + " it)"
                            : tool.version.empty() ? "does not say its version"
                                                   : tool.version;
  return {name, found, tool.present && !tool.version.empty(), poses::kSetUp};
}

}  // namespace

void AddDoctor(CommandLine& line) {
  CLI::App* sub = AddCommand(line, "doctor",
                             "this machine: instruction set, threads, memory, models, other programs, writable places",
                             "  sanerf doctor");
  sub->callback([&line] {
    line.run = [&line](const Job& job) {
      Json checks = Json::array();
      std::string text;
      Task task(job, "read the model files");
      std::vector<run::DoctorRow> rows = run::Diagnose();
      rows.push_back({"page of sanerf view", viewer::HasPage() ? "part of the program" : "none", viewer::HasPage(),
                      "run scripts/setup.sh --page, which makes it, and build again"});
      rows.push_back(ToolRow("colmap", "sanerf poses needs", job));
      for (const char* name : {"ffmpeg", "ffprobe"}) rows.push_back(ToolRow(name, "videos need", job));
      for (const run::DoctorRow& row : rows) {
        checks.push_back({{"what", row.what}, {"found", row.found}, {"ok", row.ok}});
        if (!row.ok) checks.back()["hint"] = row.hint;
        text += fmt::format("{}  {:<26}  {}{}\n", row.ok ? "ok   " : "check", row.what, row.found,
                            row.ok ? "" : "  -> " + row.hint);
      }
      task.Finish();
      line.common.json ? PrintJson({{"checks", checks}}) : PrintText(Wrapped(text));
      SuggestNext("sanerf demo", job);
    };
  });
}

}  // namespace sanerf::cli
