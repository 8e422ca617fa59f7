// Being asked to stop: Ctrl-C (SIGINT), SIGTERM, a closed terminal (SIGHUP), a closed pipe (SIGPIPE). The running stage
// saves and stops. A second Ctrl-C or SIGTERM stops the process at once; terminal and pipe are closed only once,
// however many signals report it.
#pragma once

#include "sanerf/core/stop_token.h"

namespace sanerf {

// SIGHUP stays ignored where it was (nohup).
void InstallInterruptHandler();
StopToken InterruptToken();  // for the jobs of the command line; of the requests from now on
void ClearInterrupt();       // for tests

}  // namespace sanerf
