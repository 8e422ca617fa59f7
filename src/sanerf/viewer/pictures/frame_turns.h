// Which pictures of the field are drawn at a time: of each client the newest alone, and of all clients together so few
// that they fit into memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sanerf/core/stop_token.h"

namespace sanerf::viewer {

// Of one client only the newest request goes on: Begin stops the one before.
class NewestWins {
 public:
  // A token that is stopped when a request of a higher seq begins; already stopped for one that is outdated.
  StopToken Begin(const std::string& client, int64_t seq);

 private:
  struct Client {
    int64_t seq = 0;
    StopSource stop;
    uint64_t last_use = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Client> clients_;  // the last few
  uint64_t num_requests_ = 0;
};

// Of all clients together, so many at a time.
class FrameTurns {
  struct Drawn {
    StopToken newer, gone;
    bool IsEnding() const { return newer.stop_requested() || gone.stop_requested(); }
  };

 public:
  explicit FrameTurns(size_t most) : most_(most) {}

  // A picture may be drawn as long as this lives.
  class Turn {
   public:
    Turn(FrameTurns& turns, std::list<Drawn>::iterator drawn) : turns_(turns), drawn_(drawn) {}
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    FrameTurns& turns_;
    const std::list<Drawn>::iterator drawn_;
  };

  // newer: asked to stop by a newer request of the same client (NewestWins); gone: when the client has left. Waits for
  // pictures that were asked to stop. Throws TooMuch while others are drawn in all turns, InterruptedError when its own
  // is asked to stop.
  std::unique_ptr<Turn> Take(StopToken newer, StopToken gone);

 private:
  const size_t most_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::list<Drawn> drawn_;
};

}  // namespace sanerf::viewer
