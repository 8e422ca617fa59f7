// What goes on at the moment, as the page shows it: the tasks of jobs, which can be canceled.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/viewer/audience.h"

namespace sanerf::viewer {

class WorkList {
  // Of a line; outlives it while somebody cancels.
  struct Control {
    const std::function<void()> on_cancel;
    std::mutex mutex;
    StopSource stop;
    void Cancel();
  };

 public:
  // audience: hears of progress, metrics and warnings; must outlive this.
  explicit WorkList(Audience& audience) : audience_(audience), warnings_(*this) {}

  // The tasks of one activity; canceling one of them stops the activity. The list must outlive it, and it the jobs
  // that report to it; what on_cancel calls is there as long as the list.
  class Line : public EventSink {
   public:
    // on_cancel: what to do instead of a stop.
    explicit Line(WorkList& list, std::function<void()> on_cancel = {})
        : list_(list), control_(new Control{std::move(on_cancel), {}, {}}) {}
    ~Line() override { list_.Forget(this); }
    void Take(const Event& event) override { list_.Take(event, this); }
    Job job() { return Job(*this, token()); }
    // A canceled line stops what begins later as well, until it is taken up again.
    StopToken token() const;
    void TakeUpAgain();  // does nothing to one that was not canceled
    void Cancel() { control_->Cancel(); }

   private:
    friend class WorkList;
    WorkList& list_;
    const std::shared_ptr<Control> control_;
  };

  // Its tasks are not listed, its warnings are messages all the same: for a part of another task, and for what nobody
  // cancels. The list must outlive it.
  Job QuietJob() { return Job().With(warnings_); }

  Json AsJson() const;  // "work" of docs/viewer.md
  // False when there is no such task.
  bool Cancel(int64_t id);
  void Message(MessageKind kind, const std::string& text, const std::string& why = "", const std::string& hint = "") {
    SayMessage(audience_, kind, text, why, hint);
  }
  void Message(const Error& error) { Message(MessageKind::kError, error); }
  void Message(MessageKind kind, const Error& error) {
    Message(kind, std::string(error.summary()), std::string(error.why()), error.hint());
  }

 private:
  class Warnings : public EventSink {
   public:
    explicit Warnings(WorkList& list) : list_(list) {}
    void Take(const Event& event) override {
      if (event.kind == Event::Kind::kWarning) list_.Take(event, nullptr);
    }

   private:
    WorkList& list_;
  };
  struct Entry {
    Line* line;
    Json shown;
    double told_at = -1;  // seconds since it began, of the last event
  };
  void Take(const Event& event, Line* line);
  void Forget(Line* line);

  Audience& audience_;
  Warnings warnings_;
  mutable std::mutex mutex_;
  std::map<uint64_t, Entry> tasks_;
};

}  // namespace sanerf::viewer
