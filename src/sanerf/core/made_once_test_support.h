// For tests: what takes long to make and every test of a program begins with, a trained field say.
//
// Tests run in processes of their own. The first of them that asks makes it, beside the program and anew when that is
// built again; every one gets a copy, so that none sees what another did to it.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "sanerf/core/folder_test_support.h"

namespace sanerf {

// make(path) writes files into the folder `path`; folder then holds a copy of them. name: of what is made, one word.
template <class Make>
void CopyOfWhatIsMadeOnce(const TestFolder& folder, const std::string& name, Make&& make) {
  namespace fs = std::filesystem;
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const fs::path all = program.string() + ".made";
  const fs::path version = all / std::to_string(fs::last_write_time(program).time_since_epoch().count());
  const fs::path made = version / name;
  if (!fs::exists(made)) {
    std::error_code ignored;
    fs::create_directories(version);
    for (const fs::directory_entry& entry : fs::directory_iterator(all))
      if (entry.path() != version) fs::remove_all(entry.path(), ignored);  // what an earlier build made
    const TestFolder draft(version);
    std::forward<Make>(make)(draft.path());
    fs::rename(draft.path(), made, ignored);  // two processes may make it at a time: the first to be done wins
  }
  fs::copy(made, folder.path(), fs::copy_options::recursive);
}

}  // namespace sanerf
