// A binary image in one bit per pixel: hundreds of masks stay in memory, and overlaps are counted a word at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/image.h"

namespace sanerf {

class BitMask {
 public:
  BitMask() = default;
  BitMask(int width, int height)
      : width_(width), height_(height), words_((size_t(width) * size_t(height) + 63) / 64, 0) {}
  // Pixels above `threshold`: a mask from logits or from 0/255.
  template <class T>
  static BitMask Above(const Image<T>& image, T threshold) {
    BitMask mask(image.width, image.height);
    for (size_t i = 0; i < image.data.size(); ++i)
      if (image.data[i] > threshold) mask.words_[i / 64] |= uint64_t{1} << (i % 64);
    return mask;
  }

  int width() const { return width_; }
  int height() const { return height_; }
  bool empty() const { return words_.empty(); }
  bool At(int x, int y) const { return AtIndex(size_t(y) * size_t(width_) + size_t(x)); }
  bool AtIndex(size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }

  int64_t Count() const {
    int64_t count = 0;
    for (const uint64_t word : words_) count += std::popcount(word);
    return count;
  }
  int64_t CountBoth(const BitMask& other) const {
    SANERF_CHECK(width_ == other.width_ && height_ == other.height_);
    int64_t count = 0;
    for (size_t i = 0; i < words_.size(); ++i) count += std::popcount(words_[i] & other.words_[i]);
    return count;
  }
  double Iou(const BitMask& other) const {
    const int64_t both = CountBoth(other), either = Count() + other.Count() - both;
    return either > 0 ? double(both) / double(either) : 0;
  }
  void Add(const BitMask& other) {
    SANERF_CHECK(width_ == other.width_ && height_ == other.height_);
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void Remove(const BitMask& other) {
    SANERF_CHECK(width_ == other.width_ && height_ == other.height_);
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }

  ImageU8 ToImage() const {  // 0/255
    ImageU8 image(width_, height_, 1);
    for (size_t i = 0; i < image.data.size(); ++i) image.data[i] = AtIndex(i) ? 255 : 0;
    return image;
  }

 private:
  int width_ = 0, height_ = 0;
  std::vector<uint64_t> words_;  // row by row without gaps; bits beyond the image are 0
};

}  // namespace sanerf
