// The feature field on a small procedural scene, with encoders whose maps are known.
#include "sanerf/feature_container/feature_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/made_once_test_support.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/feature_container/distil_features.h"
#include "sanerf/feature_container/field_file.h"
#include "sanerf/feature_container/field_trainer.h"
#include "sanerf/feature_container/open_features.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/nn/checkpoint.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::feature_container {

using nerf::NerfModel;
using sam::SamFeatures;
using scene::Scene;

namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kSide = 16, kFineSide = 32, kChannels = 6;

// Sine and cosine of the picture's colors, so many cells wide: like a real encoder's, features of one size.
models::Tensor PictureMap(const std::string& name, const ImageF& rgb, int side) {
  const ImageF small = Resize(rgb, side, side);
  models::Tensor map{name, {1, kChannels, side, side}, {}};
  for (int c = 0; c < kChannels; ++c)
    for (int64_t i = 0; i < small.num_pixels(); ++i) {
      const float angle = 4 * small.data[size_t(3 * i + c / 2)];
      map.data.push_back(c % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return map;
}

// Its map is the picture, kSide cells wide, or a constant; on request there is a finer one.
class PictureSam : public sam::Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return fingerprint; }
  sam::MaskRule default_rule() const override { return sam::MaskRule::kHighestPredictedIou; }
  SamFeatures Encode(const ImageF& rgb, const Job&) const override {
    if (++num_encoded == interrupt_after) stop.RequestStop();
    SamFeatures features{rgb.width, rgb.height, {}};
    if (odd_shape) features.maps.push_back({"interm", {4, 1, 2, 2, 5}, std::vector<float>(80)});
    if (has_fine) features.maps.push_back(PictureMap("fine", rgb, kFineSide));
    features.maps.push_back(PictureMap("main", rgb, kSide));
    for (size_t i = 0; i < features.maps.back().data.size() && constant != 0; ++i)
      features.maps.back().data[i] = constant * float(1 + i / (kSide * kSide));
    return features;
  }
  std::unique_ptr<sam::Sam> Share() const override { return nullptr; }
  void SetFeatures(std::shared_ptr<const SamFeatures>) override {}
  std::vector<sam::SamMask> Predict(const sam::SamPrompt&, bool, const Job&) const override { return {}; }
  ImageF ToImageFrame(const sam::SamMask&) const override { return {}; }
  ImageF ToImageFrame(const sam::SamMask&, int, int) const override { return {}; }
  ImageF FromImageFrame(const ImageF&) const override { return {}; }

  uint64_t fingerprint = 77;
  float constant = 0;
  bool has_fine = false, odd_shape = false;
  int interrupt_after = -1;
  mutable StopSource stop;  // of the jobs that distill
  mutable int num_encoded = 0;

 private:
  std::string name_ = "picture";
};

