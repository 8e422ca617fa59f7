#include "sanerf/export/export_input.h"

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

ExportedFile Exported(const fs::path& path, int64_t count, const std::string& what, const std::string& frame,
                      const std::string& units) {
  return {path, count, what, std::nullopt, frame, units, SizeOnDisk(path)};
}

}  // namespace sanerf::exports
