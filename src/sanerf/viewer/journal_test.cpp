#include "sanerf/viewer/journal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sanerf/core/files.h"
#include "sanerf/core/json.h"
#include "sanerf/core/test_folder.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::viewer {
namespace {

using segmentation::ObjectId;
using segmentation::PromptEdits;

struct Nobody : Audience {
  void StateChanged() override {}
  void Say(const std::string&, const Json&) override {}
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
  const std::optional<Journal> read = ReadJournal(folder / "window.json", scene, work);
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
