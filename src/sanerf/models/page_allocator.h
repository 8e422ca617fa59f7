// Memory for ONNX Runtime that goes back to the system as soon as it is free. Its own arena keeps what the largest run
// has ever taken, with what lies between the blocks: 0.9 GB for SAM 2's image encoder.
#pragma once

#include <onnxruntime_cxx_api.h>

#include <cstddef>

namespace sanerf::models {

// Large blocks are mappings of their own, in huge pages where the system has them: zeroing page by page would cost a
// third of an encoder's time. Thread safe.
class PageAllocator : public OrtAllocator {
 public:
  static constexpr size_t kAlignment = 64;            // bytes, of every block
  static constexpr size_t kMapped = size_t{1} << 20;  // from this size on: a mapping of its own

  PageAllocator();

 private:
  Ort::MemoryInfo info_;
};

}  // namespace sanerf::models
