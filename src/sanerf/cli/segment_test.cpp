// What `segment` says.
#include "sanerf/cli/tiny_run_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/run/run_lock.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SegmentCommand : public TinyRun {};

TEST_F(SegmentCommand, OneViewIsNoViews) {
  MakeRun();
  const Arguments whole_photo = {"--box", "train/001:0,0,48,48"};
  EXPECT_THAT(Succeeds(Segment(whole_photo + Arguments{"--set", "segment.max_views=1"})).err,
              AllOf(HasSubstr("mug: 1 of 1 view has a mask\n"), HasSubstr("mug: 1 of 1 view gave a mask\n")));
  EXPECT_THAT(Succeeds(Segment(whole_photo + Arguments{"--set", "segment.max_views=2"})).err,
              HasSubstr(" of 2 views gave a mask\n"));
}

// Masks of the photos themselves, with a segmentation and without, at the photos' size.
TEST_F(SegmentCommand, WritesMasksOfThePhotosThemselves) {
  MakeRunWithMug(2, Rough());
  namespace fs = std::filesystem;
  const fs::path folder = folder_ / "run/objects/mug/photo_masks";
  EXPECT_THAT(Fails(1, {"eval", "run", "--baseline", "photo"}),
              AllOf(HasSubstr("mug has no masks of the photos"), HasSubstr("--refine-photos")));
  const auto before = Snapshot(folder_ / "run/objects");
  const ProgramResult alone = Succeeds({"segment", "run", "--refine-photos"});
  EXPECT_THAT(alone.err,
              AllOf(HasSubstr("mug/photo_masks: masks of"), HasSubstr("next: sanerf eval run --baseline photo")));
  int num_photos = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const ImageU8 mask = ReadImage(entry.path());
    EXPECT_EQ(mask.width, 48);
    EXPECT_EQ(mask.height, 48);
    EXPECT_EQ(mask.channels, 1);
    for (const uint8_t value : mask.data) ASSERT_TRUE(value == 0 || value == 255);
    ++num_photos;
  }
  EXPECT_GE(num_photos, 10);
  EXPECT_TRUE(fs::exists(folder / "train_001.png"));
  // Nothing else has changed, and the same command says the same again.
  auto after = Snapshot(folder_ / "run/objects");
  const auto masks = after;
  std::erase_if(after, [](const auto& file) { return file.first.find("photo_masks") != std::string::npos; });
  EXPECT_EQ(after, before);
  const Json json = Json::parse(Succeeds({"segment", "run", "--name", "mug", "--refine-photos", "--json"}).out);
  EXPECT_EQ(json["photo_masks"]["photos"], num_photos);
  EXPECT_EQ(json["photo_masks"]["objects"][0]["name"], "mug");
  EXPECT_EQ(Snapshot(folder_ / "run/objects"), masks);

  const Json scored = Json::parse(Succeeds({"eval", "run", "--baseline", "photo", "--json"}).out);
  EXPECT_EQ(scored["baselines"][0]["objects"].size(), 1u);

  EXPECT_THAT(Fails(2, {"segment", "run", "--name", "cup", "--refine-photos"}), HasSubstr("cup"));
  EXPECT_THAT(Fails(2, {"segment", "run", "--auto", "--refine-photos"}), HasSubstr("--refine-photos"));
  EXPECT_THAT(Fails(2, {"segment", "run", "--refine-photos", "--instance", "3"}), HasSubstr("belong to prompts"));

  // Segmented again, the masks of the field before are gone, unless they are asked for again.
  Succeeds(Segment({"--box", "train/001:0,0,40,48"}));
  EXPECT_FALSE(fs::exists(folder));
  Succeeds(Segment({"--box", "train/001:0,0,48,40", "--refine-photos"}));
  EXPECT_TRUE(fs::exists(folder / "train_001.png"));
}

TEST_F(SegmentCommand, MasksOfPhotosThatCannotBeReadLeaveTheOnesBefore) {
  MakeRunWithMug(2, Rough());
  Succeeds({"segment", "run", "--refine-photos"});
  const auto before = Snapshot(folder_ / "run/objects");
  WriteFileAtomic(folder_ / "run/objects/mug/masks/train_001.png", "no picture");
  EXPECT_EQ(Sanerf({"segment", "run", "--refine-photos"}).exit_code, 1);
  auto after = Snapshot(folder_ / "run/objects"), same = before;
  after.erase("mug/masks/train_001.png");
  same.erase("mug/masks/train_001.png");
  EXPECT_EQ(after, same);
}

}  // namespace
}  // namespace sanerf::cli
