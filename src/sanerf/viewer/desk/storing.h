// From the desk into the run: what the run has as it is now, and how it gets the rest.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/viewer/desk/desk_journal.h"
#include "sanerf/viewer/desk/desk_room.h"
#include "sanerf/viewer/desk/desk_state.h"

namespace sanerf::viewer {

// ---- Under the state's lock.
// The run has the object as it is now.
bool IsKept(const std::string& object, const DeskState& state);
// Why it does not have one, and what to do about that.
std::pair<std::string, std::string> WhyNotKept(const DeskState& state);
// Throws NotNow unless all of them are kept.
void CheckKept(const std::vector<std::string>& objects, const DeskState& state);
// Has the field stored as far as it has come. False: there is nothing to do. Throws NotNow when there is no field yet.
bool AskToStore(DeskState* state);

// The field and its objects, unless an edit was faster. log: of its steps. Throws what room.store throws; the state
// says then that it was not stored.
void StoreAnswer(const DeskRoom& room, const std::filesystem::path& log, DeskState& state, DeskJournal& journal,
                 const Job& job);

}  // namespace sanerf::viewer
