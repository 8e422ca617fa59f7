// RUN/objects/ as one set: a changed set is made beside the old one and takes its place as a whole.
//
// The new set is RUN/.objects.new, made of hard links to what is there, so that it costs no space. Once it is complete,
// two renames exchange the sets, objects -> .objects.old and .objects.new -> objects, and the old one is deleted.
// Whenever a process dies, it leaves one of
//
//   objects, perhaps .objects.new                  the old set is valid; .objects.new need not be complete
//   .objects.old and .objects.new, no objects      between the renames: the new set is valid, in .objects.new
//   objects and .objects.old                       the new set is valid; of the old one a part may be deleted already
//
// so that which set is valid follows from the names alone. Whoever takes the run's lock tidies up; readers without it
// only need to know where the valid set is.
#pragma once

#include <filesystem>
#include <functional>

namespace sanerf::run {

// Where the valid set is: RUN/objects, also when there is none yet, or RUN/.objects.new between the renames.
std::filesystem::path ObjectsFolder(const std::filesystem::path& run);

// Finishes or undoes what a killed process left. The caller holds the run's lock. Throws Error when that fails.
void RecoverObjects(const std::filesystem::path& run);

// Calls `read` with the folder of the valid set, and again if the set was replaced meanwhile: what the last call saw is
// one set, not parts of two. For readers without the lock. Passes on what `read` throws.
void ReadWholeSet(const std::filesystem::path& run, const std::function<void(const std::filesystem::path&)>& read);

// A set in the making. The caller holds the run's lock.
class NewObjectSet {
 public:
  // A copy of the valid set, of hard links. Throws Error when it cannot be written.
  explicit NewObjectSet(std::filesystem::path run);
  ~NewObjectSet();  // a set that was not committed is forgotten
  NewObjectSet(const NewObjectSet&) = delete;
  NewObjectSet& operator=(const NewObjectSet&) = delete;

  // To be changed at will; files by WriteFileAtomic only, since their contents are shared with the old set.
  const std::filesystem::path& path() const { return path_; }
  // Puts it in the place of the old set. Once.
  void Commit();

 private:
  std::filesystem::path run_, path_;
};

}  // namespace sanerf::run
