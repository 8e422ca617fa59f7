// Work that nobody waits for leaves the processors to what somebody looks at.
#pragma once

namespace sanerf {

// Once and for good: a process without privileges cannot take it back. Beside a thread of ordinary priority that wants
// the same processor this one gets a quarter of its time; alone, all of it.
void LowerPriorityOfThisThread();

}  // namespace sanerf
