// The paper's Table 1 for a user's own scene: every method on the same radiance field, the same prompts, the same
// views.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/pipeline/stages.h"

namespace sanerf {

struct CompareRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;  // where it moved to
  Prompts prompts;                             // with instances, unless `masks` holds the ground truth
  bool automatic = false;                      // without prompts: every instance of the ground truth is an object
  std::vector<std::string> methods;            // empty = all but those that `sanerf compare --help` marks
  int repeats = 1;                             // of methods whose result depends on the seed
  std::filesystem::path masks;  // ground truth instead of the scene's: a folder per object, or that of the only object
  std::filesystem::path out;    // empty = RUN/compare
  bool restart = false;         // forget what is in `out`
};

// One method, fitted once.
struct MethodRun {
  uint64_t seed = 1;
  std::vector<ObjectScore> objects;
  int num_spurious = 0;                      // automatic: objects that match no instance
  double fit_seconds = 0, view_seconds = 0;  // until any view can be asked for; of all held-out views
  int64_t peak_rss_bytes = 0;                // of the process meanwhile
};
struct MethodResult {
  std::string method, title;
  std::string remarks;          // what a table should say beside the name
  std::vector<MethodRun> runs;  // one per seed, none when it failed
  std::string error;            // why it failed

  MeanScores Means() const;       // over objects and runs
  MeanScores Deviations() const;  // sample standard deviation over runs of the mean over objects
  double Seconds() const;         // fit and views, mean over runs
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

// Finished methods are kept in `out` and reused when nothing that matters has changed. A method that fails is reported
// and the others go on. Writes into `out`: methods/NAME.json, masks/NAME/OBJECT/VIEW.png, and what compare_tables.h and
// contact_sheet.h make of them. Throws UsageError for unknown methods and objects without ground truth, Error when all
// methods fail, InterruptedError.
CompareResult Compare(const CompareRequest& request, const Settings& settings);

// What Compare wants of its prompts, before anything is trained. Throws UsageError: none, or one without a place on the
// object, or without ground truth.
void CheckPrompts(const CompareRequest& request);

std::vector<std::string> DefaultMethods(bool automatic);

}  // namespace sanerf
