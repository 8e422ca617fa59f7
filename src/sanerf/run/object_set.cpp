#include "sanerf/run/object_set.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <tuple>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/temporary.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr int kMaxTries = 100;  // readers; each needs another segmentation that ended just then

fs::path Usual(const fs::path& run) { return run / "objects"; }
fs::path New(const fs::path& run) { return run / ".objects.new"; }
fs::path Old(const fs::path& run) { return run / ".objects.old"; }

// Left in the set by earlier versions that were killed.
bool IsScratch(const fs::path& entry) { return entry.filename() == ".new" || entry.filename() == ".log.jsonl"; }

// A name that cannot be (too long, below a file) does not exist.
bool Exists(const fs::path& path) {
  std::error_code none;
  return fs::exists(fs::symlink_status(path, none));
}

void LinkFolder(const fs::path& from, const fs::path& to) {
  fs::create_directory(to, from);
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const fs::path copy = to / entry.path().filename();
    if (entry.is_symlink()) {
      fs::copy_symlink(entry.path(), copy);
    } else if (entry.is_directory()) {
      LinkFolder(entry.path(), copy);
    } else if (entry.is_regular_file()) {
      LinkOrCopy(entry.path(), copy);
    }
  }
}

void SyncFolders(const fs::path& root) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root))
    if (entry.is_directory() && !entry.is_symlink()) SyncFolder(entry.path());
  SyncFolder(root);
}

// Tells sets apart; renaming one does not change it. The time is for the number of a deleted folder, which may be given
// to the next.
std::tuple<dev_t, ino_t, time_t, long> IdentityOf(const fs::path& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

[[noreturn]] void Fail(const std::string& what, const fs::filesystem_error& error) {
  throw WriteError(what, fmt::format("{}: {}", error.path1().string(), error.code().message()),
                   "check the folder's permissions and free space");
}

}  // namespace

fs::path ObjectsFolder(const fs::path& run) {
  // The second try is for a writer that went through both renames after the first.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (Exists(Usual(run))) return Usual(run);
    if (Exists(Old(run)) && Exists(New(run))) return New(run);
  }
  return Usual(run);
}

void RecoverObjects(const fs::path& run) {
  try {
    const bool is_between = !Exists(Usual(run)) && Exists(Old(run)) && Exists(New(run));
    if (is_between) fs::rename(New(run), Usual(run));
    for (const fs::path& rest : {New(run), Old(run)})
      if (Exists(rest)) fs::remove_all(rest);
  } catch (const fs::filesystem_error& error) {
    Fail("cannot tidy up the objects of " + run.string(), error);
  }
}

void ReadWholeSet(const fs::path& run, const std::function<void(const fs::path&)>& read) {
  for (int tries = 1;; ++tries) {
    const fs::path folder = ObjectsFolder(run);
    const auto before = IdentityOf(folder);
    const auto is_same = [&] { return ObjectsFolder(run) == folder && IdentityOf(folder) == before; };
    try {
      read(folder);
      if (is_same()) return;
    } catch (...) {
      if (is_same()) throw;
    }
    if (tries == kMaxTries)
      throw Error("the objects of " + run.string() + " change faster than they can be read",
                  "another process replaces them again and again", "wait for it or stop it");
  }
}

NewObjectSet::NewObjectSet(fs::path run) : run_(std::move(run)), path_(New(run_)) {
  RecoverObjects(run_);
  try {
    if (fs::is_directory(Usual(run_))) {
      LinkFolder(Usual(run_), path_);
    } else {
      fs::create_directories(path_);
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(path_))
      if (IsScratch(entry.path())) fs::remove_all(entry.path());
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    Fail("cannot write objects into " + run_.string(), error);
  }
}

NewObjectSet::~NewObjectSet() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

void NewObjectSet::Commit() {
  try {
    SyncFolders(path_);
    SyncFolder(run_);
    if (Exists(Usual(run_))) fs::rename(Usual(run_), Old(run_));
    const fs::path complete = std::exchange(path_, fs::path());  // from here on it is the valid set
    fs::rename(complete, Usual(run_));
    SyncFolder(run_);
  } catch (const fs::filesystem_error& error) {
    Fail("cannot replace the objects of " + run_.string(), error);
  }
  std::error_code left_to_the_next;
  fs::remove_all(Old(run_), left_to_the_next);
}

}  // namespace sanerf::run
