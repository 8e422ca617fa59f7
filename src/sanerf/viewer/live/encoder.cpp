#include "sanerf/viewer/live/encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/thread_priority.h"
#include "sanerf/segmentation/first_views.h"

namespace sanerf::viewer {
namespace {

constexpr double kLongestWait = 2;    // seconds that a view waits for what is urgent
constexpr double kTryAgainAfter = 5;  // seconds between two tries of a view that somebody waits for
constexpr auto kPoll = std::chrono::milliseconds(20);

}  // namespace

Encoder::Encoder(EncoderInput input, WorkList& work)
    : input_(std::move(input)),
      work_(work),
      total_(int(input_.scene->TrainViews().size())),
      thread_([this](const StopToken& closing) { Run(closing); }) {}

void Encoder::CheckWantedViews() { thread_.Wake(); }

void Encoder::Resume() {
  goes_on_again_ = true;
  thread_.Wake();
}

std::vector<int> Encoder::MissingViews() const {
  std::vector<int> missing = input_.scene->TrainViews();
  std::erase_if(missing, [&](int view) { return input_.features->Has(view); });
  return missing;
}

std::optional<int> Encoder::WantedView() const {
  const std::vector<int> missing = MissingViews();
  for (const int view : input_.wanted()) {
    if (std::find(missing.begin(), missing.end(), view) == missing.end()) continue;
    const auto failed = failed_.find(view);
    if (failed == failed_.end() || failed->second.seconds() > kTryAgainAfter) return view;
  }
  return std::nullopt;
}

std::optional<int> Encoder::NextView() const {
  if (const std::optional<int> wanted = WantedView()) return wanted;
  if (!GoesOn()) return std::nullopt;
  std::vector<int> missing = MissingViews();
  std::erase_if(missing, [&](int view) { return failed_.contains(view); });
  if (missing.empty()) return std::nullopt;
  segmentation::ViewsToOrder order{*input_.scene, input_.points(), {}, missing, 0};
  if (order.points.empty()) order.points = {input_.scene->model_from_file.Inverse() * Vec3::Zero()};
  for (const int view : input_.scene->TrainViews())
    if (input_.features->Has(view)) order.first.push_back(view);
  order.count = int(order.first.size()) + 1;
  const std::vector<int> next = segmentation::BestAndMostDifferent(order, [](int) { return true; });
  return next.size() > order.first.size() ? next.back() : missing.front();
}

void Encoder::Run(const StopToken& closing) {
  LowerPriorityOfThisThread();  // the page is drawn by the same processors
  if (goes_on_again_.exchange(false)) {
    is_enough_ = false;
    num_failed_ = 0;
    failed_.clear();
  }
  try {
    EncodeAll(closing);
  } catch (const InterruptedError&) {
    if (closing.stop_requested()) return;
    is_enough_ = true;
  } catch (const std::exception& error) {
    work_.Message(MessageKind::kError, "encoding stopped", error.what());
  }
  is_busy_ = false;
  if (!MissingViews().empty()) Notify(/*all=*/true);
}

void Encoder::EncodeAll(const StopToken& closing) {
  std::optional<int> view = NextView();
  if (!view) return;
  is_busy_ = true;
  WorkList::Line line(work_);
  const Job job = line.job().With(closing);
  Task task(job, "encode", total_, "views", NumDone());
  for (; view; view = NextView()) {
    job.ThrowIfStopped("encoding");
    task.Update(NumDone(), input_.scene->views[size_t(*view)].name);
    const Stopwatch watch;
    try {
      EncodeOne(*view, work_.QuietJob().With(line.token()).With(closing));
    } catch (const InterruptedError&) {
      throw;
    } catch (const Error& error) {
      Failed(*view, error);
      continue;
    } catch (const std::exception& error) {
      Failed(*view, Error("encoding failed", error.what()));
      continue;
    }
    if (!GoesOn()) failed_.clear();  // it was no fault of these photos
    failed_.erase(*view);
    num_failed_ = 0;
    seconds_ = seconds_ + watch.seconds();
    ++num_here_;
    task.Update(NumDone());
    Notify(!NextView());
    StandBack(watch.seconds(), job);
  }
  task.Finish();
}

void Encoder::EncodeOne(int view, const Job& job) {
  {
    const std::lock_guard lock(input_.writing);
    const feature_container::EncodeSource source{*input_.scene, input_.radiance, *input_.sam, input_.options};
    feature_container::EncodeViews(input_.folder, source, {view}, job);
  }
  input_.features->Reload(job);
  if (input_.features->Has(view)) return;
  throw Error(fmt::format("{}: {} was encoded and cannot be read", input_.folder.string(),
                          input_.scene->views[size_t(view)].name),
              "", "look whether another program writes there");
}

void Encoder::Failed(int view, const Error& error) {
  failed_[view] = Stopwatch();
  ++num_failed_;
  work_.Message(error);
}

// What others make of the views is no fault of theirs.
void Encoder::Notify(bool all) {
  try {
    input_.on_views(all, seconds_);
  } catch (const Error& error) {
    work_.Message(error);
  } catch (const std::exception& error) {
    work_.Message(MessageKind::kError, "the encoded views cannot be used", error.what());
  }
}

// Others have their share of the time, and what is urgent comes first: unless somebody waits for a view himself.
void Encoder::StandBack(double seconds_of_view, const Job& job) const {
  const double rest = seconds_of_view * (1 / input_.share() - 1);
  const Stopwatch watch;
  while (watch.seconds() < rest || (input_.is_urgent() && watch.seconds() < kLongestWait)) {
    if (job.stop_requested() || WantedView()) return;
    std::this_thread::sleep_for(kPoll);
  }
}

Json Encoder::State() const {
  const int num_here = num_here_, num_done = NumDone();
  if (num_done == total_) return nullptr;
  Json state = {{"done", num_done},
                {"total", total_},
                {"model", input_.sam->name()},
                {"seconds_per_view", num_here > 0 ? Json(seconds_ / num_here) : Json(nullptr)}};
  if (!is_busy_) state["stopped"] = true;
  return state;
}

}  // namespace sanerf::viewer
