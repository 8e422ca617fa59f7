// What `sanerf poses` keeps between two calls: beside SCENE a folder SCENE.poses with the result of every step, so that
// an interrupted command goes on and one with other options does only what these change.
//
//   const std::string key = KeyOf("features", {{"photos", photos_key}, {"features", 4096}});
//   if (!work.IsDone("features", key)) {
//     work.Begin("features", key);
//     ...
//     work.Finish("features", key, {{"cameras", 1}});
//   }
//   const Json result = work.ResultOf("features");
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/json.h"

namespace sanerf::poses {

// A fingerprint of all that a step depends on: the key of the step before among it.
std::string KeyOf(const std::string& step, const Json& depends_on);

class WorkFolder {
 public:
  // Makes it where it is missing and locks it. Throws Error when another process works there, and when the name is
  // taken by something else; a manifest that cannot be read is one of no steps.
  explicit WorkFolder(const std::filesystem::path& scene);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  bool IsDone(const std::string& step, const std::string& key) const;
  Json ResultOf(const std::string& step) const;
  // Forgets what was known of the step.
  void Begin(const std::string& step, const std::string& key);
  void Finish(const std::string& step, const std::string& key, const Json& result);

  // An empty folder of that name, whatever was there.
  std::filesystem::path Fresh(const std::string& name) const;

 private:
  void Write() const;

  std::filesystem::path path_;
  int lock_ = -1;
  Json manifest_;
};

}  // namespace sanerf::poses
