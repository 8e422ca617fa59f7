// What kind of address a host is called by.
#pragma once

#include <string>

namespace sanerf::viewer {

bool IsAnyAddress(const std::string& host);       // 0.0.0.0, ::
bool IsLoopbackAddress(const std::string& host);  // 127.0.0.0/8, ::1, localhost
bool IsIpAddress(const std::string& host);        // as numbers

}  // namespace sanerf::viewer
