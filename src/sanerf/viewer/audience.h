// Whom the window tells what happens.
#pragma once

#include <string>

#include "sanerf/core/json_fwd.h"

namespace sanerf::viewer {

// Takes what happens, from any thread, quickly.
class Audience {
 public:
  virtual ~Audience() = default;
  virtual void StateChanged() = 0;                                   // Calls::State() is another
  virtual void Say(const std::string& event, const Json& data) = 0;  // progress, metric, message, answer
};

enum class MessageKind { kError, kWarning, kInfo };

// "message" of docs/viewer.md.
void SayMessage(Audience& audience, MessageKind kind, const std::string& text, const std::string& why = "",
                const std::string& hint = "");

}  // namespace sanerf::viewer
