// What every long call is given: whom to report to, whether to stop, and how many threads to take.
//
//   void Encode(const Scene& scene, const Job& job) {
//     Task task(job, "encode", scene.num_views(), "views");
//     for (int i = 0; i < scene.num_views(); ++i) {
//       job.ThrowIfStopped("encoding");
//       ...
//       task.Update(i + 1);
//     }
//     task.Finish();
//   }
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/events.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/core/stopwatch.h"

namespace sanerf {

// A small value: copies report to the same sinks, which must outlive them. Several jobs may run at once.
class Job {
 public:
  Job() = default;  // reports to nobody, is never asked to stop, takes the threads of the process
  Job(EventSink& sink, StopToken stop) : sinks_{&sink}, stops_{std::move(stop)} {}

  Job With(EventSink& sink) const;         // reports to this one as well
  Job To(EventSink& sink) const;           // reports to this one instead
  Job With(StopToken stop) const;          // may be stopped by this one as well
  Job WithThreads(int num_threads) const;  // at most so many threads at a time; 0 = those of the process
  int num_threads() const { return num_threads_; }
  // Nobody waits for it: the threads that are made for it have a lower priority (LowerPriorityOfThisThread).
  Job InBackground() const;
  bool is_background() const { return is_background_; }

  bool stop_requested() const;
  // "WHAT interrupted" as an InterruptedError once a stop was requested: where nothing has to be saved first.
  void ThrowIfStopped(std::string_view what, std::string_view hint = "run the same command again") const;

  void Info(std::string_view text) const { Report(Event::Kind::kInfo, text); }
  void Detail(std::string_view text) const { Report(Event::Kind::kDetail, text); }
  void Warn(std::string_view text) const { Report(Event::Kind::kWarning, text); }
  void Saved(std::string_view path) const { Report(Event::Kind::kSaved, path); }

  void Report(Event::Kind kind, std::string_view text) const;
  void Report(const Event& event) const;

 private:
  std::vector<EventSink*> sinks_;
  std::vector<StopToken> stops_;
  int num_threads_ = 0;
  bool is_background_ = false;
};

// One task of a job, from kStarted to kFinished; kAbandoned when it is destroyed before. The job must outlive it.
// total 0: what cannot be counted, a file that is read, say; a sink shows for how long it has gone on.
class Task {
 public:
  Task(const Job& job, std::string title, int64_t total = 0, std::string unit = "", int64_t already_done = 0);
  ~Task();
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Thread safe; `done` never goes back. An empty `text` keeps the last one.
  void Update(int64_t done, std::string_view text = "");
  void Metrics(int64_t step, std::span<const Metric> metrics);
  void SetTotal(int64_t total);  // where it is known only on the way; shown from the next report on
  void Finish(std::string_view text = "");
  double seconds() const { return watch_.seconds(); }

 private:
  void Report(Event::Kind kind, std::string_view text, std::span<const Metric> metrics = {});

  const Job& job_;
  const uint64_t id_;
  const std::string title_, unit_;
  const int64_t already_done_;
  const Stopwatch watch_;
  std::mutex mutex_;
  std::string text_;
  int64_t total_, done_;
  bool ended_ = false;
};

}  // namespace sanerf
