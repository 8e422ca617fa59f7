#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace sanerf::fuzz {
namespace fs = std::filesystem;
namespace {

// Not an Error, which a target would take for the reader's answer.
void Require(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::abort();
}

void WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    Require(written > 0, "write");
    bytes.remove_prefix(size_t(written));
  }
}

}  // namespace

Verdicts& CountedVerdicts() {
  static Verdicts verdicts;
  return verdicts;
}

MemoryFile::MemoryFile() : descriptor_(memfd_create("sanerf_fuzz", MFD_CLOEXEC)) {
  Require(descriptor_ >= 0, "memfd_create");
  path_ = "/proc/self/fd/" + std::to_string(descriptor_);
}

MemoryFile::~MemoryFile() { close(descriptor_); }

const fs::path& MemoryFile::With(std::string_view bytes) {
  Require(ftruncate(descriptor_, 0) == 0 && lseek(descriptor_, 0, SEEK_SET) == 0, "ftruncate");
  WriteAll(descriptor_, bytes);
  return path_;
}

Folder::Folder() {
  std::error_code ec;
  const fs::path memory = "/dev/shm";
  const bool has_memory = fs::is_directory(memory, ec) && access(memory.c_str(), W_OK) == 0;
  std::string name = ((has_memory ? memory : fs::temp_directory_path()) / "sanerf-fuzz-XXXXXX").string();
  Require(mkdtemp(name.data()) != nullptr, "mkdtemp");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::Write(const std::string& name, std::string_view bytes) const {
  const fs::path path = path_ / name;
  fs::create_directories(path.parent_path());
  FILE* file = std::fopen(path.c_str(), "wb");
  Require(file != nullptr, path.c_str());
  Require(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size(), path.c_str());
  Require(std::fclose(file) == 0, path.c_str());
}

std::vector<std::string_view> Split(std::string_view bytes, size_t count) {
  constexpr std::string_view kSeparator = "\n----\n";
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    const size_t at = bytes.find(kSeparator);
    parts.push_back(bytes.substr(0, at));
    bytes = at == std::string_view::npos ? std::string_view() : bytes.substr(at + kSeparator.size());
  }
  parts.push_back(bytes);
  return parts;
}

}  // namespace sanerf::fuzz
