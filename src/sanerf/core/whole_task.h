// A command of several parts as one task of its job: one bar and one remaining time for all of it, also for the parts
// that are still to come.
//
//   WholeTask whole(job, "auto", {{"encode"}, {"search", 4096, 0.03}, {"object field", 200, 0.01}});
//   EncodeViews(..., whole.job());   its task "encode" counts for the part of that title
//   whole.Expect({{"search", 4096, 0.028}});
//
// As soon as every part that is left has an amount and a pace, a sentence says how long the whole takes.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/events.h"
#include "sanerf/core/job.h"

namespace sanerf {

class WholeTask : public EventSink {
 public:
  // A task with the part's very title says how much there is to do; tasks whose titles begin with it and a blank are
  // pieces of it. Of several parts that fit the one with the longest title is meant.
  struct Part {
    std::string title;
    double amount = kUnknown;        // with what is done already
    double seconds_each = kUnknown;  // expected; what is measured on the way counts more and more
  };
  static constexpr double kUnknown = -1;

  // Parts follow each other in this order; one of which nothing is heard is over when a later one begins. seconds:
  // since the whole began, for tests; none = a clock. The job must outlive it.
  WholeTask(const Job& job, const std::string& title, std::vector<Part> parts, std::function<double()> seconds = {});

  // What the parts report to: their sentences go on to the whole's job, their tasks become its progress.
  const Job& job() const { return inner_; }
  // What is known of these parts by now; unknown values leave what was known.
  void Expect(const std::vector<Part>& parts);
  // None as long as something is not known.
  std::optional<double> SecondsLeft() const;
  void Finish(std::string_view text) { task_.Finish(text); }

  void Take(const Event& event) override;

 private:
  struct Running {
    double done = 0, seconds = 0;
  };
  struct PartState {
    Part expected;
    Running finished;
    std::map<uint64_t, Running> tasks;
  };

  int PartOf(std::string_view title) const;  // -1: of none
  void Count(const Event& event);
  std::optional<double> SecondsLeftIn(const PartState& part) const;
  std::optional<double> SecondsLeftUnlocked() const;
  void ShowProgress();

  const Job& outer_;
  const Job inner_;
  const std::function<double()> seconds_;
  mutable std::mutex mutex_;
  std::vector<PartState> parts_;
  int current_ = 0;
  bool has_announced_ = false;
  std::string text_;  // what the task that was heard last is doing
  Task task_;         // in milliseconds
};

}  // namespace sanerf
