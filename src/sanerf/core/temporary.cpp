#include "sanerf/core/temporary.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <mutex>
#include <set>
#include <string_view>

#include "sanerf/core/file_error.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view kSuffix = ".tmp", kReplaced = ".replaced";
constexpr size_t kNumLetters = 6;
constexpr size_t kMaxName = 200;  // of the target in the temporary name: a file system takes 255 bytes in all
constexpr int kAttempts = 100;

fs::path FolderOf(const fs::path& target) { return target.has_parent_path() ? target.parent_path() : fs::path("."); }

fs::path RandomName(const fs::path& target, std::string_view suffix) {
  unsigned char bytes[kNumLetters] = {};
  [[maybe_unused]] const ssize_t got = getrandom(bytes, sizeof bytes, 0);
  std::string letters;
  for (const unsigned char byte : bytes) letters += kLetters[byte % kLetters.size()];
  return FolderOf(target) / fmt::format(".{}.{}{}", target.filename().string().substr(0, kMaxName), letters, suffix);
}

// NAME of .NAME.XXXXXX and the suffix; empty for other names.
std::string_view TargetOf(std::string_view name, std::string_view suffix) {
  if (name.size() < suffix.size() + kNumLetters + 3 || name.front() != '.' || !name.ends_with(suffix)) return {};
  name.remove_suffix(suffix.size());
  const std::string_view letters = name.substr(name.size() - kNumLetters);
  const bool is_ours =
      name[name.size() - kNumLetters - 1] == '.' && letters.find_first_not_of(kLetters) == std::string_view::npos;
  return is_ours ? name.substr(1, name.size() - kNumLetters - 2) : std::string_view();
}

bool IsTemporaryName(std::string_view name) { return !TargetOf(name, kSuffix).empty(); }

// The number of the process that made a folder as earlier versions named them, NAME.PID.partial and .fetch-PID; empty
// for other names. They held no locks.
std::string_view EarlierMaker(std::string_view name) {
  constexpr std::string_view kPartial = ".partial", kFetch = ".fetch-";
  if (name.starts_with(kFetch)) {
    name.remove_prefix(kFetch.size());
  } else if (name.ends_with(kPartial)) {
    name.remove_suffix(kPartial.size());
    if (name.find('.') == std::string_view::npos) return {};
    name.remove_prefix(name.rfind('.') + 1);
  } else {
    return {};
  }
  return name.find_first_not_of("0123456789") == std::string_view::npos ? name : std::string_view();
}

int Open(const fs::path& path, bool is_folder) {
  return open(path.c_str(), (is_folder ? O_RDONLY | O_DIRECTORY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

bool IsAt(const fs::path& path, int descriptor) {
  struct stat there {
  }, held{};
  return lstat(path.c_str(), &there) == 0 && fstat(descriptor, &held) == 0 && there.st_ino == held.st_ino &&
         there.st_dev == held.st_dev;
}

// A descriptor, or -1 with errno. 0600 and 0700: nobody else looks at what is not finished.
int Make(const fs::path& path, bool is_folder) {
  if (!is_folder) return open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return mkdir(path.c_str(), 0700) == 0 ? Open(path, true) : -1;
}

// Waits where another process looks at the new name; it may have been taken for a leftover before it was locked.
bool LockNew(const fs::path& path, int descriptor) {
  while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
  }
  return IsAt(path, descriptor);
}

// Calls `clear` when `path` is a file or folder of this user that no living process has locked.
template <class Clear>
void ClearIfLeft(const fs::path& path, Clear&& clear) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || info.st_uid != geteuid()) return;
  const bool is_folder = S_ISDIR(info.st_mode);
  if (!is_folder && !S_ISREG(info.st_mode)) return;
  const int descriptor = Open(path, is_folder);
  if (descriptor < 0) return;
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && IsAt(path, descriptor)) clear(is_folder);
  close(descriptor);
}

void RemoveIfLeft(const fs::path& path) {
  ClearIfLeft(path, [&](bool) {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  });
}

// What was replaced when its process died: before or after the new folder had come to its place.
void PutBackOrRemove(const fs::path& path, const fs::path& target) {
  ClearIfLeft(path, [&](bool) {
    std::error_code ignored;
    const bool has_successor = fs::exists(fs::symlink_status(target, ignored));
    if (has_successor) fs::remove_all(path, ignored);
    if (!has_successor && target.filename().native().size() < kMaxName) fs::rename(path, target, ignored);
  });
}

