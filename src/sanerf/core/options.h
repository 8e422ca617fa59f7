// Options by name: every option struct lists its fields once, in Visit, and gets --set, run.json and --help from that.
//
//   struct TrainOptions {
//     int iters = 5000;
//     template <class V> void Visit(V&& v) { v("iters", iters, "optimisation steps"); }
//   };
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sanerf/core/json.h"

namespace sanerf {

// The nearest names by edit distance (at most 3, nearest first, only plausible ones); for "did you mean".
std::vector<std::string> NearestNames(const std::string& name, const std::vector<std::string>& known);
std::string DidYouMean(const std::string& name,
                       const std::vector<std::string>& known);  // "did you mean 'a' or 'b'?" or ""

class OptionRegistry {
 public:
  struct Entry {
    std::string name, help;  // "train.iters"
    std::function<Json()> get;
    std::function<void(const Json&)> set;  // throws when the type does not fit
  };

  // The registry refers to `options`, which must outlive it.
  template <class T>
  void Add(const std::string& stage, T& options) {
    options.Visit([&](const char* key, auto& field, const char* help) {
      entries_.push_back({stage + "." + key, help, [&field] { return Json(field); },
                          [&field](const Json& value) { value.get_to(field); }});
    });
  }

  // "stage.key=value". Throws UsageError (unknown name with a suggestion, value of the wrong type).
  void Set(const std::string& assignment);
  Json ToJson() const;              // {"train": {"iters": 5000}}
  void FromJson(const Json& json);  // unknown keys are ignored: an older run folder may hold them
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace sanerf
