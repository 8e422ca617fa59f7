// Files and folders on their way to their final name, and what killed processes left of them.
//
// Both are made beside their target as .NAME.XXXXXX.tmp and hold a lock (flock) as long as their process lives. A
// killed process's lock is gone with it, so whoever finds such a name without a lock may remove it: the first thing
// that a process makes in a folder clears that folder. File systems that know no locks keep what is left.
//
// Where two names cannot be exchanged in one step, what a new folder replaces is .NAME.XXXXXX.replaced for a moment,
// locked as well. Left by a killed process it goes back to its place when nothing has come there.
#pragma once

#include <filesystem>
#include <string>

namespace sanerf {

// A name in use, locked. Removed with everything in it unless it was moved into place.
class Temporary {
 public:
  ~Temporary();
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const std::filesystem::path& path() const { return path_; }

 protected:
  enum class Kind { kFile, kFolder };
  // Throws Error "cannot ACTION PLACE: reason"; place: what the user knows it by.
  Temporary(const std::filesystem::path& target, Kind kind, const std::string& action,
            const std::filesystem::path& place);

  std::filesystem::path target_, path_;
  int descriptor_ = -1;
  bool moved_ = false;
};

class TemporaryFile : public Temporary {
 public:
  explicit TemporaryFile(const std::filesystem::path& target) : TemporaryFile(target, "write", target) {}
  TemporaryFile(const std::filesystem::path& target, const std::string& action, const std::filesystem::path& place)
      : Temporary(target, Kind::kFile, action, place) {}

  int descriptor() const { return descriptor_; }  // open for reading and writing
  // Flushed to the disk, then renamed; a file that replaces another keeps that one's mode. Throws Error.
  void MoveIntoPlace();
};

class TemporaryFolder : public Temporary {
 public:
  // Empty. The target's parent must exist.
  explicit TemporaryFolder(const std::filesystem::path& target) : Temporary(target, Kind::kFolder, "write", target) {}

  // Everything in it appears at once; a folder of that name is replaced and removed. Throws Error, and then the target
  // is what it was.
  void MoveIntoPlace();

 private:
  void StepAside();
};

// Makes the names in a folder durable: a rename in it outlives a power cut. File systems that cannot do so are left
// alone.
void SyncFolder(const std::filesystem::path& folder);

// Removes what killed processes left in `folder` (not in folders below), those of earlier versions as well; what a
// living process holds stays. Never fails.
void RemoveLeftovers(const std::filesystem::path& folder);
// The same in `folder` and all folders below.
void RemoveLeftoversBelow(const std::filesystem::path& folder);

}  // namespace sanerf
