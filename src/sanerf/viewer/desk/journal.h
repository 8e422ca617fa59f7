// RUN/window.json: what the user has said in the window, with all that can be undone, so that a server that starts
// again goes on from there.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/prompt_edits.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

// How an object looks in the window; not part of the history.
struct ObjectDisplay {
  int color = 0;  // see colors.h
  bool visible = true, solo = false;
};

struct Journal {
  segmentation::EditHistory history;  // without masks
  std::map<segmentation::ObjectId, ObjectDisplay> looks;
  // By name: what the run's object of that name is, as PrintOf says it, so far as the window has made it or knows of
  // it. Several while it is being stored. An object that is another was changed by somebody else.
  std::map<std::string, std::set<std::string>> stored;
};

// Tells objects of other prompts, or of other choices of views, apart.
std::string PrintOf(const mask_decoder::ObjectPrompt& prompt, const mask_decoder::DecodedObject& masks);

// Atomic. Throws Error when it cannot be written.
void WriteJournal(const std::filesystem::path& file, const Journal& journal);

struct JournalRead {
  std::optional<Journal> journal;  // none when there is none, or none that can be used
  bool may_be_replaced = true;     // false: one that could not be set aside is there, and is not to be written over
};

// One that cannot be read, contradicts itself or speaks of photos that the scene does not have is renamed to
// window.json.damaged with a message: it is no reason not to begin.
JournalRead ReadJournal(const std::filesystem::path& file, const scene::Scene& scene, WorkList& work);

}  // namespace sanerf::viewer