class FeatureFieldTest : public testing::Test {
 protected:
  static nerf::NerfOptions SmallField() {
    nerf::NerfOptions o = nerf::SmallOptions();
    o.iters = 300;
    o.log2_table = 13;
    return o;
  }
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    CopyOfWhatIsMadeOnce(*folder_, "small_field", [](const std::filesystem::path& made) {
      synth::WriteSynthScene(made / "scene", synth::SmallScene(36, 64), Job());
      const Scene scene = scene::LoadScene(made / "scene", {}, Job());
      nerf::NerfTrainer trainer(scene, SmallField(), Job());
      while (trainer.step() < SmallField().iters) trainer.Step();
      trainer.Save(made / "nerf.ckpt", true);
    });
    scene_ = new Scene(scene::LoadScene(folder_->path() / "scene", {}, Job()));
    nerf_ = new NerfModel(NerfModel::Load(folder_->path() / "nerf.ckpt"));
  }
  static void TearDownTestSuite() {
    delete nerf_;
    delete scene_;
    delete folder_;
  }
  void SetUp() override {
    run_ = folder_->path() / testing::UnitTest::GetInstance()->current_test_info()->name();
    features_ = run_ / "features";
    encode_.size = 64;
    encode_.model = "picture";
    options_.iters = 60;
    options_.rays = 512;
    options_.max_views = 12;
    options_.levels = 8;
    options_.features = 2;
    options_.log2_table = 12;
    options_.top = 64;
    options_.width = 32;
    options_.lr = 0.03f;
    options_.network_lr = 0.3f;
  }
  void TearDown() override {
    SetNumThreads(0);
    std::filesystem::remove_all(run_);
  }
  DistilResult Distil() { return DistilFeatures(features_, Context(), options_, Job().With(sam_.stop.token())); }
  EncodeContext Context() const { return {*scene_, *nerf_, sam_, encode_}; }
  std::unique_ptr<FeatureField> Open() { return FeatureField::Open(features_, Context(), Job()); }

  // Mean squared error on held-out views of the map called `name`, as a share of its variance there.
  double UnexplainedShare(const FeatureField& field, const std::string& name) {
    double squared = 0, squares = 0, n = 0;
    double sums[kChannels] = {};
    for (const int view : scene_->TestViews()) {
      const Camera camera = field.WorkingCamera(view);
      const SamFeatures real = sam_.Encode(
          ToFloat(ToU8(scene::LoadViewImage(scene_->views[size_t(view)], camera.width, camera.height))), Job());
      const auto rendered = field.Features(view, Job());
      for (size_t m = 0; m < real.maps.size(); ++m) {
        if (real.maps[m].name != name) continue;
        EXPECT_EQ(rendered->maps[m].shape, real.maps[m].shape);
        for (size_t i = 0; i < real.maps[m].data.size(); ++i, ++n) {
          squared += std::pow(double(rendered->maps[m].data[i]) - real.maps[m].data[i], 2);
          sums[i * kChannels / real.maps[m].data.size()] += real.maps[m].data[i];
          squares += double(real.maps[m].data[i]) * real.maps[m].data[i];
        }
      }
    }
    double of_means = 0;
    for (const double sum : sums) of_means += sum * sum / (n / kChannels);
    return squared / (squares - of_means);
  }

  static TestFolder* folder_;
  static Scene* scene_;
  static NerfModel* nerf_;
  std::filesystem::path run_, features_;
  PictureSam sam_;
  EncodeOptions encode_;
  FeatureFieldOptions options_;
};
TestFolder* FeatureFieldTest::folder_;
Scene* FeatureFieldTest::scene_;
NerfModel* FeatureFieldTest::nerf_;

TEST_F(FeatureFieldTest, RaysKnowWhatTheRadianceFieldRenders) {
  const Camera camera = scene_->views[3].camera.Resized(16, 16);
  const nerf::RenderedView rendered = nerf_->Render(camera, Job());
  const MapRays map = RaysOfMap(sam::SamFrame::Stretched(16, 16), 16, camera.In(nerf_->model_from_file()));
  const FeatureRays rays = TraceFeatureRays(*nerf_, map.rays, true, Job());
  ASSERT_EQ(rays.size(), 256);
  int solid = 0;
  for (int64_t i = 0; i < rays.size(); ++i) {
    const float* at_color = rays.Inputs(i) + FeatureRays::kColorAt;
    const int x = int(i % 16), y = int(i / 16);
    EXPECT_LE(at_color[4], rendered.opacity.At(x, y) + 1e-3) << i;  // of the samples that were kept
    float sum = 0;
    const nerf::TracedRays& traced = rays.traced;
    for (int64_t s = traced.first[size_t(i)]; s < traced.first[size_t(i) + 1]; ++s) sum += rays.share[size_t(s)];
    EXPECT_NEAR(sum, traced.NumSamples(i) == 0 ? 0 : 1, 1e-4) << i;
    if (at_color[4] < 0.9f) continue;
    ++solid;
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(at_color[c], rendered.rgb.At(x, y, c), 0.1) << i;
    const double depth = (1 / double(at_color[3]) - 1) / nerf_->model_from_file().scale;
    EXPECT_NEAR(depth, rendered.depth.At(x, y), 0.2 * rendered.depth.At(x, y)) << i;
  }
  EXPECT_GT(solid, 30);
}

TEST_F(FeatureFieldTest, LearnsThePictureAndSeesHeldOutViews) {
  for (const FieldReading reading : {FieldReading::kRay, FieldReading::kSample}) {
    options_.reading = reading;
    options_.iters = 300;
    const DistilResult result = Distil();
    EXPECT_FALSE(result.reused);
    EXPECT_EQ(result.num_views, 12);
    EXPECT_LT(UnexplainedShare(*Open(), "main"), 0.4) << int(reading);  // 1 would be the mean color
  }
  EXPECT_EQ(sam_.num_encoded, 12 + 2 * int(scene_->TestViews().size()));  // the second time from the cache
}

