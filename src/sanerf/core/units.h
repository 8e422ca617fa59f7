// Numbers as text: durations, counts and sizes as people read them, fingerprints as files hold them.
#pragma once

#include <cstdint>
#include <string>

namespace sanerf {

std::string FormatDuration(double seconds);  // "8m12s", "4.1s", "1h02m"
std::string FormatCount(double count);       // "7.9k", "1.20M"
std::string FormatBytes(double bytes);       // "2.1 MB"

std::string HexFingerprint(uint64_t fingerprint);  // 16 hexadecimal digits

}  // namespace sanerf
