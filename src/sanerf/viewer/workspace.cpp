#include "sanerf/viewer/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/shell_quoted.h"
#include "sanerf/core/system_info.h"
#include "sanerf/eval/ground_truth.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/pipeline/flags_for.h"
#include "sanerf/viewer/commands.h"
#include "sanerf/viewer/edit_request.h"
#include "sanerf/viewer/exports.h"
#include "sanerf/viewer/scene_cloud.h"
#include "sanerf/viewer/truth.h"
#include "sanerf/viewer/work_list.h"
#include "sanerf/viewer/workbench.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {

using segmentation::ObjectId;

namespace {

constexpr int kCloudPoints = 300'000;
constexpr int kLargestPicture = 4096;
constexpr size_t kKeptThumbnails = 400;
constexpr int kThumbnailSize = 512;

int CheckedSize(int size) {
  if (size < 1 || size > kLargestPicture)
    throw UsageError(fmt::format("size {}", size), fmt::format("expected 1 to {}", kLargestPicture));
  return size;
}

fs::path RunFor(const WorkspaceRequest& request) {
  if (run::RunFolder::Exists(request.path)) return request.path;
  if (request.run) return *request.run;
  fs::path beside = request.path.lexically_normal();
  if (!beside.has_filename()) beside = beside.parent_path();
  beside += "_run";
  return beside;
}

const char* PhaseName(LiveField::Phase phase) {
  constexpr const char* kNames[] = {"photos", "training", "paused", "trained"};
  return kNames[int(phase)];
}

Json Xyz(const Vec3& v) { return {v.x(), v.y(), v.z()}; }

}  // namespace

// What the window was told to do otherwise than by default, as flags of the commands that do the same.
struct StageFlags {
  explicit StageFlags(const pipeline::Settings& settings) {
    const Json options = pipeline::ToJson(settings);
    encode = pipeline::FlagsFor(options, {"encode"});
    segment = pipeline::FlagsFor(options, {"masks", "segment", "object"});
    text = pipeline::FlagsFor(options, {"masks", "segment", "object", "text"});
    everything = pipeline::FlagsFor(options, {"masks", "segment", "object", "auto"});
  }
  std::string encode, segment, text, everything;
};

// Counts how often the state has changed on the way to who shows it.
class CountingAudience : public Audience {
 public:
  explicit CountingAudience(Audience& audience) : audience_(audience) {}
  void StateChanged() override {
    ++revision_;
    audience_.StateChanged();
  }
  void Say(const std::string& event, const Json& data) override { audience_.Say(event, data); }
  int64_t revision() const { return revision_; }

 private:
  Audience& audience_;
  std::atomic<int64_t> revision_ = 1;
};

class Workspace::Impl {
 public:
  Impl(const WorkspaceRequest& request, Audience& audience)
      : server_(request.server),
        flags_(request.settings),
        run_path_(RunFor(request)),
        audience_(audience),
        work_(audience_),
        bench_(run::RunFolder::Exists(request.path) ? fs::path() : request.path, run_path_, request.settings, work_,
               audience_),
        exports_(work_, audience_) {}

  Json State();
  Json Views() const;
  Workbench& bench() { return bench_; }
  Desk& desk() { return bench_.desk(); }
  WorkList& work() { return work_; }
  Exports& exports() { return exports_; }
  KnownInstances& instances() { return instances_; }
  const fs::path& run_path() const { return run_path_; }
  std::string FindCommandFor(const std::string& words) {
    return FindCommand(run_path_, words, !desk().Objects().empty()) + (words.empty() ? flags_.everything : flags_.text);
  }
  const scene::Scene& scene() const { return bench_.scene(); }
  int64_t revision() const { return audience_.revision(); }

  Json Hover(const Json& request, const Job& job);
  std::string Photo(int view, int size, StopToken stop);
  std::string Cloud(StopToken stop);
  std::string CloudLabels(int64_t cloud, StopToken stop);
  void Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop);

 private:
  Json ObjectsState();
  Json Commands();

  const std::string server_;
  const StageFlags flags_;
  const fs::path run_path_;
  CountingAudience audience_;
  WorkList work_;
  Workbench bench_;
  Exports exports_;

  SceneCloud cloud_{bench_.scene(), kCloudPoints};
  KnownInstances instances_;
  std::mutex photo_mutex_;  // held while a photo is decoded
  std::mutex thumbnails_mutex_;
  std::map<std::pair<int, int>, std::string> thumbnails_;
};

// ================================ what is shown ================================

Json Workspace::Impl::ObjectsState() {
  Json objects = desk().Objects();
  for (Json& object : objects) {
    const auto iou = bench_.HeldOutIouOf(ObjectId(object.at("id").get<int64_t>()));
    if (iou && object.at("status") == "answered") object["iou"] = *iou;
  }
  return objects;
}

