#include "sanerf/viewer/http/library_reply.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/viewer/http/error_answers.h"

namespace sanerf::viewer {
namespace {

constexpr size_t kFileBlock = 256 << 10;

// True: all of the body is on its way.
bool Pour(const Reply::Body& body, Exchange& exchange, httplib::DataSink& sink) {
  bool has_written = false;
  try {
    body([&](std::string_view bytes) {
      if (exchange.gone.stop_requested()) return false;
      if (bytes.empty()) return true;  // the library takes that for the end
      if (!std::exchange(has_written, true)) exchange.stream.Release();
      return sink.write(bytes.data(), bytes.size());
    });
  } catch (...) {
    if (!has_written) exchange.instead = AnswerToCurrentException();
    return false;  // of what was begun, the missing end says it
  }
  exchange.stream.Release();
  sink.done();
  return true;
}

}  // namespace

void LibraryReply::Send(HttpResponse response) {
  SetHead(response);
  if (!response.type.empty()) response_.set_header("Content-Type", response.type);
  response_.body = std::move(response.body);
}

void LibraryReply::SendFile(const HttpResponse& head, const std::filesystem::path& file) {
  std::error_code problem;
  const uintmax_t size = std::filesystem::file_size(file, problem);
  const auto in = std::make_shared<std::ifstream>(file, std::ios::binary);
  if (problem || !*in) throw Error("cannot read " + file.string(), problem ? problem.message() : std::strerror(errno));
  if (size == 0) return Send(head);
  SetHead(head);
  response_.set_content_provider(size, head.type, [in](size_t, size_t left, httplib::DataSink& sink) {
    std::vector<char> block(std::min(left, kFileBlock));
    // False for a file that has become shorter than promised: closing the connection says so.
    return bool(in->read(block.data(), std::streamsize(block.size()))) && sink.write(block.data(), block.size());
  });
}

void LibraryReply::Stream(const HttpResponse& head, Body body) {
  SetHead(head);
  exchange_.stream.Hold();
  const auto provider = [&exchange = exchange_, body = std::move(body)](size_t, httplib::DataSink& sink) {
    return Pour(body, exchange, sink);
  };
  if (exchange_.head.request.minor_version == 0) {
    response_.set_content_provider(head.type, provider);  // its end is the connection's
  } else {
    response_.set_chunked_content_provider(head.type, provider);
  }
}

void LibraryReply::SetHead(const HttpResponse& head) {
  exchange_.is_answered = true;
  response_ = httplib::Response();  // without what an answer that failed has left
  response_.status = head.status;
  for (const auto& [name, value] : head.headers) response_.set_header(name, value);
}

}  // namespace sanerf::viewer
