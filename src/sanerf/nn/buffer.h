// Aligned float storage; large buffers ask for huge pages, since hash tables are read at random addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace sanerf::nn {

class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t size, float fill = 0.0f);  // throws Error when the memory cannot be had
  ~Buffer();
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }

  // Grows without keeping the contents; never shrinks. For scratch that is reused from call to call.
  float* Reserve(int64_t size);

  // Grows keeping the contents (capacity at least doubles); new elements are not initialized.
  float* Grow(int64_t size);

  float* data() { return data_; }
  const float* data() const { return data_; }
  int64_t size() const { return size_; }
  float& operator[](int64_t i) { return data_[i]; }
  float operator[](int64_t i) const { return data_[i]; }
  std::span<float> span() { return {data_, size_t(size_)}; }
  std::span<const float> span() const { return {data_, size_t(size_)}; }
  void Fill(float value);

 private:
  float* data_ = nullptr;
  int64_t size_ = 0, capacity_ = 0;
};

}  // namespace sanerf::nn
