// Which build of the kernels runs on this processor.
#pragma once

#include <string>
#include <vector>

#include "sanerf/kernels/kernels.h"

namespace sanerf::kernels {

// The fastest build this processor can run, or the one named by $SANERF_ISA (generic, avx2, avx512). Chosen once.
// Throws UsageError when $SANERF_ISA names one that is unknown or cannot run here.
const KernelTable& Kernels();

// The build of that name, the fastest when the name is empty; throws as Kernels() does.
const KernelTable& ChooseKernels(const std::string& name);

// Every build that can run on this processor, slowest first; for tests and benchmarks.
std::vector<const KernelTable*> SupportedKernels();

}  // namespace sanerf::kernels
