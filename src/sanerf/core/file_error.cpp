#include "sanerf/core/file_error.h"

#include <cerrno>
#include <cstring>

#include "sanerf/core/error.h"

namespace sanerf {
namespace {

std::string HintFor(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free some space or choose another folder";
    case EFBIG:
      return "the file size limit of this shell or file system was reached (see ulimit -f)";
    case EACCES:
    case EPERM:
    case EROFS:
      return "choose a folder that you may write to";
    case ENOTDIR:
      return "a part of this path is a file, not a folder";
    case ENOENT:
      return "check the path";
    default:
      return "";
  }
}

}  // namespace

void ThrowFileError(const std::string& action, const std::filesystem::path& path, int error) {
  throw WriteError("cannot " + action + " " + path.string(), std::strerror(error), HintFor(error));
}

}  // namespace sanerf
