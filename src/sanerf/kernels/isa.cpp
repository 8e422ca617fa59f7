#include "sanerf/kernels/isa.h"

#include <cstdlib>

#include "sanerf/core/error.h"
#include "sanerf/core/options.h"

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

static const KernelTable& ChooseKernels() {
  const auto tables = SupportedKernels();
  const char* wanted = std::getenv("SANERF_ISA");
  if (!wanted || !*wanted) return *tables.back();
  std::vector<std::string> names;
  for (const KernelTable* table : tables) {
    if (std::string(table->name) == wanted) return *table;
    names.push_back(table->name);
  }
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  throw UsageError("SANERF_ISA=" + std::string(wanted), "this processor cannot run that build of the kernels",
                   "unset SANERF_ISA or use one of: " + list);
}

const KernelTable& Kernels() {
  static const KernelTable& table = ChooseKernels();
  return table;
}

}  // namespace sanerf::kernels
