#include "sanerf/viewer/desk/answer_maker.h"

#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/viewer/desk/desk_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::kMugId;
using segmentation::MaskState;
using ::testing::Contains;

class AnswerMakerTest : public DeskTest {};

TEST_F(AnswerMakerTest, UndosBringBackMasksThatNobodyDecodesAgain) {
  std::atomic<int> num_predicted = 0;
  sam_->on_predict = [&] { ++num_predicted; };
  gradual_->Lack(MostBut({ClickRequest(kBallId), ClickRequest(kBottleId), ClickRequest(kMugId)}));
  Desk desk(HastyRoom(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(true);
  const int64_t object = desk.Edit(ClickRequest(kBallId)).at("object");
  const auto id = segmentation::ObjectId(object);
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  const auto first = desk.Object(id).masks;
  desk.Edit(ClickRequest(kBottleId, 0, object));
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  desk.Edit(ClickRequest(kMugId, 0, object));
  WaitUntil([&] { return num_stored_ == 3 && IsAnswered(desk); });
  ASSERT_NE(desk.Object(id).masks, first);
  const int before = num_predicted;
  ASSERT_GT(before, 0);
  const size_t num_answers = listener_.kinds().size();
  desk.Edit({{"op", "undo"}});
  desk.Edit({{"op", "undo"}});
  // They are there already, whatever the desk is at.
  EXPECT_EQ(desk.Object(id).masks, first);
  EXPECT_EQ(desk.Object(id).state, MaskState::kRefined);
  const auto shows_first = [&] {
    const auto& masks = desk.answer()->snapshot.objects.masks;
    return masks.size() == 1 && masks[0] == first;
  };
  WaitUntil([&] { return shows_first() && IsAnswered(desk); });
  EXPECT_EQ(num_predicted, before);
  const std::vector<std::string> kinds = listener_.kinds();
  ASSERT_GT(kinds.size(), num_answers);
  for (size_t i = num_answers; i < kinds.size(); ++i) EXPECT_NE(kinds[i], "first");
}

TEST_F(AnswerMakerTest, AFinishedAnswerStaysInViewWhileMissingViewsAreAdded) {
  std::set<int> missing;
  for (const int view : shared_scene_->TrainViews())
    if (view % 3 == 0) missing.insert(view);
  gradual_->Lack(missing);
  Desk desk(Room(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(true);
  const int64_t id = desk.Edit(ClickRequestOutside(missing, kBallId)).at("object");
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  EXPECT_GT(Outcomes(desk, id).count("not_encoded"), 0u);
  desk.Edit(ClickRequestOutside(missing, kBottleId, 0, id));  // corrects the masks that there are
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  EXPECT_GT(Outcomes(desk, id).count("not_encoded"), 0u);
  const size_t before = listener_.kinds().size();
  desk.ViewsEncoded(false);  // the encoder goes on
  gradual_->Lack({});
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 3; });
  EXPECT_EQ(Outcomes(desk, id).count("not_encoded"), 0u);
  const std::vector<std::string> kinds = listener_.kinds();
  for (size_t i = before; i < kinds.size(); ++i) EXPECT_EQ(kinds[i], "field");
}

TEST_F(AnswerMakerTest, AFirstAnswerWaitsForNoViewButItsOwn) {
  const int clicked = ClickRequest(kBallId).at("view");
  std::set<int> missing;
  for (const int view : shared_scene_->TrainViews())
    if (view != clicked) missing.insert(view);
  gradual_->Lack(missing);
  Desk desk(HastyRoom(), work_, listener_);
  desk.SetGround(GradualInput());
  desk.ViewsEncoded(false);
  desk.Edit(ClickRequest(kBallId));
  WaitUntil([&] { return desk.answer()->kind == Answer::Kind::kFirst; });
  EXPECT_EQ(desk.AnswerState().at("views"), 1);
  EXPECT_EQ(desk.Objects()[0].at("status"), "working");  // more of it is to come
  gradual_->Lack(MostBut({ClickRequest(kBallId)}));
  desk.ViewsEncoded(true);
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  EXPECT_GT(desk.AnswerState().at("views"), 1);
}

TEST_F(AnswerMakerTest, AFirstAnswerSaysHowWellItsViewsAgree) {
  Desk desk(Room(), work_, listener_);
  desk.SetGround(Input());
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  WaitUntil([&] { return !desk.AnswerState().at("agreement").empty(); });
  int num_compared = 0;
  for (const Json& view : StripRows(desk, id)) {
    num_compared += view.at("agreement").is_number();
    if (view.at("outcome") == "not_selected") {
      EXPECT_EQ(view.at("reason"), "not looked at yet");
    }
  }
  EXPECT_GE(num_compared, 2);
  EXPECT_TRUE(desk.Objects()[0].at("agreement").is_number());
}

TEST_F(AnswerMakerTest, AgreementComesBackWithTheMasksThatUndoBringsBack) {
  DeskRoom room = HastyRoom();
  room.settings.segment.rounds = 0;  // masks that do not say it themselves
  Desk desk(std::move(room), work_, listener_);
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  const int64_t id = desk.Edit(ClickRequest(kBallId)).at("object");
  WaitUntil([&] { return num_stored_ == 1 && IsAnswered(desk); });
  const std::vector<double> of_ball = AgreementsIn(desk, id);
  EXPECT_THAT(of_ball, Contains(testing::Ge(0)));
  desk.Edit(ClickRequest(kBottleId, 1, id));
  WaitUntil([&] { return num_stored_ == 2 && IsAnswered(desk); });
  EXPECT_NE(AgreementsIn(desk, id), of_ball);
  desk.Edit({{"op", "undo"}});
  WaitUntil([&] { return num_stored_ == 3 && IsAnswered(desk); });
  EXPECT_EQ(AgreementsIn(desk, id), of_ball);
}

TEST_F(AnswerMakerTest, HowWellTheMasksOfARunAgreeIsFoundOut) {
  segmentation::Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  session.Step(5, job_);
  std::vector<run::StoredField> fields = Reread(session.Snapshot(job_));
  for (mask_decoder::ViewDecision& view : fields[0].objects[0].views) view.agreement = -1;  // as without any round
  Desk desk(Room(), work_, listener_);
  desk.Load(std::move(fields));
  EXPECT_TRUE(desk.Objects()[0].at("agreement").is_null());
  desk.SetGround(Input());
  desk.ViewsEncoded(true);
  WaitUntil([&] { return desk.Objects()[0].at("agreement").is_number(); });
  EXPECT_THAT(AgreementsIn(desk, desk.Objects()[0].at("id")), Contains(testing::Ge(0)));
  EXPECT_EQ(desk.Objects()[0].at("status"), "answered");
  EXPECT_TRUE(desk.AnswerState().at("agreement").empty());  // no edit was answered
  EXPECT_THAT(listener_.kinds(), testing::IsEmpty());
}

// Pictures of the views that cannot be read.
class PicturelessFeatures : public segmentation::InstanceFeatures {
 public:
  using InstanceFeatures::InstanceFeatures;
  ImageF Rgb(int, const Job&) const override { throw Error("the picture is damaged"); }
};

TEST_F(AnswerMakerTest, WhyItIsNotKnownHowWellTheMasksOfARunAgreeIsSaid) {
  segmentation::Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  session.Step(5, job_);
  std::vector<run::StoredField> fields = Reread(session.Snapshot(job_));
  for (mask_decoder::ViewDecision& view : fields[0].objects[0].views) {
    view.agreement = -1;
    view.sharp_outline = false;  // drawn anew, along the edges of the picture
  }
  Desk desk(Room(), work_, listener_);
  desk.Load(std::move(fields));
  segmentation::SegmentationInput input = Input();
  input.features = std::make_shared<PicturelessFeatures>(*shared_scene_, *nerf_);
  desk.SetGround(std::move(input));
  desk.ViewsEncoded(true);
  WaitUntil([&] { return !listener_.messages().empty(); });
  EXPECT_THAT(listener_.messages(), testing::ElementsAre(testing::HasSubstr("agree is not known: the picture is")));
  WaitUntil([&] { return desk.Objects()[0].at("status") == "answered"; });  // what is shown needs none of it
}

}  // namespace
}  // namespace sanerf::viewer
