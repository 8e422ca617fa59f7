#include "sanerf/core/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/system_info.h"
#include "sanerf/core/units.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kSmallFile = 64 * kMiB;  // read without asking how much memory is free

const char* NameOf(FileKind kind) {
  switch (kind) {
    case FileKind::kText:
      return "text or JSON";
    case FileKind::kImage:
      return "an image";
    case FileKind::kArray:
      return "a table of numbers";
    case FileKind::kModel:
      break;
  }
  return "a model";
}

const char* ReadHintFor(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "check who may read it";
    case ENOTDIR:
      return "a part of this path is a file, not a folder";
    case ENOENT:
    case ENAMETOOLONG:
      return "check the path";
    case ELOOP:
      return "a link on the way leads back to itself";
    case EMFILE:
    case ENFILE:
      return "too many files are open (see ulimit -n)";
    default:
      return "";
  }
}

[[noreturn]] void FailWith(const fs::path& path, int error) {
  throw Error("cannot read " + path.string(), std::strerror(error), ReadHintFor(error));
}

std::string NameOfOther(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return S_ISCHR(mode) || S_ISBLK(mode) ? "a device" : "no regular file";
}

[[noreturn]] void FailNoFile(const std::string& action, const fs::path& path, const std::string& other) {
  const bool is_stream = other == "a pipe" || other == "a socket";
  throw Error(fmt::format("cannot {} {}", action, path.string()), fmt::format("it is {}, not a file", other),
              is_stream && action == "read" ? "write its contents to a file first, and name that" : "name a file");
}

// "a pipe", "a device", "a socket", "a folder"; empty for a regular file, and where there is nothing.
std::string WhatInsteadOfFile(const fs::path& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? NameOfOther(info.st_mode) : "";
}

}  // namespace

int64_t LargestFile(FileKind kind) {
  switch (kind) {
    case FileKind::kText:
      return 256 * kMiB;
    case FileKind::kImage:
      return 2048 * kMiB;
    case FileKind::kArray:
      return 32768 * kMiB;
    case FileKind::kModel:
      break;
  }
  return 65536 * kMiB;
}

InputFile::InputFile(fs::path path, FileKind kind) : path_(std::move(path)), kind_(kind) {
  // Not blocking: a pipe without a writer opens at once. For regular files the flag means nothing.
  descriptor_ = open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (descriptor_ < 0) {
    const int error = errno;
    const std::string other = WhatInsteadOfFile(path_);  // a socket cannot be opened at all
    if (!other.empty()) FailNoFile("read", path_, other);
    FailWith(path_, error);
  }
  struct stat info {};
  const int error = fstat(descriptor_, &info) != 0 ? errno : 0;
  const std::string other = NameOfOther(info.st_mode);
  size_ = info.st_size;
  if (error == 0 && other.empty() && size_ <= LargestFile(kind)) return;
  close(descriptor_);
  if (error != 0) FailWith(path_, error);
  if (!other.empty()) FailNoFile("read", path_, other);
  FailTooLarge(size_);
}

InputFile::~InputFile() { close(descriptor_); }

void InputFile::FailTooLarge(int64_t bytes) const {
  throw Error("cannot read " + path_.string(),
              fmt::format("it has {}{}, more than {} may have ({})", bytes > size_ ? "at least " : "",
                          FormatBytes(double(bytes)), NameOf(kind_), FormatBytes(double(LargestFile(kind_)))),
              "check that it is the file you mean");
}

size_t InputFile::ReadAt(int64_t offset, char* into, size_t bytes) const {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t count = pread(descriptor_, into + done, bytes - done, off_t(offset) + off_t(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) FailWith(path_, errno);
    if (count == 0) break;
    done += size_t(count);
  }
  return done;
}

size_t InputFile::Read(char* into, size_t bytes) {
  const size_t count = ReadAt(position_, into, bytes);
  position_ += int64_t(count);
  if (position_ > LargestFile(kind_)) FailTooLarge(position_);  // it grows, or did not say its size
  return count;
}

std::string InputFile::ReadAll() {
  if (size_ > kSmallFile) {
    CheckMemory("the contents of " + path_.string(), double(size_), "close other programs, or use a smaller file");
  }
  std::string bytes;
  size_t done = 0;
  // One more than it has: the end is met without another round.
  for (size_t room = size_t(size_) + 1;; room = std::max<size_t>(room, 1 << 16)) {
    bytes.resize(done + room);
    const size_t count = Read(bytes.data() + done, room);
    done += count;
    if (count < room) break;
  }
  bytes.resize(done);
  return bytes;
}

void CheckReadable(const fs::path& path, FileKind kind) { const InputFile file(path, kind); }

bool ExistsAsFile(const fs::path& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode);
}

void CheckCanHoldFile(const fs::path& path) {
  const std::string other = WhatInsteadOfFile(path);
  if (!other.empty()) FailNoFile("write", path, other);
}

}  // namespace sanerf
