#include "sanerf/viewer/pictures/photos.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::viewer {
namespace {

class PhotosTest : public testing::Test {
 protected:
  PhotosTest() {
    synth::WriteSynthScene(folder_ / "scene", synth::SmallScene(10, 48), Job());
    scene_ = scene::LoadScene(folder_ / "scene", {}, Job());
  }
  const TestFolder folder_;
  scene::Scene scene_;
};

TEST_F(PhotosTest, AreTheSameForAllWhoAskAtOnce) {
  Photos photos(scene_);
  const int num_views = int(scene_.views.size());
  for (const int size : {32, 600}) {  // small ones are kept, large ones are made each time
    std::vector<std::vector<std::string>> seen(4);
    std::vector<std::thread> pages;
    for (size_t page = 0; page < seen.size(); ++page)
      pages.emplace_back([&, page] {
        for (int view = 0; view < num_views; ++view) seen[page].push_back(photos.Jpeg(view, size, StopToken()));
      });
    for (std::thread& page : pages) page.join();
    for (int view = 0; view < num_views; ++view) {
      const std::string photo = photos.Jpeg(view, size, StopToken());
      for (const auto& page : seen) EXPECT_EQ(page[size_t(view)], photo) << "view " << view << ", size " << size;
      if (view > 0) {
        EXPECT_NE(photo, seen[0][size_t(view) - 1]);
      }
    }
  }
}

TEST_F(PhotosTest, NoneIsMadeForWhoHasLeft) {
  Photos photos(scene_);
  StopSource left;
  left.RequestStop();
  EXPECT_THROW(photos.Jpeg(0, 32, left.token()), InterruptedError);
  const std::string photo = photos.Jpeg(0, 32, StopToken());
  EXPECT_EQ(photos.Jpeg(0, 32, left.token()), photo);  // it is kept
}

}  // namespace
}  // namespace sanerf::viewer
