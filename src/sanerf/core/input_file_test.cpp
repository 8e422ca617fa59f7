#include "sanerf/core/input_file.h"

#include <fcntl.h>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/odd_files_test_support.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

using ::testing::HasSubstr;

TEST(InputFile, ReadsOnAndAtPlacesAndShortOnlyAtTheEnd) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a", "0123456789");
  InputFile file(folder / "a");
  EXPECT_EQ(file.size(), 10);
  char bytes[8] = {};
  EXPECT_EQ(file.Read(bytes, 4), 4u);
  EXPECT_EQ(std::string(bytes, 4), "0123");
  EXPECT_EQ(file.ReadAt(7, bytes, 8), 3u);
  EXPECT_EQ(std::string(bytes, 3), "789");
  EXPECT_EQ(file.Read(bytes, 8), 6u);
  EXPECT_EQ(std::string(bytes, 6), "456789");
  EXPECT_EQ(file.Read(bytes, 8), 0u);
  EXPECT_EQ(file.ReadAt(100, bytes, 8), 0u);
}

TEST(InputFile, EveryReaderRefusesWhatIsNoFileAndWhatIsTooLarge) {
  ExpectOddFilesAreRefused("a", [](const fs::path& path) { ReadFile(path); });
  ExpectOddFilesAreRefused("a", [](const fs::path& path) { Sha256OfFile(path); });
  ExpectOddFilesAreRefused("a.json", [](const fs::path& path) { ReadJsonFile(path); });
  ExpectOddFilesAreRefused("a.npy", [](const fs::path& path) { ReadNpy(path); });
  ExpectOddFilesAreRefused("a.png", [](const fs::path& path) { ReadImage(path); });
  ExpectOddFilesAreRefused("a.jpg", [](const fs::path& path) { ReadImageInfo(path); });
  ExpectOddFilesAreRefused("a.png", [](const fs::path& path) { ReadPng16(path); });
}

TEST(InputFile, APipeWithAWriterIsRefusedAsWell) {
  const Watchdog watchdog;
  const TestFolder folder;
  MakeOddFile(OddFile::kPipe, folder / "pipe");
  const int writer = open((folder / "pipe").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(writer, 0);
  EXPECT_EQ(write(writer, "{}", 2), 2);
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadJsonFile(folder / "pipe"); }),
              HasSubstr("it is a pipe, not a file\nwrite its contents to a file first"));
  close(writer);
}

TEST(InputFile, TheLimitIsThatOfTheKind) {
  const TestFolder folder;
  const fs::path path = folder / "a";
  WriteFileAtomic(path, "");
  fs::resize_file(path, uintmax_t(LargestFile(FileKind::kText)) + 1);
  EXPECT_THAT(ErrorTextOf<Error>([&] { InputFile(path, FileKind::kText); }),
              HasSubstr("it has 268.4 MB, more than text or JSON may have (268.4 MB)"));
  EXPECT_NO_THROW(InputFile(path, FileKind::kImage));
}

TEST(InputFile, FilesThatDoNotSayTheirSizeAreRead) {
  const std::string status = ReadFile("/proc/self/status", FileKind::kText);
  EXPECT_THAT(status, HasSubstr("VmRSS:"));
  EXPECT_EQ(status.back(), '\n');
}

TEST(InputFile, WhyItCannotBeReadIsSaid) {
  const TestFolder folder;
  WriteFileAtomic(folder / "file", "x");
  EXPECT_THAT(ErrorTextOf<Error>([&] { InputFile(folder / "none"); }),
              HasSubstr("No such file or directory\ncheck the path"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { InputFile(folder / "file" / "a"); }),
              HasSubstr("a part of this path is a file"));
  fs::create_symlink("loop", folder / "loop");
  EXPECT_THAT(ErrorTextOf<Error>([&] { InputFile(folder / "loop"); }), HasSubstr("leads back to itself"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { InputFile(folder / std::string(300, 'a')); }), HasSubstr("File name too long"));
  EXPECT_THROW(InputFile(""), Error);
  if (geteuid() == 0) return;  // root may read anything
  fs::permissions(folder / "file", fs::perms::none);
  EXPECT_THAT(ErrorTextOf<Error>([&] { InputFile(folder / "file"); }),
              HasSubstr("Permission denied\ncheck who may read it"));
}

TEST(InputFile, NamesThatAreTakenCannotHoldAFile) {
  const TestFolder folder;
  EXPECT_NO_THROW(CheckCanHoldFile(folder / "new"));
  WriteFileAtomic(folder / "old", "x");
  EXPECT_NO_THROW(CheckCanHoldFile(folder / "old"));
  EXPECT_FALSE(ExistsAsFile(folder / "new"));
  EXPECT_FALSE(ExistsAsFile(folder.path()));
  EXPECT_TRUE(ExistsAsFile(folder / "old"));
  MakeOddFile(OddFile::kPipe, folder / "pipe");
  EXPECT_TRUE(ExistsAsFile(folder / "pipe"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { CheckCanHoldFile(folder / "pipe"); }),
              HasSubstr("cannot write " + (folder / "pipe").string() + ": it is a pipe, not a file"));
}

}  // namespace
}  // namespace sanerf
