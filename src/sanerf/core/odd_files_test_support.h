// What may stand where a file should be: a pipe, a socket, a device, a folder, a file of a terabyte. For tests only.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf {

// Ends the test program when a test waits forever. Generous: no test depends on its length.
class Watchdog {
 public:
  explicit Watchdog(unsigned seconds = 120) { alarm(seconds); }
  ~Watchdog() { alarm(0); }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
};

// Makes one of them at `path` and returns what a message has to call it.
enum class OddFile { kPipe, kSocket, kDevice, kFolder, kHuge };
inline constexpr OddFile kOddFiles[] = {OddFile::kPipe, OddFile::kSocket, OddFile::kDevice, OddFile::kFolder,
                                        OddFile::kHuge};

inline std::string MakeOddFile(OddFile kind, const std::filesystem::path& path) {
  std::filesystem::remove_all(path);
  switch (kind) {
    case OddFile::kPipe:
      EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
      return "it is a pipe, not a file";
    case OddFile::kSocket: {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      const std::string name = path.string();
      EXPECT_LT(name.size(), sizeof address.sun_path);
      name.copy(address.sun_path, sizeof address.sun_path - 1);
      const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
      EXPECT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
      close(descriptor);
      return "it is a socket, not a file";
    }
    case OddFile::kDevice:
      std::filesystem::create_symlink("/dev/zero", path);
      return "it is a device, not a file";
    case OddFile::kFolder:
      std::filesystem::create_directory(path);
      return "it is a folder, not a file";
    case OddFile::kHuge:
      break;
  }
  const int descriptor = creat(path.c_str(), 0600);
  EXPECT_EQ(ftruncate(descriptor, off_t{1} << 40), 0);  // takes no space
  close(descriptor);
  return "it has 1099.51 GB, more than";
}

// read(path) -> must throw an Error that names the path and what is there, for each of them, and return soon.
template <class Read>
void ExpectOddFilesAreRefused(const std::string& file_name, const Read& read) {
  const Watchdog watchdog;
  for (const OddFile kind : kOddFiles) {
    const TestFolder folder;
    const std::filesystem::path path = folder / file_name;
    const std::string expected = MakeOddFile(kind, path);
    const std::string text = ErrorTextOf<Error>([&] { read(path); });
    EXPECT_THAT(text, ::testing::AllOf(::testing::HasSubstr(path.string()), ::testing::HasSubstr(expected)));
  }
}

}  // namespace sanerf
