// A view of samples in tiles, [tile][channel][kTile]: what the operators of kernels.h read and write.
#pragma once

#include "sanerf/kernels/kernels.h"

namespace sanerf::kernels {

// The channels of one sample, which lie kTile apart.
template <class T>
class TiledSample {
 public:
  TiledSample() = default;
  explicit TiledSample(T* first) : first_(first) {}
  T& operator[](int channel) const { return first_[channel * kTile]; }

 private:
  T* first_;
};

// T: float or const float. The numbers stay with their owner.
template <class T>
class Tiled {
 public:
  Tiled(T* data, int channels) : data_(data), channels_(channels) {}

  int channels() const { return channels_; }
  T* data() const { return data_; }
  T& operator()(int64_t sample, int channel) const { return Sample(sample)[channel]; }
  TiledSample<T> Sample(int64_t sample) const { return TiledSample<T>(Tile(sample / kTile) + sample % kTile); }
  T* Tile(int64_t tile) const { return data_ + tile * Stride(); }
  // [kTile]: of the tile's samples, one after the other.
  T* Channel(int64_t tile, int channel) const { return Tile(tile) + channel * kTile; }
  int64_t Stride() const { return int64_t{kTile} * channels_; }  // from tile to tile

  // from: [channel], one after the other.
  void Set(int64_t sample, const float* from) const {
    const TiledSample<T> to = Sample(sample);
    for (int c = 0; c < channels_; ++c) to[c] = from[c];
  }
  void Get(int64_t sample, float* to) const {
    const TiledSample<T> from = Sample(sample);
    for (int c = 0; c < channels_; ++c) to[c] = from[c];
  }

 private:
  T* data_;
  int channels_;
};

inline int64_t TiledSize(int64_t num_tiles, int channels) { return num_tiles * channels * kTile; }

// Channels of every tile: from[from_channel ...] -> to[to_channel ...], `count` of them.
inline void CopyChannels(Tiled<const float> from, int from_channel, int count, int64_t num_tiles, Tiled<float> to,
                         int to_channel) {
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* source = from.Channel(tile, from_channel);
    float* target = to.Channel(tile, to_channel);
    for (int i = 0; i < count * kTile; ++i) target[i] = source[i];
  }
}

}  // namespace sanerf::kernels
