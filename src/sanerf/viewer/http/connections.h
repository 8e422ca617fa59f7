// Who is connected: how many, whose place another may have, and who has left while being worked for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

#include "sanerf/core/stop_token.h"

namespace sanerf::viewer {

class Connections;

// One of them. Takes the place that AwaitRoom has kept, and gives it back when it closes the socket, at its end.
struct Connection {
  Connection(Connections& all, int socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Connections& all;
  const int socket;
  // The rest is guarded by all.
  bool is_silent = true, has_left = false;
  std::chrono::steady_clock::time_point since;  // silent
  StopSource gone;                              // of the request under way
};

class Connections {
 public:
  explicit Connections(size_t most) : most_(most) {}

  // Before another connection is made: waits until there is room for it. Drops the connection that has said nothing for
  // longest, so that silent ones cannot keep others out.
  void AwaitRoom();
  void AwaitNone();                         // until all are closed
  void Waits(Connection& connection);       // from now on, for its client
  StopToken Works(Connection& connection);  // on a request; the token is asked to stop when its client leaves

  void Look();  // for those that have left; to be called often
  void End();   // tells all requests to stop, and everybody else that the connection has ended
  void Cut();   // and now the rest

 private:
  friend struct Connection;

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::list<Connection*> connections_;
  size_t num_taken_ = 0;  // places; more than there are connections when some are about to be made
  bool is_ending_ = false;
};

}  // namespace sanerf::viewer
