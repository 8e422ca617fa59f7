// For tests of exports: the procedural scene with two of its objects in a field, ready to be exported. For tests only.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/exif_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/made_once_test_support.h"
#include "sanerf/export/export_input.h"
#include "sanerf/export/options.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"

namespace sanerf::exports {

class ExportTest : public mask_aggregator::AggregatorTest {
 protected:
  static void SetUpTestSuite() {
    AggregatorTest::SetUpTestSuite();
    CopyOfWhatIsMadeOnce(*folder_, "exported_field", [](const std::filesystem::path& made) {
      std::vector<mask_aggregator::LabelView> views = views_;
      const std::vector<ImageU8> labels = LabelsOf({2, 3});
      for (size_t i = 0; i < views.size(); ++i) views[i].labels = labels[i];
      mask_aggregator::TrainObjectModel(*nerf_, views, 3, Options(), nullptr, Job()).Save(made / "object.ckpt");
    });
    field_ = new mask_aggregator::ObjectModel(mask_aggregator::ObjectModel::Load(*folder_ / "object.ckpt", *nerf_));
  }
  static void TearDownTestSuite() {
    delete field_;
    AggregatorTest::TearDownTestSuite();
  }

  // Of the first of both objects, or of both.
  static ExportInput Input(const scene::Scene& scene, int num_objects = 1) {
    ExportInput input{.scene = scene, .nerf = *nerf_, .objects = field_};
    const char* names[] = {"box", "ball"};
    for (int label = 1; label <= num_objects; ++label) {
      input.names.emplace_back(names[label - 1]);
      input.labels.push_back(label);
      input.own.push_back({field_, label});
    }
    return input;
  }
  // The scene with these of its views alone.
  static scene::Scene Some(const std::vector<int>& views) {
    scene::Scene scene = *scene_;
    scene.views.clear();
    for (const int v : views) scene.views.push_back(scene_->views[size_t(v)]);
    for (scene::View& view : scene.views) view.is_test = false;
    return scene;
  }
  // All of its cameras look the other way, up and past everything.
  static scene::Scene LookingAway(scene::Scene scene) {
    for (scene::View& view : scene.views) {
      const Mat3 turn = Eigen::AngleAxisd(3.14159265, Vec3::UnitX()).toRotationMatrix();
      view.camera.world_from_cam.rotation = view.camera.world_from_cam.rotation * turn;
    }
    return scene;
  }
  // What `render` shows.
  static ImageU8 Rendered(const Camera& camera, int label) { return MaskOf(*field_, camera, label); }

  static double IouOf(const ImageU8& a, const ImageU8& b) {
    int64_t both = 0, either = 0;
    for (size_t i = 0; i < a.data.size(); ++i) {
      both += a.data[i] != 0 && b.data[i] != 0;
      either += a.data[i] != 0 || b.data[i] != 0;
    }
    return either == 0 ? 1 : double(both) / double(either);
  }
  static int64_t NumSet(const ImageU8& mask) {
    return std::count_if(mask.data.begin(), mask.data.end(), [](uint8_t value) { return value != 0; });
  }

  // The upper part of the view's picture, 64 x 48, as a camera on its side has stored it: a JPEG of 48 x 64 pixels that
  // is to be turned clockwise by 90 degrees (EXIF's 6).
  static scene::View OnItsSide(scene::View view, const std::filesystem::path& folder) {
    view.camera.height = 48;
    view.orientation = 6;
    view.name = "side.jpg";
    view.image_path = folder / view.name;
    WriteFileAtomic(view.image_path, WithExif(EncodeJpeg(ImageU8(48, 64, 3, 120)), 6));
    return view;
  }
  // EXIF's own words for 6, the first row of the file is at the right and its first column at the top: where the pixel
  // (x, y) of the upright picture is in the file.
  static std::pair<int, int> PlaceOnItsSide(int x, int y, int stored_height) { return {y, stored_height - 1 - x}; }

  const TestFolder out_;
  static inline mask_aggregator::ObjectModel* field_;
};

}  // namespace sanerf::exports
