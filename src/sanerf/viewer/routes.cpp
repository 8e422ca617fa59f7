#include "sanerf/viewer/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/http/assets.h"
#include "sanerf/viewer/http/http_text.h"
#include "sanerf/viewer/http/request_query.h"

namespace sanerf::viewer {
namespace {

constexpr int kLargestAsked = 4096;
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int kMostViews = 1'000'000;
constexpr size_t kLongestClient = 64;

void SendJson(const Json& json, Reply& reply) {
  reply.Send({200, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace), {}});
}

[[noreturn]] void FailUnknown(const HttpRequest& request) {
  throw NotFound("there is no " + request.path, "", "docs/viewer.md lists the addresses");
}

bool IsJson(const HttpRequest& request) {
  const std::string* type = request.Header("content-type");
  return type != nullptr && LowerCase(Trimmed(type->substr(0, type->find(';')))) == "application/json";
}

// The request before it on the same page has to give way; "" and 0 for a script, which asks for one thing at a time.
struct Turn {
  std::string client;
  int64_t seq;
};

Turn TurnOf(const RequestQuery& query) {
  if (!query.Has("client")) return {"", 0};
  const std::string client = query.Text("client");
  if (client.empty() || client.size() > kLongestClient)
    throw UsageError("client=", fmt::format("it must have 1 to {} characters", kLongestClient), "see docs/viewer.md");
  return {client, query.Integer("seq", 0, kMost)};
}

void CheckSize(const Json& camera) {
  for (const char* side : {"w", "h"}) {
    const auto value = camera.find(side);
    const int64_t pixels = value != camera.end() && value->is_number_integer() ? value->get<int64_t>() : 0;
    if (pixels < 1 || pixels > kLargestAsked)
      throw UsageError(fmt::format("camera.{}", side), fmt::format("it must be an integer from 1 to {}", kLargestAsked),
                       "see docs/viewer.md");
  }
}

}  // namespace

HttpHandler Routes::Handler() {
  return {[this](const HttpRequest& request, Reply& reply) {
            if (entrance_.LetsIn(request, reply)) return;
            request.only_reads() ? Get(request, reply) : Post(request, reply);
          },
          [this](const HttpRequest& request, Reply& reply) { return entrance_.Refuses(request, reply); }};
}

// ---- What only looks

void Routes::Get(const HttpRequest& request, Reply& reply) {
  const std::string& path = request.path;
  if (path == "/api/state") {
    RequestQuery(request, {});
    SendJson(calls_.State(), reply);
  } else if (path == "/api/views") {
    RequestQuery(request, {});
    SendJson(calls_.Views(), reply);
  } else if (path == "/api/strip") {
    SendJson(calls_.Strip(RequestQuery(request, {"object"}).Integer("object", 0, kMost)), reply);
  } else if (path == "/api/events") {
    Events(request, reply);
  } else if (path == "/api/hover") {
    Hover(request, reply);
  } else if (path == "/api/frame") {
    Frame(request, reply);
  } else if (path == "/api/result") {
    Result(request, reply);
  } else if (path.starts_with("/api/")) {
    Picture(request, reply);
  } else {
    Page(request, reply);
  }
}

// Pictures and points. Those whose address says which answer they show are kept by the browser, which asks every time
// whether they are still what it has: after a restart the answers begin anew.
void Routes::Picture(const HttpRequest& request, Reply& reply) {
  const std::string& path = request.path;
  const RequestQuery query(request, {"view", "size", "object", "answer", "cloud"});
  const auto view = [&] { return int(query.Integer("view", 0, kMostViews)); };
  const auto size = [&] { return int(query.Integer("size", 1, kLargestAsked)); };
  const auto object = [&] { return query.Integer("object", 0, kMost); };
  const auto cloud = [&] { return query.Integer("cloud", 0, kMost); };
  HttpResponse response;
  std::string version;
  if (path == "/api/photo") version = server_;
  if (query.Has("answer")) version = fmt::format("{}-{}", server_, query.Integer("answer", 0, kMost));
  if (path == "/api/cloud/labels" && !version.empty()) version += fmt::format("-{}", cloud());
  if (!version.empty()) {
    response.headers = {{"ETag", fmt::format("\"{}\"", version)}, {"Cache-Control", "private, no-cache"}};
    const std::string* known = request.Header("if-none-match");
    if (known != nullptr && *known == response.headers[0].second) {
      response.status = 304;
      return reply.Send(response);
    }
  }
  if (path == "/api/photo") {
    response.type = "image/jpeg";
    response.body = calls_.Photo(view(), size(), reply.gone());
  } else if (path == "/api/mask" || path == "/api/truth") {
    response.type = "image/png";
    response.body =
        path == "/api/mask" ? calls_.Mask(object(), view(), size()) : calls_.Truth(object(), view(), size());
  } else if (path == "/api/cloud" || path == "/api/cloud/labels") {
    response.type = "application/octet-stream";
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = path == "/api/cloud" ? calls_.Cloud(reply.gone()) : calls_.CloudLabels(cloud(), reply.gone());
  } else {
    FailUnknown(request);
  }
  reply.Send(response);
}

