#include "fuzz.h"
#include "sanerf/poses/video.h"

namespace sanerf::fuzz::ffprobe {

int FuzzOne(const uint8_t* data, size_t size) {
  return Expect([&] { poses::ReadProbe(std::string(Bytes(data, size)), "clip.mp4"); });
}

}  // namespace sanerf::fuzz::ffprobe
