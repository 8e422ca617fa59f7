#include "sanerf/viewer/desk/desk_journal.h"

#include <optional>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/viewer/desk/journal.h"

namespace sanerf::viewer {
namespace {

constexpr char kJournalName[] = "window.json";

}  // namespace

DeskJournal::DeskJournal(std::filesystem::path run, DeskState& state, WorkList& work)
    : run_(std::move(run)), state_(state), work_(work) {
  auto [journal, may_be_replaced] = ReadJournal(run_ / kJournalName, state_.scene, work_);
  may_write_ = may_be_replaced;
  if (!journal) return;
  const std::lock_guard lock(state_.mutex);
  state_.edits = segmentation::PromptEdits(std::move(journal->history));
  state_.looks = std::move(journal->looks);
  state_.in_run.prints = std::move(journal->stored);
  // What was said last may not have come as far as the run.
  state_.wants_field = true;
  state_.is_stored = false;
}

void DeskJournal::Write() {
  const std::lock_guard journal_lock(mutex_);  // the last one written is the last one said
  const bool has_run = run::RunFolder::Exists(run_);
  if (!has_run && had_run_)
    work_.Message(MessageKind::kError, "the prompts are not kept", "the run " + run_.string() + " is gone",
                  "put the folder back where it was");
  had_run_ |= has_run;
  if (!has_run || !may_write_) return;  // a run comes with the training
  Journal journal;
  {
    const std::lock_guard lock(state_.mutex);
    journal = {state_.edits.history(), state_.looks, state_.in_run.prints};
    is_written_ = true;
  }
  try {
    WriteJournal(run_ / kJournalName, journal);
  } catch (const Error& error) {
    work_.Message(MessageKind::kWarning, "the prompts are not kept", error.what(), error.hint());
  }
}

void DeskJournal::WriteChanges() {
  {
    const std::lock_guard lock(state_.mutex);
    if (is_written_) return;
  }
  Write();
}

}  // namespace sanerf::viewer
