// Ctrl-C: the first asks the running stage to save and stop, the second stops the process at once.
#pragma once

namespace sanerf {

void InstallInterruptHandler();
bool InterruptRequested();
void RequestInterrupt();  // what the handler does; for tests
void ClearInterrupt();

}  // namespace sanerf
