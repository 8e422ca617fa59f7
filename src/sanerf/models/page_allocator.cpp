#include "sanerf/models/page_allocator.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace sanerf::models {
namespace {

// In front of every block; as long as the alignment, so that the block is aligned as well.
struct alignas(PageAllocator::kAlignment) Header {
  size_t mapped;  // bytes with this; 0 = from the heap
};

void* ORT_API_CALL Allocate(OrtAllocator*, size_t size) {
  const size_t all = (size + 2 * sizeof(Header) - 1) / sizeof(Header) * sizeof(Header);
  if (size == 0 || all < size) return nullptr;
  void* start = nullptr;
  if (size >= PageAllocator::kMapped) {
    start = mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return nullptr;
    madvise(start, all, MADV_HUGEPAGE);  // a wish
    return new (start) Header{all} + 1;
  }
  start = std::aligned_alloc(alignof(Header), all);
  return start ? new (start) Header{0} + 1 : nullptr;
}

void ORT_API_CALL Release(OrtAllocator*, void* block) {
  if (!block) return;
  Header* const start = static_cast<Header*>(block) - 1;
  if (start->mapped > 0) {
    munmap(start, start->mapped);
  } else {
    std::free(start);
  }
}

}  // namespace

PageAllocator::PageAllocator()
    : OrtAllocator{}, info_(Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault)) {
  version = ORT_API_VERSION;
  Alloc = Allocate;
  Reserve = Allocate;
  Free = Release;
  Info = [](const OrtAllocator* allocator) -> const OrtMemoryInfo* {
    return static_cast<const PageAllocator*>(allocator)->info_;
  };
}

}  // namespace sanerf::models
