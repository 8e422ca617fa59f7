#include "sanerf/viewer/http/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "sanerf/viewer/http/http_text.h"

namespace sanerf::viewer {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kLongestMethod = 16;

// What comes before `separator`, which is taken away with it.
std::string_view TakeUntil(std::string_view separator, std::string_view* text) {
  const size_t end = std::min(text->find(separator), text->size());
  const std::string_view part = text->substr(0, end);
  text->remove_prefix(std::min(end + separator.size(), text->size()));
  return part;
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (uint8_t(c) < 0x20 && c != '\t') || c == 0x7f; });
}

// "a=1&b=2"; false when a part cannot be decoded.
bool ParseQuery(std::string_view text, HttpRequest* request) {
  while (!text.empty()) {
    std::string_view value = TakeUntil("&", &text);
    if (value.empty()) continue;
    auto name = PercentDecoded(TakeUntil("=", &value), true);
    auto decoded = PercentDecoded(value, true);
    if (!name || !decoded) return false;
    request->query.emplace_back(std::move(*name), std::move(*decoded));
  }
  return true;
}

std::optional<Refusal> ParseRequestLine(std::string_view line, HttpRequest* request) {
  const std::string_view method = TakeUntil(" ", &line), target = TakeUntil(" ", &line), version = line;
  if (target.empty()) return Refusal{400, "the first line is not METHOD ADDRESS HTTP/1.1"};
  if (!IsToken(method) || method.size() > kLongestMethod) return Refusal{400, "the method is no word"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return Refusal{version.starts_with("HTTP/") ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  if (target[0] != '/' || target.find('#') != std::string_view::npos)
    return Refusal{400, "the address does not begin with / or has # in it"};
  std::string_view query = target;
  auto path = PercentDecoded(TakeUntil("?", &query), false);
  if (!path || !ParseQuery(query, request)) return Refusal{400, "the address has a broken % escape or is not UTF-8"};
  request->method = method;
  request->path = std::move(*path);
  request->minor_version = version.back() - '0';
  return std::nullopt;
}

std::optional<Refusal> ParseHeader(std::string_view line, HttpRequest* request) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon)))
    return Refusal{400, "a header line is not NAME: VALUE"};
  std::string name = LowerCase(line.substr(0, colon));
  const std::string_view value = Trimmed(line.substr(colon + 1));
  const auto same = std::find_if(request->headers.begin(), request->headers.end(),
                                 [&](const auto& header) { return header.first == name; });
  if (same == request->headers.end()) {
    request->headers.emplace_back(std::move(name), value);
    return std::nullopt;
  }
  // Twice is once too often for what decides where the body ends and who is asking.
  for (const char* once : {"host", "content-length", "transfer-encoding", "content-type", "authorization", "origin",
                           "sec-fetch-site", "expect"})
    if (name == once) return Refusal{400, fmt::format("there are two headers {}", name)};
  same->second.append(name == "cookie" ? "; " : ", ").append(value);
  return std::nullopt;
}

bool ListsWord(const std::string* header, std::string_view word) {
  if (header == nullptr) return false;
  const std::string lower = LowerCase(*header);
  for (std::string_view rest = lower; !rest.empty();)
    if (Trimmed(TakeUntil(",", &rest)) == word) return true;
  return false;
}

// Where the body ends.
std::optional<Refusal> ParseFraming(const HttpLimits& limits, RequestHead* head) {
  const HttpRequest& request = head->request;
  const std::string* length = request.Header("content-length");
  const std::string* coding = request.Header("transfer-encoding");
  if (length != nullptr && coding != nullptr) return Refusal{400, "the length of the body is given in two ways"};
  if (coding != nullptr) {
    if (request.minor_version == 0) return Refusal{400, "HTTP/1.0 knows no chunks"};
    if (LowerCase(*coding) != "chunked") return Refusal{501, "a body may come in chunks, not in another coding"};
    head->is_chunked = true;
  } else if (length != nullptr) {
    if (length->empty() || length->find_first_not_of("0123456789") != std::string::npos)
      return Refusal{400, "Content-Length is no number"};
    const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), head->content_length);
    if (error != std::errc() || head->content_length > limits.body_bytes)
      return Refusal{413, fmt::format("a body has at most {} bytes", limits.body_bytes)};
  }
  if (const std::string* expect = request.Header("expect")) {
    if (LowerCase(*expect) != "100-continue") return Refusal{417, "only 100-continue can be expected"};
    head->expects_continue = true;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> ParseHead(std::string_view lines, const HttpLimits& limits, RequestHead* head) {
  *head = RequestHead();
  HttpRequest& request = head->request;
  for (int i = 0; i == 0 || !lines.empty(); ++i) {
    const std::string_view line = TakeUntil(kLineEnd, &lines);
    if (i > limits.header_lines)
      return Refusal{431, fmt::format("a request has at most {} header lines", limits.header_lines)};
    if (HasControlCharacter(line)) return Refusal{400, "there is a control character in the head of the request"};
    if (auto refusal = i == 0 ? ParseRequestLine(line, &request) : ParseHeader(line, &request)) return refusal;
  }
  const bool is_old = request.minor_version == 0;
  if (!is_old && request.Header("host") == nullptr) return Refusal{400, "there is no header Host"};
  request.keep_alive = !is_old && !ListsWord(request.Header("connection"), "close");
  return ParseFraming(limits, head);
}

}  // namespace sanerf::viewer
