#include "sanerf/viewer/workspace.h"

#include <fmt/format.h>

#include <atomic>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/commands.h"
#include "sanerf/viewer/downloads/exports.h"
#include "sanerf/viewer/live/work_list.h"
#include "sanerf/viewer/workbench.h"
#include "sanerf/viewer/workspace_pictures.h"
#include "sanerf/viewer/workspace_state.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {

using segmentation::ObjectId;

namespace {

fs::path RunFor(const WorkspaceRequest& request) {
  if (run::RunFolder::Exists(request.path)) return request.path;
  if (request.run) return *request.run;
  fs::path beside = request.path.lexically_normal();
  if (!beside.has_filename()) beside = beside.parent_path();
  beside += "_run";
  return beside;
}

}  // namespace

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

struct Workspace::Impl {
  Impl(const WorkspaceRequest& request, Audience& to)
      : server(request.server),
        flags(StageFlagsOf(request.settings)),
        run(RunFor(request)),
        audience(to),
        work(audience),
        bench(run::RunFolder::Exists(request.path) ? fs::path() : request.path, {run, request.lock}, request.settings,
              work, audience),
        exports(work, audience),
        pictures(bench) {}

  // What an action has led to.
  Json Done() const { return {{"revision", audience.revision()}}; }

  const std::string server;
  const StageFlags flags;
  const fs::path run;
  CountingAudience audience;
  WorkList work;
  Workbench bench;
  Exports exports;
  WorkspacePictures pictures;
};

Workspace::Workspace(const WorkspaceRequest& request, Audience& audience)
    : impl_(std::make_unique<Impl>(request, audience)) {}
Workspace::~Workspace() = default;

Json Workspace::State() const {
  return StateOf({impl_->server, impl_->run, impl_->flags, impl_->bench, impl_->work, impl_->exports},
                 impl_->audience.revision());
}

Json Workspace::Views() const { return ViewsOf(impl_->bench.scene()); }
Json Workspace::Strip(int64_t object) const { return impl_->bench.desk().Strip(ObjectId(object)); }

Json Workspace::Edit(const Json& request) {
  const Json edited = AsUsage([&] { return impl_->bench.desk().Edit(request); });
  impl_->bench.PromptsChanged();
  Json done = impl_->Done();
  done.update(edited);
  return done;
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
  if (begins) impl_->bench.desk().Find(request);
  Json done = impl_->Done();
  done["command"] = FindCommand(impl_->run, words, !impl_->bench.desk().edited_objects().empty(), impl_->flags);
  return done;
}

Json Workspace::Train(const Json& request) {
  const std::string action = AsUsage([&] {
    const JsonCursor json(request, "train");
    json.ExpectKeys({"action", "preset"});
    return json["action"].String();
  });
  LiveField& field = impl_->bench.field();
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
  return impl_->Done();
}

Json Workspace::Again(const Json& request) {
  AsUsage([&] { JsonCursor(request, "again").ExpectKeys({}); });
  impl_->bench.Resume();
  return impl_->Done();
}

Json Workspace::Save(const Json& request) {
  AsUsage([&] { JsonCursor(request, "save").ExpectKeys({}); });
  impl_->bench.desk().Save();
  return impl_->Done();
}

Json Workspace::StartExport(const Json& request) {
  ExportRequest wanted;
  wanted.run = impl_->run;
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
        wanted.objects.push_back(impl_->bench.desk().Object(ObjectId(json["objects"][i].Integer())).about.name);
  });
  ExportRequest spoken = wanted;
  if (spoken.objects.empty())
    for (const segmentation::EditedObject& object : impl_->bench.desk().edited_objects())
      if (!mask_decoder::WhyUnusable(object.AsPrompt())) spoken.objects.push_back(object.about.name);
  Json done = {{"command", ExportCommand(spoken, options)}};
  if (!begins) return done;
  if (IsOfObjects(wanted.format)) impl_->bench.desk().CheckKept(spoken.objects);
  done["id"] = impl_->exports.Begin(wanted, options);
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
    is_there = impl_->work.Cancel(id);
  } catch (const Error&) {  // it has ended meanwhile
  }
  if (!is_there) throw NotFound(fmt::format("there is no work {}", id), "", "it has ended already");
  return impl_->Done();
}

Json Workspace::Hover(const Json& request, const Job& job) try {
  const Workbench::Urgent urgent(impl_->bench);
  return AsUsage([&] { return impl_->bench.desk().Hover(request, job); });
} catch (const NotNow& refused) {  // the page shows how far encoding is
  impl_->bench.PromptsChanged();
  Json encoding = impl_->bench.EncodingState();
  if (encoding.is_null()) throw;
  throw NotNow(Json{{"encoding", {{"done", encoding["done"]}, {"total", encoding["total"]}}}},
               std::string(refused.summary()), std::string(refused.why()), refused.hint());
}

std::string Workspace::Photo(int view, int size, StopToken stop) const {
  return impl_->pictures.Photo(view, size, stop);
}
std::string Workspace::Mask(int64_t object, int view, int size) const {
  return impl_->pictures.Mask(object, view, size);
}
std::string Workspace::Truth(int64_t object, int view, int size) const {
  return impl_->pictures.Truth(object, view, size);
}
std::string Workspace::Cloud(StopToken stop) { return impl_->pictures.Cloud(stop); }
std::string Workspace::CloudLabels(int64_t cloud, StopToken stop) { return impl_->pictures.CloudLabels(cloud, stop); }
void Workspace::Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop) {
  impl_->pictures.Frame(request, on_record, stop);
}
fs::path Workspace::ResultFile(int64_t id, std::string* name) const { return impl_->exports.FileOf(id, name); }

}  // namespace sanerf::viewer
