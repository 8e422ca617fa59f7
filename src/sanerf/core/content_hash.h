// sha256 of files that are large, read again and again, and rarely change: photos, models.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "sanerf/core/job.h"

namespace sanerf {

// A file is hashed once and then known by what the file system says of it: device, inode, size and the times of its
// last change to the nanosecond, the one that no program can set included.
class ContentHashes {
 public:
  // now: seconds since 1970; for tests.
  explicit ContentHashes(std::function<double()> now = SystemNow);

  // Lower-case hex, of the contents as they are. Thread safe. Throws Error when the file cannot be read.
  std::string Of(const std::filesystem::path& file);

  // What is known goes to a file and comes back in another process. A file that is broken or that cannot be written is
  // one warning: the files are hashed again.
  void Recall(const std::filesystem::path& store, const Job& job);
  void Keep(const std::filesystem::path& store, const Job& job);  // only when it would say something new

  int64_t num_hashed() const { return num_hashed_; }  // files that were read

 private:
  static double SystemNow();
  void WarnOnce(const std::string& what, const Job& job);
  struct Entry {
    std::string stamp, sha256;
  };
  std::function<double()> now_;
  std::mutex mutex_;
  std::map<std::string, Entry> known_;  // by absolute path
  bool is_new_ = false;                 // something that Keep has not written
  bool has_warned_ = false;
  int64_t num_hashed_ = 0;
};

// The one of this process.
ContentHashes& KnownHashes();

}  // namespace sanerf
