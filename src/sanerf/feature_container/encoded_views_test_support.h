// Views to encode, and an encoder whose maps tell what was encoded.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/feature_container/feature_cache.h"

namespace sanerf::feature_container {

// An encoder whose map is the image's mean color, so that a test can tell what was encoded.
class FakeSam : public sam::Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return fingerprint; }
  sam::MaskRule default_rule() const override { return sam::MaskRule::kHighestPredictedIou; }
  sam::SamFeatures Encode(const ImageF& rgb, const Job&) const override {
    ++num_encoded;
    if (num_encoded == interrupt_after) stop.RequestStop();
    if (on_encode) on_encode();
    models::Tensor mean{"mean", {1, 3}, {0, 0, 0}};
    for (int64_t i = 0; i < rgb.num_pixels(); ++i) {
      for (int c = 0; c < 3; ++c) mean.data[c] += rgb.data[i * 3 + c] / static_cast<float>(rgb.num_pixels());
    }
    if (num_more_values == 0) return {rgb.width, rgb.height, {mean}};
    const models::Tensor more{"more", {num_more_values}, std::vector<float>(static_cast<size_t>(num_more_values))};
    return {rgb.width, rgb.height, {mean, more}};
  }
  std::unique_ptr<sam::Sam> Share() const override { return nullptr; }
  void SetFeatures(std::shared_ptr<const sam::SamFeatures>) override {}
  std::vector<sam::SamMask> Predict(const sam::SamPrompt&, bool, const Job&) const override { return {}; }
  ImageF ToImageFrame(const sam::SamMask&) const override { return {}; }
  ImageF ToImageFrame(const sam::SamMask&, int, int) const override { return {}; }
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

class EncodedViewsTest : public testing::Test {
 protected:
  static constexpr int kNumViews = 5;

  void SetUp() override {
    run_ = std::filesystem::path(testing::TempDir()) /
           (std::string("feature_cache_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(run_);
    folder_ = run_ / "features";
    std::filesystem::create_directories(run_ / "photos/train");
    for (int i = 0; i < kNumViews; ++i) {
      scene::View view;
      view.name = "train/" + std::to_string(i) + ".png";
      view.image_path = run_ / "photos" / view.name;
      view.camera.width = 160;
      view.camera.height = 80;
      view.camera.fx = view.camera.fy = 100 + i;
      view.camera.cx = 70;
      view.camera.cy = 45;
      view.camera.lens = Lens::Radial(0.01);
      WritePng(view.image_path, ImageU8(160, 80, 3, static_cast<uint8_t>(10 * i)));
      scene_.views.push_back(view);
    }
    options_.size = 80;
    options_.source = EncodedPicture::kRender;
    // Gray level and depth follow the camera's focal length, which tells the views apart.
    field_.fingerprint = 5;
    field_.render = [](const Camera& camera, const Job&) {
      const float level = static_cast<float>(camera.fx * 2 / 255);
      return nerf::RenderedView{ImageF(camera.width, camera.height, 3, level),
                                ImageF(camera.width, camera.height, 1, static_cast<float>(camera.fx)),
                                ImageF(camera.width, camera.height, 1, 1.f)};
    };
  }
  void TearDown() override { std::filesystem::remove_all(run_); }
  void Encode(std::vector<int> views = {0, 1, 2, 3, 4}) {
    EncodeViews(folder_, EncodeSource{scene_, field_, sam_, options_}, views, Job(events_, sam_.stop.token()));
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
  scene::Scene scene_;
  FakeSam sam_;
  EventRecorder events_;
  RadianceSource field_;
  EncodeOptions options_;
};

}  // namespace sanerf::feature_container
