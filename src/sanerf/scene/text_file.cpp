#include "sanerf/scene/text_file.h"

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"

namespace sanerf::scene {

std::string ReadTextFile(const std::filesystem::path& path, FileKind kind) {
  std::string text = ReadFile(path, kind);
  if (text.rfind("\xff\xfe", 0) == 0 || text.rfind("\xfe\xff", 0) == 0)
    throw Error(path.string(), "its text is UTF-16", "save it as UTF-8");
  if (text.rfind("\xef\xbb\xbf", 0) == 0) text.erase(0, 3);
  return text;
}

}  // namespace sanerf::scene
