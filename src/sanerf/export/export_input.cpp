#include "sanerf/export/export_input.h"

#include <fmt/format.h>

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

int64_t SizeOnDisk(const fs::path& path) {
  if (!fs::is_directory(path)) return int64_t(fs::file_size(path));
  int64_t bytes = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) bytes += int64_t(entry.file_size());
  return bytes;
}

}  // namespace

std::string FileFrameFrom(const Vec3& offset) {
  if (offset.isZero(0)) return kFileFrame;
  return fmt::format("{} from ({:.12g}, {:.12g}, {:.12g}) on", kFileFrame, offset.x(), offset.y(), offset.z());
}

std::vector<NamedLabel> NamedLabelsOf(const ExportInput& input) {
  std::vector<NamedLabel> names;
  for (size_t i = 0; i < input.names.size(); ++i) names.push_back({input.labels[i], input.names[i]});
  return names;
}

ExportedFile Exported(const fs::path& path, int64_t count, const std::string& what, const std::string& frame,
                      const std::string& units) {
  return {path, count, what, std::nullopt, frame, units, SizeOnDisk(path)};
}

}  // namespace sanerf::exports
