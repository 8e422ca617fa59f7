#include "sanerf/viewer/desk/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/nobody_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::ObjectId;
using segmentation::PromptEdits;
using testing::HasSubstr;

struct Complaint : Audience {
  void StateChanged() override {}
  void Say(const std::string&, const Json& data) override { why = data.value("why", ""); }
  std::string why;
};

scene::Scene TwoPhotos() {
  scene::Scene scene;
  for (const char* name : {"a", "b"}) scene.views.push_back(testing_scene::MakeView(name, {0, 0, 4}));
  return scene;
}

size_t Count(const std::string& text, const std::string& word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(Journal, BringsBackWhatWasSaidAndWritesEachPromptOnce) {
  const TestFolder folder;
  const scene::Scene scene = TwoPhotos();
  PromptEdits edits;
  mask_decoder::ObjectPrompt mug;
  mug.name = "mug";
  mug.clicks = {{"a", Vec2(1, 2), 1}};
  const ObjectId id = edits.AddObject(mug);
  constexpr int kClicks = 40;
  segmentation::PromptId last{};
  for (int i = 0; i < kClicks; ++i)
    last = edits.AddPrompt(id, mask_decoder::ClickPrompt{"b", Vec2(i, 3), i % 2, i - 1});
  edits.MovePrompt(last, mask_decoder::ClickPrompt{"b", Vec2(2, 9), 1});
  edits.AddPrompt(id, mask_decoder::PointPrompt{Vec3(1, 2, 3), 0});
  edits.AddPrompt(id, mask_decoder::BoxPrompt{"a", 1, 1, 5, 6});
  edits.UseView(id, "b", mask_decoder::ViewUse::kNever);
  edits.Undo();
  const Journal said{edits.history(), {{id, {3, false, true}}}, {{"mug", {"one", "two"}}}};
  WriteJournal(folder / "window.json", said);
  EXPECT_EQ(Count(ReadFile(folder / "window.json"), "\"xy\""), size_t(1 + kClicks + 1));  // of each place one

  Nobody nobody;
  WorkList work(nobody);
  const std::optional<Journal> read = ReadJournal(folder / "window.json", scene, work).journal;
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stored, said.stored);
  EXPECT_EQ(read->looks.at(id).color, 3);
  PromptEdits again(read->history);
  const auto prompts = [](const PromptEdits& of) { return mask_decoder::ToJson(of.AsPrompts()).dump(); };
  EXPECT_EQ(prompts(again), prompts(edits));
  EXPECT_TRUE(again.Redo());
  EXPECT_EQ(again.Object(id).UseOf("b"), mask_decoder::ViewUse::kNever);
  for (PromptEdits* of : {&edits, &again})
    while (of->Undo()) {
    }
  EXPECT_EQ(prompts(again), prompts(edits));
}

// What PromptEdits would go on from without noticing.
TEST(Journal, OneThatContradictsItselfIsSetAside) {
  const TestFolder folder;
  const std::filesystem::path file = folder / "window.json", aside = folder / "window.json.damaged";
  const scene::Scene scene = TwoPhotos();
  PromptEdits edits;
  mask_decoder::ObjectPrompt mug;
  mug.clicks = {{"a", Vec2(1, 2), 1}};
  std::map<ObjectId, ObjectDisplay> looks;
  for (const char* name : {"mug", "cup"}) {
    mug.name = name;
    looks[edits.AddObject(mug)] = {};
  }
  edits.RemoveObject(edits.objects()[1].id);
  WriteJournal(file, {edits.history(), looks, {}});
  const Json whole = ReadJsonFile(file);
  const auto refusal = [&](const std::function<void(Json&)>& change) {
    Json json = whole;
    change(json);
    WriteJsonFile(file, json);
    std::filesystem::remove(aside);
    Complaint listener;
    WorkList work(listener);
    EXPECT_FALSE(ReadJournal(file, scene, work).journal) << json;
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_TRUE(std::filesystem::exists(aside));
    return listener.why;
  };
  const auto set = [&](const char* pointer, const Json& value) {
    return refusal([&](Json& json) { json.at(Json::json_pointer(pointer)) = value; });
  };
  EXPECT_THAT(set("/now", Json::array({0, 0})), HasSubstr("now: the number 1 is there twice"));
  EXPECT_THAT(set("/now", Json::array({0, 7})), HasSubstr("now[1]: there is no object 7"));
  EXPECT_THAT(set("/objects/0/prompts", Json::array({-1})), HasSubstr("objects[0].prompts[0]: there is no prompt -1"));
  EXPECT_THAT(set("/objects/1/prompts", Json::array({0})), HasSubstr("past[2].objects: the number 2 is there twice"));
  EXPECT_THAT(set("/objects/1/id", whole.at("objects").at(0).at("id")), HasSubstr("there twice"));
  EXPECT_THAT(set("/objects/1/edition", whole.at("objects").at(0).at("edition")), HasSubstr("there twice"));
  EXPECT_THAT(set("/objects/1/name", "mug"), HasSubstr("two objects are named 'mug'"));
  EXPECT_THAT(set("/objects/1/name", "cup\xE2\x80\xAE"), HasSubstr("U+202E"));
  EXPECT_THAT(set("/prompts/1/id", 99), HasSubstr("the number 99 is beyond last_id, 6"));
  EXPECT_THAT(set("/last_id", 4), HasSubstr("is beyond last_id, 4"));
  EXPECT_THAT(set("/prompts/0/xy", {nullptr, 2}), HasSubstr("expected a number"));
  EXPECT_THAT(set("/prompts/0/xy", {1e300, 2}), HasSubstr("outside"));
  EXPECT_THAT(set("/looks/1/id", 99), HasSubstr("looks[1].id"));
  EXPECT_THAT(set("/looks/1/id", 1), HasSubstr("two looks"));
  std::string text = whole.dump();
  WriteFileAtomic(file, text.replace(text.find("[1.0,2.0]"), 9, "[NaN,2.0]"));
  Complaint listener;
  WorkList work(listener);
  EXPECT_FALSE(ReadJournal(file, scene, work).journal);
  EXPECT_THAT(listener.why, HasSubstr("broken JSON"));
  WriteJsonFile(file, whole);
  EXPECT_TRUE(ReadJournal(file, scene, work).journal);
}

TEST(Journal, TellsObjectsApartByWhatWasSaid) {
  mask_decoder::ObjectPrompt mug;
  mug.name = "mug";
  mug.clicks = {{"a", Vec2(1, 2), 1}};
  mask_decoder::DecodedObject masks;
  masks.views.emplace_back().view = "a";
  const std::string print = PrintOf(mug, masks);
  EXPECT_EQ(PrintOf(mug, masks), print);
  masks.views[0].agreement = 0.5;  // decided, not said
  EXPECT_EQ(PrintOf(mug, masks), print);
  masks.views[0].use = mask_decoder::ViewUse::kNever;
  EXPECT_NE(PrintOf(mug, masks), print);
  mug.clicks[0].label = 0;
  masks.views[0].use = mask_decoder::ViewUse::kAuto;
  EXPECT_NE(PrintOf(mug, masks), print);
}

}  // namespace
}  // namespace sanerf::viewer