TEST_F(FeatureFieldTest, StepsReduceTheLossAndDoNotDependOnThreads) {
  const FieldHead fresh("feature", options_, kSide, {{"main", kChannels, kSide}});
  const Camera camera = scene_->views[0].camera;
  const SamFeatures features = sam_.Encode(ToFloat(ToU8(scene::LoadViewImage(scene_->views[0], 64, 64))), Job());
  const FeatureTargets targets = TraceTargets(
      *nerf_, fresh, {sam::SamFrame::Padded(64, 64), camera.In(nerf_->model_from_file()), features}, {200, 1}, Job());
  EXPECT_EQ(targets.rays.size(), 200);  // of 256
  std::vector<double> losses[2];
  for (int threads = 1; threads <= 2; ++threads) {
    SetNumThreads(threads);
    FieldHead head("feature", options_, kSide, {{"main", kChannels, kSide}});
    HeadTrainer trainer(targets, options_, &head);
    for (int i = 0; i < 60; ++i) losses[threads - 1].push_back(trainer.Step());
  }
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_LT(losses[0].back(), 0.5 * losses[0].front());
}

TEST_F(FeatureFieldTest, RecoversConstantFeatures) {
  sam_.constant = 0.5f;
  Distil();
  const auto field = Open();
  const SamFeatures map = field->RenderFeatures(scene_->views[size_t(scene_->TestViews()[0])].camera, Job());
  for (size_t i = 0; i < map.maps[0].data.size(); ++i)
    ASSERT_NEAR(map.maps[0].data[i], 0.5f * float(1 + i / (kSide * kSide)), 0.01) << i;
}

TEST_F(FeatureFieldTest, FinerMapsAreTheirMeanOrAFieldOfTheirOwn) {
  sam_.has_fine = true;
  options_.iters = 150;
  Distil();
  const double mean = UnexplainedShare(*Open(), "fine");
  options_.detail = FieldDetail::kField;
  Distil();
  const double field = UnexplainedShare(*Open(), "fine");
  EXPECT_LT(field, 0.5);
  EXPECT_LT(field, 0.7 * mean);
  EXPECT_EQ(Open()->Features(0, Job())->maps[0].name, "fine");  // the encoder's own order
}

TEST_F(FeatureFieldTest, OutsideThePictureThereIsTheMean) {
  Distil();
  Camera wide = scene_->views[0].camera;
  wide.height = 32;
  wide.cy -= 16;
  const SamFeatures map = Open()->RenderFeatures(wide, Job());
  EXPECT_EQ(map.image_height, 32);
  const std::vector<float>& mean = ReadFeatureField(features_).means[0].data;
  int same = 0;
  for (int i = 0; i < kSide * kSide; ++i) {
    const bool is_mean = map.maps[0].data[size_t(i)] == mean[size_t(i)];
    const bool is_outside = i / kSide >= kSide / 2;
    EXPECT_TRUE(is_mean || !is_outside) << i;
    same += is_mean && !is_outside;
  }
  EXPECT_LT(same, 3);
}

TEST_F(FeatureFieldTest, GeometryAndPicturesOfAnyView) {
  Distil();
  const auto field = Open();
  const int test = scene_->TestViews()[0], train = scene_->TrainViews()[0];
  EXPECT_TRUE(field->Has(test));
  EXPECT_FALSE(field->Has(int(scene_->views.size())));
  EXPECT_EQ(field->ModelFingerprint(), 77u);
  const nerf::RenderedView rendered = nerf_->Render(field->WorkingCamera(test), Job());
  EXPECT_EQ(field->Depth(test, Job()).data, rendered.depth.data);
  EXPECT_EQ(field->Opacity(test, Job()).data, rendered.opacity.data);
  EXPECT_EQ(field->Rgb(test, Job()).data, rendered.rgb.data);
  EXPECT_EQ(field->Depth(train, Job()).data, nerf_->Render(field->WorkingCamera(train), Job()).depth.data);
  EXPECT_EQ(field->Features(test, Job())->image_width, 64);
}

TEST_F(FeatureFieldTest, MadeOnceAndAgainWhenAnythingChanges) {
  options_.iters = 5;
  EXPECT_FALSE(Distil().reused);
  const std::string first = ReadFile(FeatureFieldPath(features_));
  EXPECT_TRUE(Distil().reused);
  options_.lr = 0.02f;
  EXPECT_FALSE(Distil().reused);
  EXPECT_NE(ReadFile(FeatureFieldPath(features_)), first);
  sam_.fingerprint = 78;
  EXPECT_FALSE(Distil().reused);
  EXPECT_EQ(Open()->ModelFingerprint(), 78u);
}

