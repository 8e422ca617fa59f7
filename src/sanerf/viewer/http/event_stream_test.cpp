#include "sanerf/viewer/http/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "sanerf/core/stopwatch.h"
#include "sanerf/viewer/schema_test_support.h"

namespace sanerf::viewer {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Takes down what it is sent, until it has enough.
class Client : public Reply {
 public:
  void Send(HttpResponse) override { FAIL(); }
  void SendFile(const HttpResponse&, const std::filesystem::path&) override { FAIL(); }
  void Stream(const HttpResponse&, Body body) override { body_ = std::move(body); }
  StopToken gone() const override { return gone_.token(); }

  // As the server does it, once the request has been handled.
  void Receive() {
    const Body body = std::exchange(body_, nullptr);
    body([this](std::string_view bytes) {
      if (slowness_.count() > 0) std::this_thread::sleep_for(slowness_);
      const std::lock_guard lock(mutex_);
      text_ += bytes;
      return !gone_.token().stop_requested();
    });
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  // Waits until it has heard `what`; false after ten seconds.
  bool Hears(const std::string& what) const {
    const Stopwatch watch;
    while (text().find(what) == std::string::npos) {
      if (watch.seconds() > 10) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }
  int Count(const std::string& what) const {
    const std::string all = text();
    int count = 0;
    for (size_t at = all.find(what); at != std::string::npos; at = all.find(what, at + 1)) ++count;
    return count;
  }
  void Leave() { gone_.RequestStop(); }
  void BeSlow(milliseconds slowness) { slowness_ = slowness; }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  Body body_;
  StopSource gone_;
  milliseconds slowness_{0};
};

class Events : public ::testing::Test {
 protected:
  Events() { Use({}); }
  ~Events() override {
    for (auto& listener : listeners_) listener->Leave();
    for (std::thread& thread : threads_) thread.join();
  }
  void Use(EventStreamLimits limits) {
    stream_ = std::make_unique<EventStream>("5e44", limits);
    stream_->SetState([this] { return Json{{"revision", ++revision_}}; });
  }
  Client& Listen(std::optional<int64_t> last_id = std::nullopt, milliseconds slowness = milliseconds(0)) {
    listeners_.push_back(std::make_unique<Client>());
    Client& listener = *listeners_.back();
    listener.BeSlow(slowness);
    EXPECT_TRUE(stream_->Serve(last_id, listener));
    threads_.emplace_back([&listener] { listener.Receive(); });
    return listener;
  }

  std::atomic<int> revision_{0};
  std::unique_ptr<EventStream> stream_;
  std::vector<std::unique_ptr<Client>> listeners_;
  std::vector<std::thread> threads_;
};

TEST_F(Events, BeginWithWhoWeAreAndTheState) {
  Client& listener = Listen();
  ASSERT_TRUE(listener.Hears("event: state"));
  EXPECT_THAT(listener.text(),
              StartsWith("retry: 1000\nid: 0\nevent: hello\ndata: {\"protocol\":1,\"server\":\"5e44\"}\n\n"
                         "id: 0\nevent: state\ndata: {\"revision\":1}\n\n"));
}

TEST_F(Events, TheFirstIsAsTheSchemaHasIt) {
  Client& listener = Listen();
  ASSERT_TRUE(listener.Hears("event: state"));
  const std::string text = listener.text(), start = "event: hello\ndata: ";
  const size_t data = text.find(start) + start.size();
  EXPECT_EQ(Schema().FaultIn("hello", Json::parse(text.substr(data, text.find('\n', data) - data))), "");
}

TEST_F(Events, AreToldToEverybodyInTheirOrder) {
  Client &one = Listen(), &other = Listen();
  ASSERT_TRUE(one.Hears("event: state") && other.Hears("event: state"));
  stream_->Say("message", {{"text", "first\nline"}});
  stream_->Say("metric", {{"step", 1}});
  for (const Client* listener : {&one, &other}) {
    ASSERT_TRUE(listener->Hears("event: metric"));
    EXPECT_THAT(listener->text(), HasSubstr("id: 1\nevent: message\ndata: {\"text\":\"first\\nline\"}\n\n"
                                            "id: 2\nevent: metric\ndata: {\"step\":1}\n\n"));
  }
}

TEST_F(Events, GoOnWhereAClientLeftOff) {
  for (int i = 1; i <= 5; ++i) stream_->Say("message", {{"text", std::to_string(i)}});
  Client& listener = Listen(3);
  ASSERT_TRUE(listener.Hears("event: state"));
  EXPECT_EQ(listener.Count("event: message"), 2);
  EXPECT_THAT(listener.text(), HasSubstr("id: 4\n"));
  // What we have never said, of another server say: nothing is repeated.
  Client& stranger = Listen(77);
  ASSERT_TRUE(stranger.Hears("event: state"));
  EXPECT_EQ(stranger.Count("event: message"), 0);
}

TEST_F(Events, WhoMissedTooMuchGetsTheState) {
  EventStreamLimits limits;
  limits.kept_events = 3;
  Use(limits);
  for (int i = 1; i <= 10; ++i) stream_->Say("message", {{"text", std::to_string(i)}});
  Client& listener = Listen(2);
  ASSERT_TRUE(listener.Hears("event: state"));
  EXPECT_EQ(listener.Count("event: message"), 0);
}

TEST_F(Events, ASlowClientCostsNoMemoryAndGetsTheState) {
  EventStreamLimits limits;
  limits.kept_bytes = 4096;
  Use(limits);
  Client& slow = Listen(std::nullopt, milliseconds(300));
  ASSERT_TRUE(slow.Hears("event: state"));
  for (int i = 0; i < 2000; ++i) stream_->Say("message", {{"text", std::string(1000, 'x')}});
  stream_->StateChanged();
  ASSERT_TRUE(slow.Hears("{\"revision\":2}"));
  EXPECT_LT(slow.text().size(), 20'000u);
}

TEST_F(Events, OnlyTheNewestCountOfATaskIsKept) {
  for (int i = 1; i <= 1000; ++i) stream_->Say("progress", {{"id", 7}, {"done", i}});
  stream_->Say("progress", {{"id", 8}, {"done", 1}});
  for (int i = 1; i <= 3; ++i) stream_->Say("answer", {{"revision", i}});
  Client& listener = Listen(0);  // 512 are kept, so these are gone for it
  ASSERT_TRUE(listener.Hears("event: state"));
  EXPECT_EQ(listener.Count("event: progress"), 0);
  Client& other = Listen(900);
  ASSERT_TRUE(other.Hears("event: state"));
  EXPECT_EQ(other.Count("event: progress"), 2);
  EXPECT_THAT(other.text(), HasSubstr("\"done\":1000"));
  EXPECT_EQ(other.Count("event: answer"), 1);
  EXPECT_THAT(other.text(), HasSubstr("{\"revision\":3}"));
}

TEST_F(Events, StatesComeAtMostTenTimesASecond) {
  Client& listener = Listen();
  ASSERT_TRUE(listener.Hears("event: state"));
  const Stopwatch watch;
  for (int i = 0; i < 200; ++i) {
    stream_->StateChanged();
    std::this_thread::sleep_for(milliseconds(2));
  }
  const int states = listener.Count("event: state");
  EXPECT_LE(states, 2 + int(watch.seconds() * 10));
  // And the last change arrives.
  const int revision = revision_;
  stream_->StateChanged();
  EXPECT_TRUE(listener.Hears("{\"revision\":" + std::to_string(revision + 1) + "}"));
}

TEST_F(Events, SilenceIsFilledWithComments) {
  EventStreamLimits limits;
  limits.silence = milliseconds(50);
  Use(limits);
  EXPECT_TRUE(Listen().Hears("\n: still here\n\n"));
}

TEST_F(Events, SeatsAreLimitedAndComeFree) {
  EventStreamLimits limits;
  limits.streams = 2;
  Use(limits);
  Client& first = Listen();
  ASSERT_TRUE(first.Hears("hello"));
  ASSERT_TRUE(Listen().Hears("hello"));
  Client third;
  EXPECT_FALSE(stream_->Serve(std::nullopt, third));
  EXPECT_EQ(third.text(), "");
  {
    // A seat that was never sat on, for a client that wanted the head alone, is free again.
    first.Leave();
    for (int i = 0; i < 1000 && stream_->num_streams() == 2; ++i) std::this_thread::sleep_for(milliseconds(5));
    Client head;
    EXPECT_TRUE(stream_->Serve(std::nullopt, head));
    EXPECT_EQ(stream_->num_streams(), 2);
  }
  for (int i = 0; i < 1000 && stream_->num_streams() == 2; ++i) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(Listen().Hears("hello"));
}

TEST_F(Events, TextThatIsNotUtf8IsNoReasonToEnd) {
  Client& listener = Listen();
  ASSERT_TRUE(listener.Hears("event: state"));
  stream_->Say("message", {{"text", "a\xff z"}});
  EXPECT_TRUE(listener.Hears(" z\""));
}

}  // namespace
}  // namespace sanerf::viewer