void Routes::Events(const HttpRequest& request, Reply& reply) {
  RequestQuery(request, {});
  std::optional<int64_t> last_id;
  if (const std::string* text = request.Header("last-event-id")) {
    int64_t id = 0;
    const char* end = text->data() + text->size();
    const auto [at, error] = std::from_chars(text->data(), end, id);
    if (error == std::errc() && at == end) last_id = id;  // else it has seen nothing of ours
  }
  if (!events_.Serve(last_id, reply))
    reply.Send(ErrorResponse(503, "too many pages are open", "", "close some of them, then reload this one"));
}

void Routes::Hover(const HttpRequest& request, Reply& reply) {
  const RequestQuery query(request, {"view", "xy", "object", "label", "size", "client", "seq"});
  const Json hover = {{"view", query.Integer("view", 0, kMostViews)},
                      {"xy", query.Numbers("xy", 2)},
                      {"object", query.IntegerOr("object", 0, kMost, 0)},
                      {"label", query.IntegerOr("label", 0, 1, 1)},
                      {"size", query.Integer("size", 1, kLargestAsked)}};
  const Turn turn = TurnOf(query);
  Job job = Job().With(reply.gone());
  if (!turn.client.empty()) job = job.With(hovers_.Begin(turn.client, turn.seq));
  SendJson(calls_.Hover(hover, job), reply);
}

void Routes::Frame(const HttpRequest& request, Reply& reply) {
  const RequestQuery query(request, {"camera", "view", "size", "layer", "object", "client", "seq", "answer"});
  Json frame = {{"layer", query.Text("layer")}, {"object", query.IntegerOr("object", 0, kMost, 0)}};
  if (query.Has("camera") == query.Has("view"))
    throw UsageError("api/frame", "it needs either a camera or a view", "see docs/viewer.md");
  if (query.Has("camera")) {
    frame["camera"] = query.Object("camera");
    CheckSize(frame["camera"]);
  } else {
    frame["view"] = query.Integer("view", 0, kMostViews);
    frame["size"] = query.Integer("size", 1, kLargestAsked);
  }
  const Turn turn = TurnOf(query);
  const StopToken stop = turn.client.empty() ? reply.gone() : frames_.Begin(turn.client, turn.seq);
  const StopToken gone = reply.gone();
  reply.Stream({200, "application/octet-stream", "", {}}, [this, frame, stop, gone](const Reply::Write& write) {
    const auto drawn = frame_turns_.Take(stop, gone);
    bool has_begun = false;
    const auto send = [&](const FrameRecord& record) {
      has_begun = true;
      return write(Packed(record));
    };
    try {
      calls_.Frame(frame, send, stop);
    } catch (const InterruptedError&) {
      if (!has_begun) throw;
      return;  // without the last record: canceled
    }
    send({});
  });
}

void Routes::Result(const HttpRequest& request, Reply& reply) {
  std::string name;
  const auto file = calls_.ResultFile(RequestQuery(request, {"id"}).Integer("id", 0, kMost), &name);
  reply.SendFile({200, std::string(TypeOfFile(name)), "", {{"Content-Disposition", AsAttachment(name)}}}, file);
}

void Routes::Page(const HttpRequest& request, Reply& reply) {
  const bool is_start = request.path == "/";
  const Asset* asset = FindAsset(is_start ? "index.html" : std::string_view(request.path).substr(1));
  if (asset == nullptr) FailUnknown(request);
  reply.Send(AnswerWith(*asset, request));
}

// ---- What changes something

void Routes::Post(const HttpRequest& request, Reply& reply) {
  using Call = Json (Calls::*)(const Json&);
  constexpr std::array<std::pair<std::string_view, Call>, 7> kCalls = {{{"/api/edit", &Calls::Edit},
                                                                        {"/api/find", &Calls::Find},
                                                                        {"/api/train", &Calls::Train},
                                                                        {"/api/again", &Calls::Again},
                                                                        {"/api/save", &Calls::Save},
                                                                        {"/api/export", &Calls::StartExport},
                                                                        {"/api/cancel", &Calls::Cancel}}};
  const auto call =
      std::find_if(kCalls.begin(), kCalls.end(), [&](const auto& one) { return one.first == request.path; });
  if (call == kCalls.end()) FailUnknown(request);
  // No form of another page can send this type without asking first.
  if (!IsJson(request))
    return reply.Send(ErrorResponse(415, "the request is no JSON", "Content-Type must be application/json", ""));
  if (!edits_.Take(std::chrono::steady_clock::now()))
    return reply.Send(ErrorResponse(429, "too much at once",
                                    fmt::format("{} changes a minute are taken", kEditsPerMinute),
                                    "wait a moment and try again"));
  RequestQuery(request, {});
  const Json body = JsonBody(request);
  entrance_.NoteVisit();
  SendJson((calls_.*call->second)(body), reply);
}

}  // namespace sanerf::viewer
