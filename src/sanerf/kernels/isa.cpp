#include "sanerf/kernels/isa.h"

#include <cstdlib>

#include "sanerf/core/error.h"

namespace sanerf::kernels {

namespace isa_generic {
extern const KernelTable kTable;
}
#ifdef SANERF_X86
namespace isa_avx2 {
extern const KernelTable kTable;
}
namespace isa_avx512 {
extern const KernelTable kTable;
}
#endif

std::vector<const KernelTable*> SupportedKernels() {
  std::vector<const KernelTable*> tables = {&isa_generic::kTable};
#ifdef SANERF_X86
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables.push_back(&isa_avx2::kTable);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl"))
    tables.push_back(&isa_avx512::kTable);
#endif
  return tables;
}

const KernelTable& ChooseKernels(const std::string& name) {
  const auto tables = SupportedKernels();
  if (name.empty()) return *tables.back();
  std::string names;
  for (const KernelTable* table : tables) {
    if (table->name == name) return *table;
    names += (names.empty() ? "" : ", ") + std::string(table->name);
  }
  const bool known = name == "avx2" || name == "avx512";
  throw UsageError(
      "SANERF_ISA=" + name,
      known ? "this processor cannot run that build of the kernels" : "there is no such build of the kernels",
      "unset SANERF_ISA or use one of: " + names);
}

const KernelTable& Kernels() {
  static const KernelTable& table = []() -> const KernelTable& {
    const char* wanted = std::getenv("SANERF_ISA");
    return ChooseKernels(wanted ? wanted : "");
  }();
  return table;
}

}  // namespace sanerf::kernels
