#include "sanerf/viewer/http/host_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace sanerf::viewer {

bool IsIpAddress(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool IsAnyAddress(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return (inet_pton(AF_INET, host.c_str(), &v4) == 1 && v4.s_addr == htonl(INADDR_ANY)) ||
         (inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6));
}

bool IsLoopbackAddress(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return host == "localhost" || (inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127) ||
         (inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6));
}

}  // namespace sanerf::viewer
