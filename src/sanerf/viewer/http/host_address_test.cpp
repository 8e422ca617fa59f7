#include "sanerf/viewer/http/host_address.h"

#include <gtest/gtest.h>

namespace sanerf::viewer {
namespace {

TEST(HostAddress, IsKnownByItsKind) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) EXPECT_TRUE(IsLoopbackAddress(host)) << host;
  for (const char* host : {"0.0.0.0", "10.0.0.1", "::", "localhost.evil", "127.0.0.1.nip.io", ""})
    EXPECT_FALSE(IsLoopbackAddress(host)) << host;
  EXPECT_TRUE(IsAnyAddress("0.0.0.0") && IsAnyAddress("::") && !IsAnyAddress("127.0.0.1") && !IsAnyAddress("x"));
  EXPECT_TRUE(IsIpAddress("10.0.0.1") && IsIpAddress("fe80::1") && !IsIpAddress("10.0.0") && !IsIpAddress("x"));
}

}  // namespace
}  // namespace sanerf::viewer
