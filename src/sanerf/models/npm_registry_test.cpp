#include "sanerf/models/npm_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/models/scoped_variable_test_support.h"

namespace sanerf::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A home folder with this .npmrc, and no variables.
class NpmRegistryTest : public testing::Test {
 protected:
  void WriteNpmrc(const std::string& text) const { WriteFileAtomic(folder_ / ".npmrc", text); }
  std::string Url() const { return ChosenRegistry().url; }

  const TestFolder folder_;
  const ScopedVariable home_{"HOME", folder_.path().string()};
  const ScopedVariable lower_{"npm_config_registry", ""}, upper_{"NPM_CONFIG_REGISTRY", ""};
};

TEST_F(NpmRegistryTest, IsNpmsOwnWhereNothingIsChosen) {
  EXPECT_EQ(Url(), "https://registry.npmjs.org");
  EXPECT_EQ(ChosenRegistry().origin, "");
  WriteNpmrc("# registry = https://commented.out/\n; registry=https://too/\n//other/:_authToken=secret\n");
  EXPECT_EQ(Url(), "https://registry.npmjs.org");
}

TEST_F(NpmRegistryTest, IsReadFromTheUsersFile) {
  WriteNpmrc(
      "//mirror/npm/:_authToken=secret\n@scope:registry=https://elsewhere/\nregistry=http://first/\n"
      "  registry = \"https://mirror/npm/\"\r\nregistry-like=https://wrong/\n");
  EXPECT_EQ(Url(), "https://mirror/npm");
  EXPECT_EQ(ChosenRegistry().origin, (folder_ / ".npmrc").string());
}

TEST_F(NpmRegistryTest, AVariableCountsMoreThanTheFile) {
  WriteNpmrc("registry=https://mirror/\n");
  const ScopedVariable upper("NPM_CONFIG_REGISTRY", "https://upper//");
  EXPECT_EQ(Url(), "https://upper");
  const ScopedVariable lower("npm_config_registry", "https://lower/");
  EXPECT_EQ(Url(), "https://lower");
  EXPECT_EQ(ChosenRegistry().origin, "npm_config_registry");
}

// Curl would take it for an option, or read a file.
TEST_F(NpmRegistryTest, WhatIsNoWebAddressIsAnError) {
  for (const char* url : {"--config=/etc/passwd", "file:///etc", "mirror/npm"}) {
    WriteNpmrc(std::string("registry=") + url + "\n");
    EXPECT_THAT(ErrorTextOf<Error>([&] { ChosenRegistry(); }),
                AllOf(HasSubstr(std::string("cannot use the npm registry ") + url), HasSubstr(".npmrc names it")));
  }
}

TEST_F(NpmRegistryTest, PasswordsAreNotShown) {
  EXPECT_EQ(WithoutCredentials("https://me:p@ss@mirror:8080/npm"), "https://mirror:8080/npm");
  EXPECT_EQ(WithoutCredentials("https://mirror/@scope/npm"), "https://mirror/@scope/npm");
  WriteNpmrc("registry=ftp://me:secret@mirror/\n");
  EXPECT_THAT(ErrorTextOf<Error>([&] { ChosenRegistry(); }), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace sanerf::models