Json Workspace::Impl::Commands() {
  const std::string run = ShellQuoted(run_path_.string()), photos = ShellQuoted(scene().root.string());
  const bool has_run = bench_.field().phase() != LiveField::Phase::kPhotos;
  std::string rendered;
  for (const Json& object : desk().Objects()) {
    if (rendered.empty() && object.at("label").is_number())
      rendered = fmt::format("sanerf render {} --object {} --layers overlay,cutout", run,
                             ShellQuoted(object.at("name").get<std::string>()));
  }
  Json commands = {
      {"view", has_run ? fmt::format("sanerf view {}", run) : fmt::format("sanerf view {} --out {}", photos, run)},
      {"encode", fmt::format("sanerf encode {}{}", run, flags_.encode)},
      {"segment", SegmentCommand(run_path_, desk().edited_objects(), flags_.segment)},
      {"everything", FindCommandFor("")},
      {"render", rendered.empty() ? fmt::format("sanerf render {}", run) : rendered}};
  for (const auto& [name, flags] : bench_.field().TrainFlags())
    commands[name] = fmt::format("sanerf train {} --out {}{}", photos, run, flags);
  return commands;
}

Json Workspace::Impl::State() {
  const Similarity file_from_model = scene().model_from_file.Inverse();
  const int64_t revision = audience_.revision();
  return {{"protocol", 1},
          {"program", VersionString()},
          {"server", server_},
          {"revision", revision},
          {"title", run::NameOfPath(scene().root)},
          {"run", run_path_.string()},
          {"scene", scene().root.string()},
          {"phase", PhaseName(bench_.field().phase())},
          {"frame",
           {{"up", Xyz(file_from_model.rotation * Vec3(0, 0, 1))},
            {"focus", Xyz(file_from_model * Vec3::Zero())},
            {"radius", file_from_model.scale}}},
          {"num_views", scene().views.size()},
          {"num_test_views", scene().TestViews().size()},
          {"training", bench_.field().TrainingState()},
          {"encoding", bench_.EncodingState()},
          {"waiting", bench_.Waiting()},
          {"objects", ObjectsState()},
          {"answer", desk().AnswerState()},
          {"history", desk().History()},
          {"work", work_.AsJson()},
          {"exports", ExportFormats()},
          {"results", exports_.State()},
          {"commands", Commands()},
          {"machine",
           {{"device",
             fmt::format("CPU, {} thread{}, {}", NumThreads(), NumThreads() == 1 ? "" : "s", kernels::Kernels().name)},
            {"memory", PeakRssBytes()},
            {"memory_now", RssBytes()}}}};
}

Json Workspace::Impl::Views() const {
  Json views = Json::array();
  for (size_t i = 0; i < scene().views.size(); ++i) {
    const scene::View& view = scene().views[i];
    views.push_back({{"idx", i},
                     {"name", view.name},
                     {"split", view.is_test ? "test" : "train"},
                     {"width", view.camera.width},
                     {"height", view.camera.height},
                     {"truth", !view.mask_path.empty()},
                     {"camera", ToJson(view.camera)}});
  }
  return views;
}

Json Workspace::Impl::Hover(const Json& request, const Job& job) try {
  const Workbench::Urgent urgent(bench_);
  return AsUsage([&] { return desk().Hover(request, job); });
} catch (const NotNow& refused) {  // the page shows how far encoding is
  bench_.PromptsChanged();
  Json encoding = bench_.EncodingState();
  if (encoding.is_null()) throw;
  throw NotNow(Json{{"encoding", {{"done", encoding["done"]}, {"total", encoding["total"]}}}},
               std::string(refused.summary()), std::string(refused.why()), refused.hint());
}

std::string Workspace::Impl::Photo(int view, int size, StopToken stop) {
  const scene::View& of_view = ViewAt(scene(), view);
  const std::pair key(view, CheckedSize(size));
  const auto kept = [&]() -> std::optional<std::string> {
    const std::lock_guard lock(thumbnails_mutex_);
    const auto found = thumbnails_.find(key);
    return found == thumbnails_.end() ? std::nullopt : std::optional(found->second);
  };
  if (std::optional<std::string> known = kept()) return *known;
  // One at a time: a page asks for all at once, and a photo of 24 megapixels takes 400 MB while it is decoded.
  const std::lock_guard decode_lock(photo_mutex_);
  Job().With(stop).ThrowIfStopped("the photo");
  if (std::optional<std::string> known = kept()) return *known;
  const Camera camera = of_view.camera.ResizedToLongest(size);
  const float white[3] = {1, 1, 1};
  std::string jpeg = EncodeJpeg(ToU8(CompositeOver(scene::LoadViewImage(of_view, camera.width, camera.height), white)));
  const std::lock_guard lock(thumbnails_mutex_);
  if (size <= kThumbnailSize && thumbnails_.size() < kKeptThumbnails) thumbnails_[key] = jpeg;
  return jpeg;
}

