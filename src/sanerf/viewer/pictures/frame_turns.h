// Which pictures of the field are drawn at a time: of each client the newest alone, and of all clients together so few
// that they fit into memory.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>

#include "sanerf/core/stop_token.h"

namespace sanerf::viewer {

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
