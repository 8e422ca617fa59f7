// For tests: a workspace without a scene.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/calls.h"

namespace sanerf::viewer {

// Remembers what it was asked.
class FakeCalls : public Calls {
 public:
  Json State() const override { return {{"revision", edits.load()}}; }
  Json Views() const override { return Json::array(); }
  Json Strip(int64_t object) const override {
    if (object != 1) throw NotFound("there is no object " + std::to_string(object));
    return {{"answer", 1}};
  }
  Json Edit(const Json& request) override {
    if (request.value("op", "") == "undo") throw NotNow("there is nothing to undo", "", "make a click first");
    if (!request.contains("op")) throw UsageError("the edit has no op");
    ++edits;
    return {{"revision", edits.load()}};
  }
  Json Find(const Json&) override { throw Error("the detector is missing", "no such file", "sanerf models fetch x"); }
  Json Train(const Json& request) override { return request; }
  Json Again(const Json&) override { return {{"again", true}}; }
  Json Save(const Json&) override { return {{"saved", true}}; }
  Json StartExport(const Json&) override { throw std::runtime_error("a defect"); }
  Json Cancel(const Json&) override { return Json::object(); }
  Json Hover(const Json& request, const Job& job) override {
    if (request["view"] == 9)
      throw NotNow(Json{{"encoding", {{"done", 1}, {"total", 2}}}}, "the view is not encoded yet");
    if (request["view"] == 8) WaitForStop(job, "hovering");
    return request;
  }
  std::string Photo(int view, int size, StopToken stop) const override {
    if (view > 3) throw NotFound("there is no view " + std::to_string(view));
    if (takes_time) WaitForStop(Job().With(stop), "decoding");
    ++photos;
    return "photo " + std::to_string(view) + " " + std::to_string(size);
  }
  std::string Mask(int64_t object, int view, int) const override {
    ++photos;
    return "mask " + std::to_string(object) + " " + std::to_string(view);
  }
  std::string Truth(int64_t, int, int) const override { return "truth"; }
  std::string Cloud(StopToken stop) override {
    if (takes_time) WaitForStop(Job().With(stop), "looking for points");
    return "cloud";
  }
  std::string CloudLabels(int64_t cloud, StopToken stop) override {
    if (cloud == 8) WaitForStop(Job().With(stop), "labeling");
    if (cloud == 9) throw NotNow("these are not the points that were sent last");
    return "labels " + std::to_string(cloud);
  }
  void Frame(const Json& request, const std::function<bool(const FrameRecord&)>& on_record, StopToken stop) override {
    if (request["layer"] == "none") throw UsageError("there is no layer none");
    if (request["layer"] == "mask") throw NotNow("there is no answer yet");
    on_record({0, 0, 640, 480, "coarse"});
    if (request["layer"] == "depth") WaitForStop(Job().With(stop), "rendering");
    if (request["layer"] == "opacity")
      while (on_record({0, 0, 1, 1, "more"})) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    on_record({16, 32, 64, 0x102, "fine"});
    ++frames_done;
  }
  std::filesystem::path ResultFile(int64_t id, std::string* name) const override {
    if (id != 2) throw NotFound("there is no result " + std::to_string(id));
    *name = "mug \"\r\n\xC3\xBC.zip";
    return result;
  }

  std::atomic<int> edits = 0, frames_done = 0;
  mutable std::atomic<int> photos = 0, num_waiting = 0, num_stopped = 0;
  std::atomic<bool> takes_time = false;  // photos and points
  std::filesystem::path result;

 private:
  void WaitForStop(const Job& job, const char* what) const {
    ++num_waiting;
    for (const Stopwatch watch; watch.seconds() < 10; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
      if (!job.stop_requested()) continue;
      ++num_stopped;
      job.ThrowIfStopped(what);
    }
  }
};

}  // namespace sanerf::viewer
