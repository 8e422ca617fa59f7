#include "sanerf/viewer/commands.h"

#include <fmt/format.h>

#include "sanerf/core/json.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/pipeline/flags_for.h"

namespace sanerf::viewer {

using mask_decoder::ObjectPrompt;
using mask_decoder::ViewUse;

namespace {

const char* Sign(int label) { return label == 1 ? "" : ":neg"; }

std::string CandidateOf(const mask_decoder::ClickPrompt& click) {
  return click.candidate < 0 ? "" : fmt::format(":mask{}", click.candidate);
}

std::string CommandFor(const std::string& run, const ObjectPrompt& object) {
  std::string command = fmt::format("sanerf segment {} --name {}", ShellQuoted(run), ShellQuoted(object.name));
  // With = where a value may begin with a minus.
  for (const auto& point : object.points)
    command += " --point=" + ShellQuoted(fmt::format("{:.9g},{:.9g},{:.9g}{}", point.p.x(), point.p.y(), point.p.z(),
                                                     Sign(point.label)));
  for (const auto& click : object.clicks)
    command += " --click " + ShellQuoted(fmt::format("{}:{:.9g},{:.9g}{}{}", click.view, click.xy.x(), click.xy.y(),
                                                     Sign(click.label), CandidateOf(click)));
  for (const auto& box : object.boxes)
    command += " --box " +
               ShellQuoted(fmt::format("{}:{:.9g},{:.9g},{:.9g},{:.9g}", box.view, box.x0, box.y0, box.x1, box.y1));
  if (object.min_visible > 0) command += fmt::format(" --min-visible {}", object.min_visible);
  if (object.instance >= 0) command += fmt::format(" --instance {}", object.instance);
  return command;
}

}  // namespace

StageFlags StageFlagsOf(const pipeline::Settings& settings) {
  const Json options = pipeline::ToJson(settings);
  return {pipeline::FlagsFor(options, {"encode"}), pipeline::FlagsFor(options, {"masks", "segment", "object"}),
          pipeline::FlagsFor(options, {"masks", "segment", "object", "text"}),
          pipeline::FlagsFor(options, {"masks", "segment", "object", "auto"})};
}

std::string SegmentCommand(const std::filesystem::path& run, const std::vector<segmentation::EditedObject>& objects,
                           const std::string& flags) {
  std::string commands;
  for (const segmentation::EditedObject& object : objects) {
    const ObjectPrompt prompt = object.AsPrompt();
    if (mask_decoder::WhyUnusable(prompt)) continue;
    const bool is_first = commands.empty();
    commands += (is_first ? "" : " && ") + CommandFor(run.string(), prompt);
    for (const auto& [view, use] : object.uses)
      commands += (use == ViewUse::kNever ? " --drop " : " --keep ") + ShellQuoted(view);
    commands += (is_first ? "" : " --add") + flags;
  }
  return commands;
}

std::string FindCommand(const std::filesystem::path& run, const std::string& words, bool has_objects,
                        const StageFlags& flags) {
  const std::string segment = "sanerf segment " + ShellQuoted(run.string());
  if (words.empty()) return segment + " --auto" + flags.everything;
  return segment + " --text " + ShellQuoted(words) + (has_objects ? " --add" : "") + flags.text;
}

}  // namespace sanerf::viewer
