#include "sanerf/api/session.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "sanerf/api/library_access.h"
#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::api {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;

class ApiSessionTest : public segmentation::SessionTest {
 protected:
  Session NewSession() const {
    return Session(LibraryAccess::Make<Scene>(shared_scene_),
                   LibraryAccess::Make<RadianceField>(std::make_shared<const nerf::NerfModel>(*nerf_)),
                   LibraryAccess::Make<EncodedViews>(features_, sam_));
  }
  static Click On(int instance) {
    const mask_decoder::ClickPrompt click = ClickOn(instance);
    return {click.view, click.xy.x(), click.xy.y()};
  }
  // Of the first object in the first view, by what its masks vote.
  std::vector<uint8_t> MaskOf(Session& session) const {
    session.Update(job_);
    const Camera camera = LibraryAccess::Make<Scene>(shared_scene_).camera(0);
    return session.Snapshot(job_).Mask(camera, 0, job_).data;
  }
};

TEST_F(ApiSessionTest, SinglePromptsAreMovedAndRemoved) {
  Session session = NewSession(), fresh = NewSession();
  const std::vector<PromptId> first = session.Add({.name = "thing", .clicks = {On(kBallId)}});
  ASSERT_EQ(first.size(), 1u);
  const std::vector<uint8_t> ball = MaskOf(session);
  session.Move(first[0], On(kBottleId));
  const std::vector<uint8_t> bottle = MaskOf(session);
  EXPECT_NE(bottle, ball);
  fresh.Add({.name = "thing", .clicks = {On(kBottleId)}});
  EXPECT_EQ(bottle, MaskOf(fresh));  // as if it had been there from the beginning

  const std::vector<PromptId> more = session.Add({.name = "thing", .clicks = {On(kBallId)}});
  ASSERT_EQ(more.size(), 1u);
  EXPECT_NE(more[0], first[0]);
  EXPECT_NE(MaskOf(session), bottle);
  session.RemovePrompt(more[0]);
  EXPECT_EQ(MaskOf(session), bottle);
  EXPECT_EQ(session.prompts("thing").size(), 1u);
  ASSERT_TRUE(session.Undo());
  EXPECT_EQ(session.prompts("thing").size(), 2u);

  EXPECT_THROW(session.Move(first[0], Point{}), UsageError);  // of another kind
  EXPECT_THROW(session.RemovePrompt(PromptId(1000)), UsageError);
  EXPECT_THROW(session.prompts("nothing"), UsageError);
}

TEST_F(ApiSessionTest, OnlyAFieldIsSaved) {
  Session session = NewSession();
  session.Add({.name = "ball", .clicks = {On(kBallId)}});
  session.Update(job_);
  const TestFolder folder;
  EXPECT_THROW(session.Snapshot(job_).Save(folder / "vote.ckpt"), UsageError);
  EXPECT_FALSE(std::filesystem::exists(folder / "vote.ckpt"));
  session.Step(1, job_);
  session.Snapshot(job_).Save(folder / "field.ckpt");
  EXPECT_TRUE(std::filesystem::exists(folder / "field.ckpt"));
}

TEST_F(ApiSessionTest, WhatIsNotThereIsRefused) {
  Session session = NewSession();
  session.Add({.name = "ball", .clicks = {On(kBallId)}});
  session.Update(job_);
  const Objects objects = session.Snapshot(job_);
  EXPECT_EQ(objects.name(0), "ball");
  EXPECT_THROW(objects.name(1), UsageError);
  const Camera camera = LibraryAccess::Make<Scene>(shared_scene_).camera(0);
  EXPECT_THROW(objects.Mask(camera, -1, job_), UsageError);
  for (const int side : {0, -3, 1 << 30}) {
    Camera odd = camera;
    odd.width = side;
    EXPECT_THROW(objects.Labels(odd, job_), UsageError) << side;
  }
  Camera nowhere = camera;
  nowhere.world_from_cam[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(objects.Labels(nowhere, job_), UsageError);
}

TEST_F(ApiSessionTest, IdsComeInTheOrderOfWhatWasAdded) {
  Session session = NewSession();
  const Click click = On(kBallId);
  const std::vector<PromptId> ids =
      session.Add({.name = "ball", .clicks = {click}, .boxes = {{click.view, 10, 11, 40, 41}}, .points = {{1, 2, 3}}});
  const std::vector<PlacedPrompt> prompts = session.prompts("ball");
  ASSERT_EQ(ids.size(), 3u);
  ASSERT_EQ(prompts.size(), 3u);
  const auto with = [&](PromptId id) {
    return std::find_if(prompts.begin(), prompts.end(), [&](const PlacedPrompt& p) { return p.id == id; })->prompt;
  };
  EXPECT_EQ(std::get<Click>(with(ids[0])).x, click.x);
  EXPECT_EQ(std::get<Box>(with(ids[1])).y1, 41);
  EXPECT_EQ(std::get<Point>(with(ids[2])).z, 3);
  EXPECT_TRUE(std::get<Point>(with(ids[2])).positive);
}

}  // namespace
}  // namespace sanerf::api
