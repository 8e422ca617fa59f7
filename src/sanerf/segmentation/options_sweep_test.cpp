// The ends of the ranges of the stages `masks` and `segment`: a click, its masks, a field, a correction; and of `auto`:
// a search, its objects, a refinement round.
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/segmentation/automatic/automatic_field.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

class SegmentationSweepTest : public SessionTest {
 protected:
  static SegmentationOptions Tiny() {
    SegmentationOptions options = SegmentOptionsForTests();
    options.object.iters = 3;
    options.object.pool_rays = 1 << 12;
    options.segment.further_iters = 2;
    return options;
  }
  void Run(const SegmentationOptions& options) const {
    static const mask_decoder::ObjectPrompt box = Clicked("box", kBoxId);
    static const mask_decoder::ClickPrompt not_the_mug = ClickOn(kMugId, 0);
    std::set<int> few;  // of many views, and those with a prompt
    const std::vector<int> all = shared_scene_->TrainViews();
    for (size_t i = 0; i < all.size(); i += 6) few.insert(all[i]);
    for (const std::string& name : {box.clicks[0].view, not_the_mug.view}) few.insert(shared_scene_->FindView(name));
    Session session({shared_scene_, *nerf_, features_, sam_, {few.begin(), few.end()}}, options);
    const ObjectId id = session.AddObject(box);
    session.Update(job_);
    session.Step(2, job_);
    session.AddPrompt(id, not_the_mug);
    session.Update(job_);
    session.Step(1, job_);
    EXPECT_EQ(session.Snapshot(job_).model->num_labels(), 2);
  }
};

TEST_F(SegmentationSweepTest, MasksAreMadeAtTheEndsOfTheirOptions) {
  const SweepCount count = SweepOptions("masks", Tiny().masks, {}, [&](const mask_decoder::MaskDecoderOptions& masks) {
    SegmentationOptions options = Tiny();
    options.masks = masks;
    Run(options);
  });
  EXPECT_GT(count.num_run, 3 * count.num_refused);  // without any tolerance hardly a point is visible
}

TEST_F(SegmentationSweepTest, AnObjectIsSegmentedAtTheEndsOfItsOptions) {
  const SweepCount count = SweepOptions("segment", Tiny().segment, {}, [&](const SegmentOptions& segment) {
    SegmentationOptions options = Tiny();
    options.segment = segment;
    Run(options);
  });
  EXPECT_GT(count.num_run, 10);
  EXPECT_EQ(count.num_refused, 0);
}

TEST_F(SegmentationSweepTest, ObjectsAreFoundAtTheEndsOfTheOptionsOfTheSearch) {
  std::vector<int> few;
  const std::vector<int> all = shared_scene_->TrainViews();
  for (size_t i = 0; i < all.size(); i += 6) few.push_back(all[i]);
  AutoOptions tiny;
  tiny.max_views = 4;
  tiny.masks.grid = 8;
  tiny.masks.stability_offset = 0.5f;  // the stand-in's logits are 1 and -1
  tiny.associate.step = 2;
  tiny.associate.min_views = 2;
  tiny.associate.coplanar = 1;
  const SweepCount count = SweepOptions("auto", tiny, {"grid"}, [&](const AutoOptions& automatic) {
    SegmentationOptions options = Tiny();
    options.automatic = automatic;
    const std::vector<int> searched = ViewsToSearch(*shared_scene_, few, automatic);
    std::vector<FoundMask> masks = SearchViews(searched, *features_, *sam_, automatic.masks, job_);
    SegmentationInput input{shared_scene_, *nerf_, features_, sam_, few};
    AutomaticField found = TieTogether(input, searched.size(), std::move(masks), options, job_);
    EXPECT_FALSE(found.prompts.objects.empty());
    Session session(std::move(input), options);
    session.StartFromSearch(found.prompts, std::move(found.decoded));
    session.Refine(job_);
  });
  EXPECT_GT(count.num_run, count.num_refused);  // thresholds that no mask or no object passes
}

}  // namespace
}  // namespace sanerf::segmentation
