// For tests of the desk: one on the procedural scene, whose views may be missing, and whom it tells.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/segmentation/session_test_support.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/desk/desk.h"

namespace sanerf::viewer {

// What a page would have received.
class DeskListener : public Audience {
 public:
  void StateChanged() override { ++num_changes; }
  void Say(const std::string& event, const Json& data) override {
    const std::lock_guard lock(mutex_);
    if (event == "answer") kinds_.push_back(data.at("kind").get<std::string>());
    if (event != "message") return;
    messages_.push_back(data.at("text").get<std::string>());
    hints_.push_back(data.at("hint").get<std::string>());
  }
  std::vector<std::string> kinds() const {
    const std::lock_guard lock(mutex_);
    return kinds_;
  }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  std::vector<std::string> hints() const {
    const std::lock_guard lock(mutex_);
    return hints_;
  }
  std::atomic<int> num_changes = 0;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> kinds_, messages_, hints_;
};

// Some views are not encoded yet.
class GradualFeatures : public segmentation::InstanceFeatures {
 public:
  using InstanceFeatures::InstanceFeatures;
  bool Has(int view_idx) const override {
    const std::lock_guard lock(missing_mutex_);
    return missing_.count(view_idx) == 0;
  }
  ImageF Depth(int view_idx, const Job& job) const override {
    if (!Has(view_idx)) throw Error("the view has not been encoded");
    return InstanceFeatures::Depth(view_idx, job);
  }
  void Lack(std::set<int> views) {
    const std::lock_guard lock(missing_mutex_);
    missing_ = std::move(views);
  }

 private:
  mutable std::mutex missing_mutex_;
  std::set<int> missing_;
};

class DeskTest : public segmentation::SessionTest {
 protected:
  void SetUp() override {
    run_ = *folder_ / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(run_);
    WriteFileAtomic(run_ / "run.json", "{}");  // a run, as far as the journal asks
  }
  // Where it does not matter how good the field becomes.
  DeskRoom HastyRoom() {
    DeskRoom room = Room();
    room.settings.object.iters = 10;
    room.settings.segment.further_iters = 5;
    return room;
  }
  DeskRoom Room() {
    DeskRoom room;
    room.scene = shared_scene_;
    static_cast<segmentation::SegmentationOptions&>(room.settings) = SegmentOptionsForTests();
    room.settings.encode.size = std::max(shared_scene_->views[0].camera.width, shared_scene_->views[0].camera.height);
    room.run = run_;
    room.point_at = [](const Camera&, const Vec2&) { return Vec3(0, 0, 50); };  // nothing is there
    room.store = [this](const segmentation::SessionSnapshot& fitted, const std::filesystem::path&,
                        const std::vector<std::string>& retired, const Job&) {
      stored_ = mask_decoder::ToJson(fitted.objects.prompts);
      retired_ = retired;
      snapshot_ = fitted;
      ++num_stored_;
      return true;
    };
    return room;
  }
  // As it is read from the run.
  static std::vector<run::StoredField> Reread(const segmentation::SessionSnapshot& stored) {
    run::StoredField field{stored.objects.prompts, {}, stored.model};
    for (const auto& masks : stored.objects.masks) field.objects.push_back(*masks);
    std::vector<run::StoredField> fields;
    fields.push_back(std::move(field));
    return fields;
  }
  segmentation::SegmentationInput GradualInput() const {
    return {shared_scene_, *nerf_, gradual_, sam_, shared_scene_->TrainViews()};
  }
  // On the instance, in a view that is none of those.
  static Json ClickRequestOutside(const std::set<int>& views, int instance, int label = 1, int64_t object = 0) {
    for (const int view : shared_scene_->TrainViews()) {
      if (views.count(view) > 0) continue;
      const ImageU8 ids = scene::LoadViewMask(shared_scene_->views[size_t(view)]);
      for (int y = 2; y + 2 < ids.height; ++y)
        for (int x = 2; x + 2 < ids.width; ++x)
          if (ids.At(x, y) == instance && ids.At(x - 2, y) == instance && ids.At(x + 2, y) == instance &&
              ids.At(x, y - 2) == instance && ids.At(x, y + 2) == instance)
            return {{"op", "add_click"}, {"object", object}, {"view", view}, {"xy", {x, y}}, {"label", label}};
    }
    return {};
  }
  static Json StripRows(const Desk& desk, int64_t id) { return desk.Strip(segmentation::ObjectId(id)).at("views"); }
  // By view, -1 where it is not known.
  static std::vector<double> AgreementsIn(const Desk& desk, int64_t id) {
    std::vector<double> agreements;
    for (const Json& view : StripRows(desk, id))
      agreements.push_back(view.at("agreement").is_null() ? -1 : view.at("agreement").get<double>());
    return agreements;
  }
  static std::map<std::string, int> Outcomes(const Desk& desk, int64_t id) {
    std::map<std::string, int> outcomes;
    for (const Json& view : StripRows(desk, id)) ++outcomes[view.at("outcome").get<std::string>()];
    return outcomes;
  }
  segmentation::SegmentationInput Input() const {
    return {shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()};
  }
  static Json ClickRequest(int instance, int label = 1, int64_t object = 0) {
    const mask_decoder::ClickPrompt click = ClickOn(instance, label);
    return {{"op", "add_click"},
            {"object", object},
            {"view", shared_scene_->FindView(click.view)},
            {"xy", {click.xy.x(), click.xy.y()}},
            {"label", label}};
  }
  // Three of four views, where fewer say enough; not those of the clicks.
  static std::set<int> MostBut(const std::vector<Json>& clicks) {
    std::set<int> views;
    for (const int view : shared_scene_->TrainViews())
      if (view % 4 != 0) views.insert(view);
    for (const Json& click : clicks) views.erase(click.at("view").get<int>());
    return views;
  }
  static void WaitUntil(const std::function<bool()>& holds) {
    for (int i = 0; i < 6000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(holds());
  }
  static bool IsAnswered(const Desk& desk) {
    for (const Json& object : desk.Objects())
      if (object.at("status") == "working") return false;
    return true;
  }
  static bool IsKept(const Desk& desk, const std::string& name) {
    try {
      desk.CheckKept({name});
    } catch (const NotNow&) {
      return false;
    }
    return true;
  }
  static std::string Prompts(const Desk& desk) {
    Json prompts = Json::array();
    for (const Json& object : desk.Objects()) {
      prompts.push_back({object.at("id"), object.at("name"), object.at("dropped")});
      for (Json prompt : object.at("prompts")) {
        prompt.erase("p");  // known once it is decoded
        prompts.push_back(prompt);
      }
    }
    return prompts.dump();
  }

  std::filesystem::path run_;
  DeskListener listener_;
  WorkList work_{listener_};
  std::atomic<int> num_stored_ = 0;
  Json stored_;
  std::vector<std::string> retired_;
  std::optional<segmentation::SessionSnapshot> snapshot_;
  std::shared_ptr<GradualFeatures> gradual_ = std::make_shared<GradualFeatures>(*shared_scene_, *nerf_);
};

}  // namespace sanerf::viewer
