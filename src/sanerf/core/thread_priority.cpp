#include "sanerf/core/thread_priority.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

#include <utility>

namespace sanerf {

void LowerPriorityOfThisThread() {
#ifdef __linux__  // elsewhere this is the niceness of the whole process
  constexpr int kNicer = 5;
  thread_local bool is_lowered = false;
  if (std::exchange(is_lowered, true)) return;
  setpriority(PRIO_PROCESS, /*this thread*/ 0, getpriority(PRIO_PROCESS, 0) + kNicer);
#endif
}

}  // namespace sanerf
