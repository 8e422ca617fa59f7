// What a comparison found.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/eval/scores.h"

namespace sanerf::experiments {

// One method, fitted once.
struct MethodRun {
  uint64_t seed = 1;
  std::vector<eval::ObjectScore> objects;
  int num_spurious = 0;                      // automatic: objects that match no instance
  double fit_seconds = 0, view_seconds = 0;  // until any view can be asked for; of all held-out views
  int64_t peak_rss_bytes = 0;                // of the process meanwhile; 0 = unknown
};
struct MethodResult {
  std::string method, title;
  std::string remarks;          // what a table should say beside the name
  std::vector<MethodRun> runs;  // one per seed, none when it failed
  std::string error;            // why it failed

  eval::MeanScores Means() const;       // over objects and runs
  eval::MeanScores Deviations() const;  // sample standard deviation over runs of the mean over objects
  double Seconds() const;               // fit and views, mean over runs
  int64_t PeakRssBytes() const;
};
struct CompareResult {
  std::string scene;
  std::vector<std::string> objects, views;  // held-out views
  std::vector<MethodResult> methods;        // in the order that was asked for
  double encode_seconds = 0;                // of the training views, which all methods share
  double seconds = 0;
  std::filesystem::path folder;
};

std::vector<std::string> FailedMethods(const CompareResult& result);  // their titles

}  // namespace sanerf::experiments
