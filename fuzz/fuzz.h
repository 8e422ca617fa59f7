// What the fuzz targets share. A target NAME is a file NAME_fuzz.cpp with one function,
//
//   namespace sanerf::fuzz::NAME { int FuzzOne(const uint8_t* data, size_t size); }
//
// which hands the bytes to a reader and returns 0. libFuzzer calls it with what it makes up (entry.cpp), the ordinary
// tests with the files of corpus/NAME (replay_test.cpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/error.h"

namespace sanerf::fuzz {

inline std::string_view Bytes(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

// How often a reader took its input as good, and how often it answered with an Error: a seed that is refused tests
// nothing behind the place where it is.
struct Verdicts {
  int64_t accepted = 0, refused = 0;
};
Verdicts& CountedVerdicts();

// Runs a reader. To throw Error is the right answer to a hostile file; whatever else it throws is a finding and ends
// the program.
template <class Read>
int Expect(Read&& read) {
  try {
    read();
    ++CountedVerdicts().accepted;
  } catch (const Error&) {
    ++CountedVerdicts().refused;
  }
  return 0;
}

// A file in memory for readers that take a path.
class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // The file with these contents.
  const std::filesystem::path& With(std::string_view bytes);

 private:
  int descriptor_;
  std::filesystem::path path_;
};

// A folder in memory where the system has one, for readers of several files; removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Not atomic and not flushed, as nothing of it is kept. Makes the folders that are missing.
  void Write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

// Input for a reader of several files: its parts are separated by a line "----". Always `count` parts.
std::vector<std::string_view> Split(std::string_view bytes, size_t count);

}  // namespace sanerf::fuzz
