#include <cstring>

#include "fuzz.h"
#include "mended_checkpoint.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "tiny_radiance_field.h"

namespace sanerf::fuzz::object_field {
namespace {

const nerf::NerfModel& Nerf() {
  static const nerf::NerfModel nerf = [] {
    const SceneFolder photos;
    const std::filesystem::path path = photos.path() / "model.ckpt";
    WriteTinyRadianceField(TinyScene(photos), path, /*finished=*/true);
    return nerf::NerfModel::Load(path);
  }();
  return nerf;
}

// As if the object belonged to that radiance field: what is behind its fingerprint is read only then.
std::string OfThatField(std::string_view bytes) {
  using Layout = CheckpointLayout;
  uint32_t header_bytes = 0;
  if (bytes.size() >= Layout::kPreamble)
    std::memcpy(&header_bytes, bytes.data() + Layout::kHeaderAt, sizeof header_bytes);
  if (header_bytes == 0 || bytes.size() - Layout::kPreamble < header_bytes) return std::string(bytes);
  const std::string_view tensors = bytes.substr(Layout::kPreamble + header_bytes);
  Json header;
  try {
    header = ParseJson(bytes.substr(Layout::kPreamble, header_bytes), "header");
  } catch (const Error&) {
    return std::string(bytes);
  }
  if (!header.is_object() || !header.contains("meta") || !header["meta"].is_object()) return std::string(bytes);
  header["meta"]["nerf"] = Nerf().Fingerprint();
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string mended(bytes.substr(0, Layout::kPreamble));
  header_bytes = uint32_t(text.size());
  std::memcpy(&mended[Layout::kHeaderAt], &header_bytes, sizeof header_bytes);
  return mended + text + std::string(tensors);
}

}  // namespace

// object.ckpt of a stored object.
int FuzzOne(const uint8_t* data, size_t size) {
  static MemoryFile file;
  return Expect(
      [&] { mask_aggregator::ObjectModel::Load(file.With(MendedCheckpoint(OfThatField(Bytes(data, size)))), Nerf()); });
}

}  // namespace sanerf::fuzz::object_field