std::string Workspace::Impl::Cloud(StopToken stop) {
  const std::shared_ptr<const nerf::NerfModel> model = bench_.field().model();
  if (!model) throw NotNow("there are no points yet", "the scene is not trained", "start the training");
  return cloud_.Bytes(model, Job().With(stop).With(bench_.closing()));
}

std::string Workspace::Impl::CloudLabels(int64_t cloud, StopToken stop) {
  const std::shared_ptr<const Answer> answer = desk().answer();
  const mask_aggregator::ObjectModel* objects = answer->snapshot.model ? &*answer->snapshot.model : nullptr;
  return cloud_.Labels(cloud, answer->revision, objects, Job().With(stop).With(bench_.closing()));
}

void Workspace::Impl::Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record,
                            StopToken stop) {
  FrameRequest frame;
  const std::shared_ptr<const Answer> answer = desk().answer();
  AsUsage([&] {
    const JsonCursor json(request, "frame");
    frame.layer = ParseFrameLayer(json.StringOr("layer", "rgb"));
    if (json.Has("view")) {
      const scene::View& view = ViewAt(scene(), json["view"].Integer());
      frame.camera = view.camera.ResizedToLongest(CheckedSize(int(json.IntegerOr("size", 800))));
    } else {
      frame.camera = CameraFromJson(json["camera"]);
      CheckedSize(std::max(frame.camera.width, frame.camera.height));
    }
    if (json.IntegerOr("object", 0) != 0) {
      const ObjectId id = ObjectId(json["object"].Integer());
      desk().Object(id);
      frame.label = answer->LabelOf(id);
      const bool is_of_one =
          frame.layer == FrameLayer::kMask || frame.layer == FrameLayer::kCutout || frame.layer == FrameLayer::kWithout;
      if (frame.label < 0 && is_of_one) throw NotNow("this object has no answer yet", "", "wait for it");
    }
    if (ShowsObject(frame.layer) && !answer->snapshot.model)
      throw NotNow("this layer shows an object, and there is none yet", "", "click a thing first");
  });
  FrameScene shown;
  shown.nerf = bench_.field().model();
  if (!shown.nerf) throw NotNow("there is no picture yet", "the scene is not trained", "start the training");
  if (answer->snapshot.model)
    shown.objects = std::shared_ptr<const mask_aggregator::ObjectModel>(answer, &*answer->snapshot.model);
  shown.color_of_label = desk().ColorOfLabel(*answer);
  const Workbench::Drawing drawing(bench_);
  const Job job = Job().With(stop).With(bench_.closing());
  const bool is_training = bench_.field().phase() == LiveField::Phase::kTraining;
  RenderFrame(shown, frame, on_record, is_training ? BesideTraining(job) : job);
}

// ================================ the calls ================================

Workspace::Workspace(const WorkspaceRequest& request, Audience& audience)
    : impl_(std::make_unique<Impl>(request, audience)) {}
Workspace::~Workspace() = default;

Json Workspace::State() const { return impl_->State(); }
Json Workspace::Views() const { return impl_->Views(); }
Json Workspace::Strip(int64_t object) const { return impl_->desk().Strip(ObjectId(object)); }

Json Workspace::Edit(const Json& request) {
  Json done = AsUsage([&] { return impl_->desk().Edit(request); });
  impl_->bench().PromptsChanged();
  return {{"revision", impl_->revision()}, {"object", done.at("object")}, {"prompt", done.at("prompt")}};
}

Json Workspace::Find(const Json& request) {
  std::string words;  // "": everything
  bool begins = true;
  AsUsage([&] {
    const JsonCursor json(request, "find");
    json.ExpectKeys({"text", "everything", "start"});
    if (json.Has("start")) begins = json["start"].Bool();
    if (json.Has("everything") && json["everything"].Bool()) return;
    words = json["text"].String();
    if (words.empty()) throw UsageError("there are no words to find", "", "say what to look for: mug. banana");
  });
  if (begins) impl_->desk().Find(request);
  return {{"revision", impl_->revision()}, {"command", impl_->FindCommandFor(words)}};
}

