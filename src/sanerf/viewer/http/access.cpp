#include "sanerf/viewer/http/access.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/viewer/http/host_address.h"
#include "sanerf/viewer/http/http_text.h"

namespace sanerf::viewer {
namespace {

std::string NameOfThisMachine() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? LowerCase(name.data()) : "";
}

bool IsAmong(const std::string& name, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& other) { return LowerCase(other) == name; });
}

// The port may be another one: that of a tunnel.
bool IsOurName(const AccessRules& rules, const std::string& name) {
  if (IsLoopbackAddress(name) || name == LowerCase(rules.host) || IsAmong(name, rules.allowed_hosts)) return true;
  // Nobody can make a number lead elsewhere.
  return IsAnyAddress(rules.host) && (IsIpAddress(name) || name == NameOfThisMachine());
}

Denial Foreign(std::string why, std::string hint) { return {403, "this request is refused", std::move(why), hint}; }

// The authority of "https://name:80/", without a port that the scheme implies.
std::string AuthorityOf(std::string_view origin) {
  for (const auto& [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}}) {
    if (!origin.starts_with(scheme)) continue;
    origin.remove_prefix(scheme.size());
    if (origin.ends_with(port)) origin.remove_suffix(port.size());
    return LowerCase(origin);
  }
  return "";
}

std::string WithoutImpliedPort(std::string_view authority) {
  for (const std::string_view port : {":80", ":443"})
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return LowerCase(authority);
}

}  // namespace

std::string NewToken() {
  std::array<uint8_t, 16> bytes;
  for (size_t filled = 0; filled < bytes.size();) {
    const ssize_t count = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (count < 0 && errno != EINTR)
      throw Error("cannot make a token for the page", std::strerror(errno), "the system offers no random numbers");
    filled += size_t(std::max<ssize_t>(count, 0));
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

bool IsSameToken(std::string_view given, std::string_view token) {
  if (token.empty()) return false;
  unsigned different = given.size() == token.size() ? 0 : 1;
  for (size_t i = 0; i < token.size(); ++i)
    different |= unsigned(uint8_t(token[i]) ^ uint8_t(i < given.size() ? given[i] : 0));
  return different == 0;
}

std::string AccessRules::CookieName() const { return fmt::format("sanerf_{}", port); }

std::optional<std::string> HostName(std::string_view authority) {
  std::string_view name = authority, port;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    name = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
  } else if (const size_t colon = authority.find(':'); colon != std::string_view::npos) {
    name = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  const bool is_port = port.empty() || (port.starts_with(':') && port.size() <= 6 &&
                                        port.find_first_not_of("0123456789", 1) == std::string_view::npos);
  if (!is_port || name.empty()) return std::nullopt;
  if (name.ends_with('.')) name.remove_suffix(1);  // the full name of a host
  return LowerCase(name);
}

std::optional<Denial> CheckOrigin(const AccessRules& rules, const HttpRequest& request) {
  const std::string* host = request.Header("host");
  const std::optional<std::string> name = host == nullptr ? std::nullopt : HostName(*host);
  if (!name || !IsOurName(rules, *name))
    return Foreign("it asks for another host than this one",
                   name ? "start the server with --allow-host NAME when a proxy has that name" : "");

  if (const std::string* origin = request.Header("origin")) {
    const std::string authority = AuthorityOf(*origin);
    const std::optional<std::string> from = HostName(authority);
    const bool is_ours = !authority.empty() && authority == WithoutImpliedPort(*host);
    if (!is_ours && !(from && IsAmong(*from, rules.allowed_hosts)))
      return Foreign("it comes from the page of another server", "open the address that the program has printed");
  }

  const std::string* site = request.Header("sec-fetch-site");
  if (site == nullptr || *site == "same-origin" || *site == "none") return std::nullopt;
  // A link in a page of another server on this machine may lead here; its scripts and pictures may not.
  const std::string* mode = request.Header("sec-fetch-mode");
  if (*site == "same-site" && mode != nullptr && *mode == "navigate" && request.method == "GET") return std::nullopt;
  return Foreign("it comes from the page of another server",
                 "paste the address that the program has printed into the browser");
}

std::optional<Denial> CheckToken(const AccessRules& rules, const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string* authorization = request.Header("authorization");
  if (authorization != nullptr && authorization->starts_with(kBearer) &&
      IsSameToken(std::string_view(*authorization).substr(kBearer.size()), rules.token))
    return std::nullopt;

  const std::string name = rules.CookieName();
  const std::string* cookies = request.Header("cookie");
  for (std::string_view rest = cookies == nullptr ? "" : std::string_view(*cookies); !rest.empty();) {
    const size_t end = std::min(rest.find(';'), rest.size());
    std::string_view cookie = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    if (!cookie.starts_with(name + "=")) continue;
    cookie.remove_prefix(name.size() + 1);
    if (IsSameToken(cookie, rules.token)) return std::nullopt;
    if (!rules.earlier.empty() && IsAmong(Sha256(cookie), rules.earlier)) return std::nullopt;
  }
  return Denial{401, "this page is for the person who started it", "the request has no token, or an old one",
                "open the address that `sanerf view` has printed, with ?token= at its end"};
}

bool RateLimiter::Take(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (last_)
    left_ = std::min(per_minute_, left_ + std::chrono::duration<double>(now - *last_).count() * per_minute_ / 60);
  last_ = now;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

}  // namespace sanerf::viewer