TEST_F(FeatureFieldTest, TheSameSeedGivesTheSameFileWithAnyNumberOfThreads) {
  options_.iters = 20;
  options_.detail = FieldDetail::kField;
  sam_.has_fine = true;
  std::string files[3];
  for (const int threads : {1, 2, 2}) {
    std::filesystem::remove_all(run_);
    SetNumThreads(threads);
    Distil();
    std::string& file = files[files[0].empty() ? 0 : files[1].empty() ? 1 : 2];
    file = ReadFile(FeatureFieldPath(features_));
  }
  EXPECT_TRUE(files[0] == files[1]);
  EXPECT_TRUE(files[1] == files[2]);
}

TEST_F(FeatureFieldTest, StoredViewsThatCannotBeUsedAreSaid) {
  options_.iters = 5;
  Distil();
  const int train = scene_->TrainViews()[0];
  Scene moved = *scene_;
  moved.views[size_t(train)].camera.world_from_cam.translation.x() += 0.1;
  EventRecorder events;
  const auto field = FeatureField::Open(features_, {moved, *nerf_, sam_, encode_}, Job().With(events));
  EXPECT_THAT(events.Texts("warning"),
              testing::ElementsAre(HasSubstr(
                  features_.string() + ": the encoded views are out of date (the camera or photo of view " +
                  moved.views[size_t(train)].name + " has changed since); depth and color are rendered instead")));
  EXPECT_EQ(field->Depth(train, Job()).data, nerf_->Render(field->WorkingCamera(train), Job()).depth.data);

  WriteFileAtomic(features_ / "index.json", "{");
  EXPECT_THAT(ErrorTextOf<Error>([&] { Open(); }), HasSubstr((features_ / "index.json").string()));
}

TEST_F(FeatureFieldTest, ExtraViewsAreRenderedEncodedAndKept) {
  options_.iters = 5;
  options_.extra_views = 3;
  EXPECT_EQ(Distil().num_views, 15);
  EXPECT_EQ(sam_.num_encoded, 15);
  options_.iters = 6;
  Distil();
  EXPECT_EQ(sam_.num_encoded, 15);
}

TEST_F(FeatureFieldTest, InterruptedLeavesNoFieldAndKeepsViews) {
  sam_.interrupt_after = 12;  // while the last view is encoded: the steps do not begin
  EXPECT_THAT(
      ErrorTextOf<InterruptedError>([&] { Distil(); }),
      AllOf(HasSubstr("encoded views are kept, nothing of the field was written"), HasSubstr("--container field")));
  EXPECT_FALSE(std::filesystem::exists(FeatureFieldPath(features_)));
  sam_.stop = StopSource();
  Distil();
  EXPECT_EQ(sam_.num_encoded, 12);
}

// Maps of photos must not pass for maps of renders.
TEST_F(FeatureFieldTest, AFieldOfOtherMapsIsNotOpened) {
  options_.iters = 5;
  Distil();
  encode_.container = FeatureStore::kField;
  EXPECT_NO_THROW(OpenFeatures(features_, Context(), {}, Job()));
  const std::string what = FeatureFieldPath(features_).string() + ": the feature field is not the one that is wanted: ";
  const std::string command = "\nrun: sanerf encode " + run_.string() + " --container field";
  const auto open_error = [&] { return ErrorTextOf<Error>([&] { OpenFeatures(features_, Context(), {}, Job()); }); };
  encode_.source = EncodedPicture::kRender;
  EXPECT_EQ(open_error(), what + "it was learned with encode.source=photo, wanted is encode.source=render" + command +
                              " --set encode.source=render");
  encode_.source = EncodedPicture::kPhoto;
  encode_.size = 128;
  EXPECT_EQ(open_error(), what + "it was learned with encode.size=64, wanted is encode.size=128" + command +
                              " --set encode.size=128");
  encode_.size = 64;
  encode_.model = "other";  // of the same files
  EXPECT_NO_THROW(OpenFeatures(features_, Context(), {}, Job()));
  sam_.fingerprint = 78;
  EXPECT_EQ(open_error(),
            what + "it holds maps of picture, wanted are maps of other" + command + " --set encode.model=other");
  encode_.model = "picture";
  EXPECT_EQ(open_error(), what + "it holds maps of other files of picture, wanted are maps of picture" + command);
}

