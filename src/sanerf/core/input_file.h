// Opening what is to be read. Every reader of the program opens its file here: a pipe nobody writes to, a device that
// never ends, a folder, or a file far too large for what it should be is an error at once, never a wait.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sanerf {

// What the file should be: no real one of that kind reaches the limit, so that a wrong file is refused before it is
// read.
enum class FileKind {
  kText,   // JSON, word lists, logs: 256 MiB
  kImage,  // 2 GiB
  kArray,  // .npy, HDF5, tables of COLMAP: 32 GiB
  kModel,  // checkpoints, networks and their weights: 64 GiB
};
int64_t LargestFile(FileKind kind);  // bytes

// A regular file, opened for reading. What it is was asked of the open file itself, not of its name.
class InputFile {
 public:
  // Throws Error that names the path and says what is there instead of a file, or why it cannot be read.
  explicit InputFile(std::filesystem::path path, FileKind kind = FileKind::kModel);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  int64_t size() const { return size_; }  // when it was opened; 0 for those of /proc
  // Both return how many bytes there were: fewer than asked for only at the end. Throw Error when reading fails, or
  // goes on beyond the largest file of the kind.
  size_t Read(char* into, size_t bytes);  // continues where the last Read ended
  size_t ReadAt(int64_t offset, char* into, size_t bytes) const;
  std::string ReadAll();  // throws Error as well when the contents do not fit into memory

 private:
  [[noreturn]] void FailTooLarge(int64_t bytes) const;

  std::filesystem::path path_;
  FileKind kind_;
  int descriptor_ = -1;
  int64_t size_ = 0, position_ = 0;
};

// The same checks for a file that a library opens by its name.
void CheckReadable(const std::filesystem::path& path, FileKind kind = FileKind::kModel);

// Whether the path leads to anything but a folder. Whether that can be read is found by opening it: a search that
// passes over a pipe would say that a file is missing which everybody sees.
bool ExistsAsFile(const std::filesystem::path& path);

// For a file that is about to be opened by its name to be written: throws Error when the name is taken by something
// that is no file. Opening a pipe would wait for a reader.
void CheckCanHoldFile(const std::filesystem::path& path);

}  // namespace sanerf
