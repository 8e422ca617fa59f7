// Whether this machine can run the program: for `doctor`.
#pragma once

#include <string>
#include <vector>

namespace sanerf::run {

struct DoctorRow {
  std::string what, found;
  bool ok = true;
  std::string hint;  // when not ok
};
std::vector<DoctorRow> Diagnose();

}  // namespace sanerf::run
