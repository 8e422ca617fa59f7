#include "sanerf/viewer/http/entrance.h"

#include <fmt/format.h>

#include <optional>

namespace sanerf::viewer {
namespace {

// For a person who opens the page without the token; everybody else gets JSON.
void Deny(const Denial& denial, const HttpRequest& request, Reply& reply) {
  const std::string* accept = request.Header("accept");
  const bool is_browser = accept != nullptr && accept->find("text/html") != std::string::npos;
  if (!is_browser || request.path != "/")
    return reply.Send(ErrorResponse(denial.status, denial.what, denial.why, denial.hint));
  reply.Send(
      {denial.status,
       "text/html; charset=utf-8",
       fmt::format("<!doctype html><html lang=\"en\"><title>sanerf</title><h1>{}</h1><p>{}.</p><p>{}.</p></html>\n",
                   denial.what, denial.why, denial.hint),
       {}});
}

bool IsVisit(const HttpRequest& request) {
  return request.only_reads() && request.path == "/" && request.query.size() == 1 && request.query[0].first == "token";
}

}  // namespace

HeaderList SecurityHeaders() {
  return {{"Content-Security-Policy",
           "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
           "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cache-Control", "no-store"}};
}

std::string Entrance::NewTicket() {
  const std::lock_guard lock(mutex_);
  return ticket_ = NewToken();
}

bool Entrance::TakeTicket(const std::string& given) {
  const std::lock_guard lock(mutex_);
  if (!IsSameToken(given, ticket_)) return false;
  ticket_.clear();
  return true;
}

bool Entrance::Refuses(const HttpRequest& request, Reply& reply) const {
  if (const auto denial = CheckOrigin(rules_, request)) {
    Deny(*denial, request, reply);
    return true;
  }
  if (!request.only_reads() && request.method != "POST") {
    HttpResponse response = ErrorResponse(405, "there is no method " + request.method + " here", "", "GET or POST");
    response.headers.emplace_back("Allow", "GET, HEAD, POST");
    reply.Send(response);
    return true;
  }
  if (IsVisit(request)) return false;  // it brings its token
  const auto denial = CheckToken(rules_, request);
  if (denial) Deny(*denial, request, reply);
  return denial.has_value();
}

// From now on a cookie says it, and the address has no secret in it that could be copied or bookmarked.
bool Entrance::LetsIn(const HttpRequest& request, Reply& reply) {
  if (!IsVisit(request)) return false;
  const std::string& given = request.query[0].second;
  HttpResponse response{303, "", "", {{"Location", "./"}}};
  if (IsSameToken(given, rules_.token) || TakeTicket(given)) {
    response.headers.emplace_back(
        "Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", rules_.CookieName(), rules_.token));
  } else if (const auto denial = CheckToken(rules_, request)) {
    Deny(*denial, request, reply);
    return true;
  }
  NoteVisit();
  reply.Send(response);
  return true;
}

}  // namespace sanerf::viewer
