#include "sanerf/core/byte_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf {
namespace {

// Test vectors of FIPS 180-2 and RFC 4648.
TEST(ByteText, MatchesTheStandards) {
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const TestFolder folder;
  WriteFileAtomic(folder / "a", std::string(1000000, 'a'));
  EXPECT_EQ(Sha256OfFile(folder / "a"), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_THAT(ErrorTextOf<Error>([&] { Sha256OfFile(folder / "none"); }), testing::HasSubstr("No such file"));
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64(std::string("\xff\x00", 2)), "/wA=");
}

}  // namespace
}  // namespace sanerf
