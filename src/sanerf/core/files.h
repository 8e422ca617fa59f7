// Files: whole reads, atomic writes (see temporary.h).
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "sanerf/core/input_file.h"

namespace sanerf {

// Throws Error that names path and reason; see input_file.h.
std::string ReadFile(const std::filesystem::path& path, FileKind kind = FileKind::kModel);
// Throws WriteError that names path and reason (full disk, permission); the old file stays as it was.
void WriteFileAtomic(const std::filesystem::path& path, std::string_view bytes);
// Streaming version: `write` fills the temporary file.
void WriteFileAtomic(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);
// Creates the folder and its parents and proves that it can be written to. Throws WriteError.
void EnsureWritableFolder(const std::filesystem::path& folder);

// What is not there is removed already. Throws WriteError.
void RemoveFile(const std::filesystem::path& path);

// One file on disk under two names where the file system can do that.
void LinkOrCopy(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace sanerf
