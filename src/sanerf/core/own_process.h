// What may crash runs in a process of its own: a library that trusts files which nobody has checked.
#pragma once

#include <functional>
#include <string>

namespace sanerf {

// What make() returns, called in a copy of this process that ends with it. An Error that it throws is thrown here; when
// the copy crashes, hangs or is killed: Error(what, "...", hint). make must do without other threads and without locks
// that those may hold. Linux; the bytes are for a moment in memory twice.
std::string InOwnProcess(const std::function<std::string()>& make, const std::string& what, const std::string& hint);

}  // namespace sanerf
