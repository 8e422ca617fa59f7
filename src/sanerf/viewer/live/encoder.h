// The photos encoded in the background, one by one, those first that somebody waits for, then those that help most.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "sanerf/core/json.h"
#include "sanerf/core/stop_token.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/sam/sam.h"
#include "sanerf/viewer/live/live_features.h"
#include "sanerf/viewer/live/wakeful_thread.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

struct EncoderInput {
  std::shared_ptr<const scene::Scene> scene;
  feature_container::RadianceSource radiance;  // whose depth is stored beside the maps
  std::shared_ptr<const sam::Sam> sam;
  feature_container::EncodeOptions options;
  std::filesystem::path folder;                    // RUN/features, written under the run's lock
  std::mutex& writing;                             // held while a view is written there: by one writer at a time
  std::shared_ptr<LiveFeatures> features;          // of that folder; reloaded as it grows
  std::function<std::vector<int>()> wanted = {};   // views that somebody waits for
  std::function<std::vector<Vec3>()> points = {};  // what the views should show (file frame); none: all they can
  std::function<double()> share = {};              // of the time that views may take for which nobody waits, (0, 1]
  std::function<bool()> is_urgent = {};            // somebody waits for something else
  // There are other views than before, or it was given up. all: no more will come but those that somebody waits for.
  // seconds: of encoding so far. What it throws is said, and encoding goes on.
  std::function<void(bool all, double seconds)> on_views = {};
};

// Who cancels its task has enough views: it goes on for those that somebody waits for. A view that cannot be encoded is
// left out; after several in a row the others wait until one goes well again.
class Encoder {
 public:
  Encoder(EncoderInput input, WorkList& work);  // its end stops after the view in progress

  void CheckWantedViews();  // somebody may wait for another view
  void Resume();            // with all views, whatever was canceled or has failed
  bool is_busy() const { return is_busy_; }
  Json State() const;  // "encoding" of docs/viewer.md; null when all views are encoded

 private:
  void Run(const StopToken& closing);
  void EncodeAll(const StopToken& closing);
  void EncodeOne(int view, const Job& job);
  void Failed(int view, const Error& error);
  void Notify(bool all);
  void StandBack(double seconds_of_view, const Job& job) const;
  bool GoesOn() const { return !is_enough_ && num_failed_ < kFailuresInARow; }
  std::optional<int> WantedView() const;
  std::optional<int> NextView() const;
  std::vector<int> MissingViews() const;
  int NumDone() const { return total_ - int(MissingViews().size()); }

  static constexpr int kFailuresInARow = 2;  // one may be a photo's own fault

  const EncoderInput input_;
  WorkList& work_;
  const int total_;
  std::atomic<double> seconds_ = 0;  // of encoding
  std::atomic<int> num_here_ = 0;    // that took them
  std::atomic<bool> is_busy_ = true, goes_on_again_ = false;
  // The thread's own.
  bool is_enough_ = false;           // it was canceled
  int num_failed_ = 0;               // in a row
  std::map<int, Stopwatch> failed_;  // views, and since when
  WakefulThread thread_;
};

}  // namespace sanerf::viewer
