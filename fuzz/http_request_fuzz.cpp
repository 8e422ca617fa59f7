// What arrives at the port of `sanerf view`: the head of a request, and after the empty line its body.
#include "fuzz.h"
#include "sanerf/core/check.h"
#include "sanerf/core/json.h"
#include "sanerf/viewer/http/access.h"
#include "sanerf/viewer/http/request_head.h"
#include "sanerf/viewer/http/request_query.h"

namespace sanerf::fuzz::http_request {

int FuzzOne(const uint8_t* data, size_t size) {
  return Expect([&] {
    constexpr std::string_view kHeadEnd = "\r\n\r\n";
    const viewer::HttpLimits limits{1024, 16, 2048};
    const std::string_view bytes = Bytes(data, size);
    const size_t end = bytes.find(kHeadEnd);
    viewer::RequestHead head;
    if (const auto refusal = viewer::ParseHead(bytes.substr(0, end), limits, &head)) throw Error(refusal->why);
    viewer::HttpRequest& request = head.request;
    SANERF_CHECK(head.content_length <= limits.body_bytes && !(head.is_chunked && head.content_length > 0));
    SANERF_CHECK(IsUtf8(request.path) && request.path.starts_with('/'));
    if (end != std::string_view::npos) request.body = bytes.substr(end + kHeadEnd.size());

    const viewer::AccessRules rules{std::string(32, 'a'), "127.0.0.1", 7007, {"name"}, {}};
    viewer::CheckOrigin(rules, request);
    viewer::CheckToken(rules, request);
    const viewer::RequestQuery query(request, {"view", "size", "xy", "camera"});
    if (query.Has("view")) query.Integer("view", 0, 9);
    if (query.Has("xy")) query.Numbers("xy", 2);
    if (query.Has("camera")) query.Object("camera");
    if (request.method == "POST") viewer::JsonBody(request);
  });
}

}  // namespace sanerf::fuzz::http_request