Json Workspace::Train(const Json& request) {
  const std::string action = AsUsage([&] {
    const JsonCursor json(request, "train");
    json.ExpectKeys({"action", "preset"});
    return json["action"].String();
  });
  LiveField& field = impl_->bench().field();
  try {
    if (action == "start") {
      field.Start(AsUsage([&] { return JsonCursor(request, "train").StringOr("preset", "default"); }));
    } else if (action == "pause") {
      field.Pause();
    } else if (action == "resume") {
      field.Resume();
    } else {
      throw UsageError("action " + action, "expected start, pause or resume");
    }
  } catch (const UsageError&) {
    throw;
  } catch (const Error& error) {
    throw NotNow(error.what(), "", error.hint());
  }
  return {{"revision", impl_->revision()}};
}

Json Workspace::Again(const Json& request) {
  AsUsage([&] { JsonCursor(request, "again").ExpectKeys({}); });
  impl_->bench().GoOn();
  return {{"revision", impl_->revision()}};
}

Json Workspace::Save(const Json& request) {
  AsUsage([&] { JsonCursor(request, "save").ExpectKeys({}); });
  impl_->desk().Save();
  return {{"revision", impl_->revision()}};
}

Json Workspace::StartExport(const Json& request) {
  ExportRequest wanted;
  wanted.run = impl_->run_path();
  Json options = Json::object();
  bool begins = true;
  AsUsage([&] {
    const JsonCursor json(request, "export");
    json.ExpectKeys({"format", "objects", "options", "start"});
    if (json.Has("start")) begins = json["start"].Bool();
    wanted.format = json["format"].String();
    if (json.Has("options")) options = json["options"].json();
    if (json.Has("objects"))
      for (size_t i = 0; i < json["objects"].size(); ++i)
        wanted.objects.push_back(impl_->desk().Object(ObjectId(json["objects"][i].Integer())).about.name);
  });
  ExportRequest spoken = wanted;
  if (spoken.objects.empty())
    for (const Json& object : impl_->desk().Objects())
      if (object.at("status") != "empty") spoken.objects.push_back(object.at("name").get<std::string>());
  Json done = {{"command", ExportCommand(spoken, options)}};
  if (!begins) return done;
  if (IsOfObjects(wanted.format)) impl_->desk().CheckKept(spoken.objects);
  done["id"] = impl_->exports().Begin(wanted, options);
  return done;
}

Json Workspace::Cancel(const Json& request) {
  const int64_t id = AsUsage([&] {
    const JsonCursor json(request, "cancel");
    json.ExpectKeys({"work"});
    return json["work"].Integer();
  });
  bool is_there = false;
  try {
    is_there = impl_->work().Cancel(id);
  } catch (const Error&) {  // it has ended meanwhile
  }
  if (!is_there) throw NotFound(fmt::format("there is no work {}", id), "", "it has ended already");
  return {{"revision", impl_->revision()}};
}

Json Workspace::Hover(const Json& request, const Job& job) { return impl_->Hover(request, job); }
std::string Workspace::Photo(int view, int size, StopToken stop) const { return impl_->Photo(view, size, stop); }

std::string Workspace::Mask(int64_t object, int view, int size) const {
  CheckedSize(size);
  const segmentation::EditedObject known = impl_->desk().Object(ObjectId(object));
  if (known.masks) {
    for (const mask_decoder::ViewDecision& decision : known.masks->views) {
      if (decision.view_idx != view || decision.mask.empty()) continue;
      const Camera camera = impl_->scene().views[size_t(view)].camera.ResizedToLongest(size);
      return EncodePng(ResizeNearest(decision.mask, camera.width, camera.height));
    }
  }
  throw NotFound(fmt::format("{} has no mask in view {}", known.about.name, view));
}

std::string Workspace::Truth(int64_t object, int view, int size) const {
  CheckedSize(size);
  const scene::View& of_view = ViewAt(impl_->scene(), view);
  const std::optional<int> instance = impl_->instances().Of(impl_->desk().Object(ObjectId(object)), impl_->scene());
  const std::optional<ImageU8> mask = instance ? eval::TruthMask(of_view, *instance) : std::nullopt;
  if (!mask) throw NotFound("there is no ground truth for this object in " + of_view.name);
  const Camera camera = of_view.camera.ResizedToLongest(size);
  return EncodePng(ResizeNearest(*mask, camera.width, camera.height));
}

std::string Workspace::Cloud(StopToken stop) { return impl_->Cloud(stop); }
std::string Workspace::CloudLabels(int64_t cloud, StopToken stop) { return impl_->CloudLabels(cloud, stop); }
void Workspace::Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop) {
  impl_->Frame(request, on_record, stop);
}
fs::path Workspace::ResultFile(int64_t id, std::string* name) const { return impl_->exports().FileOf(id, name); }

}  // namespace sanerf::viewer
