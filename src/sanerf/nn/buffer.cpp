#include "sanerf/nn/buffer.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

#include "sanerf/core/error.h"

namespace sanerf::nn {

namespace {
constexpr size_t kHugePage = size_t{2} << 20;

float* Allocate(int64_t size) {
  const size_t bytes = size_t(size) * sizeof(float);
  const size_t alignment = bytes >= 4 * kHugePage ? kHugePage : 64;
  void* data = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!data)
    throw Error(fmt::format("out of memory: {:.0f} MB wanted", double(bytes) / 1e6), "the system gave none",
                "use a smaller hash table (--set nerf.log2_table=17) or fewer rays");
  if (alignment == kHugePage) madvise(data, bytes, MADV_HUGEPAGE);  // advice only: failure costs speed, nothing else
  return static_cast<float*>(data);
}
}  // namespace

Buffer::Buffer(int64_t size, float fill) {
  Reserve(size);
  Fill(fill);
}

Buffer::~Buffer() { std::free(data_); }

float* Buffer::Reserve(int64_t size) {
  if (size > capacity_) {
    std::free(data_);
    data_ = nullptr;
    capacity_ = size_ = 0;
    data_ = Allocate(size);
    capacity_ = size;
  }
  size_ = size;
  return data_;
}

float* Buffer::Grow(int64_t size) {
  if (size > capacity_) {
    const int64_t capacity = std::max(size, 2 * capacity_);
    float* data = Allocate(capacity);
    std::copy(data_, data_ + size_, data);
    std::free(data_);
    data_ = data;
    capacity_ = capacity;
  }
  size_ = size;
  return data_;
}

void Buffer::Fill(float value) { std::fill(data_, data_ + size_, value); }

}  // namespace sanerf::nn
