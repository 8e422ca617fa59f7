// Who may talk to the server: the token, where a request comes from, how often. Rules without state, and one counter.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/viewer/http/http_message.h"

namespace sanerf::viewer {

// 32 hexadecimal digits of the system's random source. Throws Error when there is none.
std::string NewToken();
// In a time that does not depend on where they differ.
bool IsSameToken(std::string_view given, std::string_view token);

struct AccessRules {
  std::string token;
  std::string host = "127.0.0.1";  // bound to
  int port = 0;
  std::vector<std::string> allowed_hosts;  // names that a proxy may have
  std::vector<std::string> earlier;        // SHA-256 of tokens whose cookies still count: visitors.h

  std::string CookieName() const;  // cookies do not know ports: sanerf_7007
};

struct Denial {
  int status;  // 401 or 403
  std::string what, why, hint;
};

// Nothing when the request comes from a page of this server or from no page at all. What keeps out is the name: a page
// elsewhere whose name was made to lead to this machine still sends that name.
std::optional<Denial> CheckOrigin(const AccessRules& rules, const HttpRequest& request);
// Nothing when it carries the token as `Authorization: Bearer`, or that or an earlier one as cookie.
std::optional<Denial> CheckToken(const AccessRules& rules, const HttpRequest& request);

// "name:7007" to "name"; "[::1]:7007" to "::1"; nothing when it is neither. In lower case.
std::optional<std::string> HostName(std::string_view authority);

// At most `per_minute` in any stretch that begins after a quiet minute, then as they come free again.
class RateLimiter {
 public:
  explicit RateLimiter(int per_minute) : per_minute_(per_minute), left_(per_minute) {}
  bool Take(std::chrono::steady_clock::time_point now);  // false: too many

 private:
  const double per_minute_;
  std::mutex mutex_;
  double left_;
  std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace sanerf::viewer