void RemoveIfMakerIsGone(const fs::path& path, std::string_view maker) {
  std::error_code ignored;
  if (fs::exists(fs::path("/proc") / maker, ignored)) return;
  ClearIfLeft(path, [&](bool is_folder) {
    if (is_folder) fs::remove_all(path, ignored);
  });
}

void ClearOnce(const fs::path& folder) {
  static std::mutex mutex;
  static std::set<fs::path> cleared;
  std::error_code failed;
  const fs::path absolute = fs::absolute(folder, failed).lexically_normal();
  {
    const std::lock_guard lock(mutex);
    if (failed || !cleared.insert(absolute).second) return;
  }
  RemoveLeftovers(absolute);
}

void SetUsualMode(const fs::path& target, int descriptor, bool is_folder) {
  struct stat old {};
  if (stat(target.c_str(), &old) == 0) {
    fchmod(descriptor, old.st_mode & 0777);
    return;
  }
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor, (is_folder ? 0777 : 0666) & ~mask);
}

}  // namespace

Temporary::Temporary(const fs::path& target, Kind kind, const std::string& action, const fs::path& place)
    : target_(target) {
  const bool is_folder = kind == Kind::kFolder;
  ClearOnce(FolderOf(target_));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    path_ = RandomName(target_, kSuffix);
    descriptor_ = Make(path_, is_folder);
    if (descriptor_ >= 0 && LockNew(path_, descriptor_)) return;
    const bool is_taken = descriptor_ >= 0 || errno == EEXIST || (is_folder && errno == ENOENT && attempt + 1 < 3);
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
    if (!is_taken) break;
  }
  ThrowFileError(action, place, errno);
}

Temporary::~Temporary() {
  std::error_code ignored;
  if (!moved_) fs::remove_all(path_, ignored);
  if (descriptor_ >= 0) close(descriptor_);  // last: until it is gone it is held
}

void TemporaryFile::MoveIntoPlace() {
  SetUsualMode(target_, descriptor_, /*is_folder=*/false);
  if (fsync(descriptor_) != 0) ThrowFileError("write", target_, errno);
  if (rename(path_.c_str(), target_.c_str()) != 0) ThrowFileError("write", target_, errno);
  moved_ = true;
  SyncFolder(FolderOf(target_));
}

void TemporaryFolder::MoveIntoPlace() {
  SetUsualMode(target_, descriptor_, /*is_folder=*/true);
  if (rename(path_.c_str(), target_.c_str()) == 0) {  // nothing is there, or an empty folder
    moved_ = true;
  } else if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) {
    ThrowFileError("write", target_, errno);
  } else if (  // something is there, a link to a folder perhaps
      renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
    StepAside();
  }
  SyncFolder(FolderOf(target_));
}

// For file systems that cannot exchange two names.
void TemporaryFolder::StepAside() {
  const fs::path aside = RandomName(target_, kReplaced);
  const int held = Open(target_, /*is_folder=*/true);
  if (held >= 0) flock(held, LOCK_EX | LOCK_NB);  // nobody takes it for a leftover
  int why = rename(target_.c_str(), aside.c_str()) != 0 ? errno : 0;
  if (why == 0 && rename(path_.c_str(), target_.c_str()) != 0) {
    why = errno;
    [[maybe_unused]] const int back = rename(aside.c_str(), target_.c_str());
  }
  std::error_code ignored;
  if (why == 0) fs::remove_all(aside, ignored);
  if (held >= 0) close(held);
  if (why != 0) ThrowFileError("write", target_, why);
  moved_ = true;
}

void SyncFolder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

void RemoveLeftovers(const fs::path& folder) {
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    const std::string name = it->path().filename().native();
    const std::string_view replaced = TargetOf(name, kReplaced), maker = EarlierMaker(name);
    if (IsTemporaryName(name)) RemoveIfLeft(it->path());
    if (!replaced.empty()) PutBackOrRemove(it->path(), folder / replaced);
    if (!maker.empty()) RemoveIfMakerIsGone(it->path(), maker);
  }
}

void RemoveLeftoversBelow(const fs::path& folder) {
  RemoveLeftovers(folder);
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    std::error_code gone;
    if (it->is_directory(gone) && !it->is_symlink(gone) && !IsTemporaryName(it->path().filename().native()))
      RemoveLeftoversBelow(it->path());
  }
}

}  // namespace sanerf
