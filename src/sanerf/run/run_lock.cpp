#include "sanerf/run/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/temporary.h"
#include "sanerf/run/object_set.h"

namespace fs = std::filesystem;

namespace sanerf::run {
namespace {

constexpr const char* kLock = ".lock";
constexpr std::string_view kWindowMark = " view";  // in the lock of a window, after the number of its process

[[noreturn]] void FailInUse(const fs::path& run, std::string_view holder) {
  if (holder.ends_with(kWindowMark)) {
    holder.remove_suffix(kWindowMark.size());
    throw Error(run.string() + " is in use", fmt::format("sanerf view has it open (process {})", holder),
                "do it in that page, or end it first: Ctrl-C where it runs");
  }
  throw Error(run.string() + " is in use", fmt::format("process {} is writing to it", holder),
              "wait for it or stop it");
}

}  // namespace

RunLock::RunLock(const fs::path& run, Holder holder) {
  const fs::path file = run / kLock;
  CheckCanHoldFile(file);
  // Not through a link: what it leads to would be overwritten.
  descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor_ < 0 && errno == ELOOP)
    throw WriteError("cannot write " + file.string(), "it is a link to another place", "remove the link");
  if (descriptor_ < 0)
    throw WriteError("cannot write " + file.string(), std::strerror(errno), "choose a folder that you may write to");
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    if (why != EWOULDBLOCK) {
      close(descriptor_);
      throw Error("cannot lock " + file.string(), std::strerror(why), "keep the run on a file system with locks");
    }
    char text[32] = "";
    const ssize_t size = pread(descriptor_, text, sizeof(text) - 1, 0);
    close(descriptor_);
    FailInUse(run, {text, size_t(std::max<ssize_t>(0, size))});
  }
  // Nobody else works here now: what is left is a killed process's.
  RemoveLeftoversBelow(run);
  std::error_code ignored;
  for (const fs::path& log : {run / ".object_log.jsonl", run / "objects" / ".log.jsonl"}) fs::remove(log, ignored);
  const std::string text = std::to_string(getpid()) + std::string(holder == Holder::kWindow ? kWindowMark : "");
  if (ftruncate(descriptor_, 0) == 0) [[maybe_unused]]
    const ssize_t written = pwrite(descriptor_, text.data(), text.size(), 0);
  try {
    RecoverObjects(run);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

RunLock::~RunLock() { close(descriptor_); }

std::unique_ptr<RunLock> LockRun(const fs::path& run, RunLock::Holder holder) {
  if (!RunFolder::Exists(run)) RunFolder::Open(run);  // says what is there instead
  const bool is_new = !fs::exists(run / kLock);
  auto lock = std::make_unique<RunLock>(run, holder);
  if (!is_new) return lock;
  try {
    RunFolder::Open(run);
  } catch (...) {
    std::error_code ignored;
    fs::remove(run / kLock, ignored);
    throw;
  }
  return lock;
}

}  // namespace sanerf::run