TEST_F(FeatureFieldTest, ErrorsSayWhatAndWhatToDo) {
  const std::string command = "run: sanerf encode " + run_.string() + " --container field";
  const auto open_error = [&] { return ErrorTextOf<Error>([&] { Open(); }); };
  EXPECT_EQ(open_error(), features_.string() + ": no feature field here: field.ckpt is missing\n" + command);
  options_.iters = 5;
  Distil();
  const NerfModel untrained = nerf::NerfTrainer(*scene_, SmallField(), Job()).Model();
  EXPECT_EQ(ErrorTextOf<Error>([&] {
              FeatureField::Open(features_, {*scene_, untrained, sam_, encode_}, Job());
            }),
            FeatureFieldPath(features_).string() +
                ": the feature field is out of date: the radiance field has changed since\n" + command);

  const std::string bytes = ReadFile(FeatureFieldPath(features_));
  std::string damaged = bytes;
  damaged[bytes.size() / 2] ^= 1;
  WriteFileAtomic(FeatureFieldPath(features_), damaged);
  EXPECT_THAT(open_error(),
              AllOf(HasSubstr("field.ckpt: damaged checkpoint: the checksum does not match"), HasSubstr(command)));
  WriteFileAtomic(FeatureFieldPath(features_), bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(open_error(), AllOf(HasSubstr("truncated checkpoint"), HasSubstr(command)));
  nn::CheckpointWriter writer;
  writer.kind = "feature-field";
  *writer.meta = {{"options", {{"width", -16}}}, {"encode", Json::object()}};
  writer.Write(FeatureFieldPath(features_));
  EXPECT_THAT(open_error(),
              AllOf(HasSubstr("field.ckpt: field.width=-16: expected an integer from 16"), HasSubstr(command)));
  WriteFileAtomic(FeatureFieldPath(features_), bytes);
  const Json meta = nn::CheckpointReader(FeatureFieldPath(features_), "feature-field").meta();
  const auto error_with = [&](const char* key, const Json& value) {
    *writer.meta = meta;
    (*writer.meta)[key] = value;
    writer.Write(FeatureFieldPath(features_));
    return open_error();
  };
  const Json map = {{"name", "image_embeddings"}, {"channels", 1}, {"side", 1}};
  EXPECT_THAT(error_with("nerf_fingerprint", -1.5),
              HasSubstr("field.ckpt: nerf_fingerprint: expected an integer from 0"));
  EXPECT_THAT(error_with("views", 1e300), HasSubstr("field.ckpt: views: expected an integer"));
  EXPECT_THAT(error_with("maps", {map, map}),
              HasSubstr("field.ckpt: maps[1].name: a map of that name is there already"));
  EXPECT_FALSE(Distil().reused);  // made anew
  EXPECT_NO_THROW(Open());

  sam_.odd_shape = true;
  sam_.fingerprint = 79;
  EXPECT_THAT(ErrorTextOf<Error>([&] { Distil(); }),
              AllOf(HasSubstr("cannot hold the map 'interm' [4, 1, 2, 2, 5]"), HasSubstr("--container cache")));
}

TEST_F(FeatureFieldTest, IsDistilledAtTheEndsOfItsOptions) {
  options_.iters = 2;
  options_.max_views = 3;
  options_.extra_views = 0;
  const std::vector<std::string> dear = {"iters", "rays", "max_views", "extra_views", "log2_table", "width"};
  const FeatureFieldOptions tiny = options_;
  const SweepCount count = SweepOptions("field", tiny, dear, [&](const FeatureFieldOptions& options) {
    options_ = options;
    Distil();
    EXPECT_EQ(Open()->Features(0, Job())->maps[0].data.size(), size_t(kChannels * kSide * kSide));
  });
  // One level of 2 features; a base above the top, a top below the base; exploding rates.
  EXPECT_GT(count.num_run, 3 * count.num_refused);
}

TEST_F(FeatureFieldTest, OptionsOutOfRangeAreNamed) {
  const auto error_of = [&](auto change) {
    FeatureFieldOptions options = options_;
    change(options);
    return ErrorTextOf<UsageError>([&] { DistilFeatures(features_, Context(), options, Job()); });
  };
  EXPECT_THAT(error_of([](FeatureFieldOptions& o) { o.iters = 0; }),
              HasSubstr("field.iters=0: expected an integer from 1 to"));
  EXPECT_THAT(error_of([](FeatureFieldOptions& o) { o.width = 100; }),
              HasSubstr("field.width=100: expected an integer from 16 to 1024, a multiple of 16"));
  EXPECT_THAT(error_of([](FeatureFieldOptions& o) { o.extra_views = -1; }), HasSubstr("field.extra_views=-1"));
  EXPECT_THAT(error_of([](FeatureFieldOptions& o) { o.features = 3; }),
              HasSubstr("field.features=3: expected 2, 4 or 8"));
  EXPECT_EQ(sam_.num_encoded, 0);
}

}  // namespace
}  // namespace sanerf::feature_container
