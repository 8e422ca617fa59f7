// Being asked to stop: Ctrl-C (SIGINT), SIGTERM, a closed terminal (SIGHUP), a closed pipe (SIGPIPE). The running stage
// saves and stops. A second Ctrl-C or SIGTERM stops the process at once; terminal and pipe are closed only once,
// however many signals tell of it.
#pragma once

#include <string>

#include "sanerf/core/stop_token.h"

namespace sanerf {

// SIGHUP stays ignored where it was (nohup).
void InstallInterruptHandler();
StopToken InterruptToken();  // for the jobs of the command line; of the requests from now on
bool InterruptRequested();
void RequestInterrupt();  // what the handler does; for tests
void ClearInterrupt();

// For loops over things that take long, where nothing has to be saved. Throws InterruptedError "WHAT interrupted" once
// a stop was requested.
void ThrowIfInterrupted(const std::string& what);

}  // namespace sanerf
