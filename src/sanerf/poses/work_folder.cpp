#include "sanerf/poses/work_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/temporary.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr int kFormat = 1;  // of the manifest and of what the steps leave
constexpr const char *kManifest = "manifest.json", *kLock = ".lock";

Json NoSteps() { return {{"format", kFormat}, {"steps", Json::object()}}; }

Json ReadManifest(const fs::path& path) {
  if (!ExistsAsFile(path)) return NoSteps();
  try {
    Json json = ReadJsonFile(path);
    if (json.is_object() && json.value("format", 0) == kFormat && json.contains("steps") && json["steps"].is_object())
      return json;
  } catch (const std::exception&) {  // what it said is made again
  }
  return NoSteps();
}

}  // namespace

std::string KeyOf(const std::string& step, const Json& depends_on) {
  return Sha256(Json{{"format", kFormat}, {"step", step}, {"on", depends_on}}.dump(-1, ' ', false,
                                                                                   Json::error_handler_t::replace));
}

WorkFolder::WorkFolder(const fs::path& scene) : path_(scene.string() + ".poses") {
  std::error_code ec;
  const bool is_new = !fs::exists(path_, ec) || (fs::is_directory(path_, ec) && fs::is_empty(path_, ec));
  if (!is_new && !ExistsAsFile(path_ / kManifest) && !ExistsAsFile(path_ / kLock))
    throw Error("cannot work in " + path_.string(), "it exists and holds something else",
                "choose another name for the scene, or move that away");
  EnsureWritableFolder(path_);
  const fs::path file = path_ / kLock;
  CheckCanHoldFile(file);
  lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (lock_ < 0) throw WriteError("cannot write " + file.string(), std::strerror(errno), "choose another folder");
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    close(lock_);
    if (why == EWOULDBLOCK)
      throw Error(path_.string() + " is in use", "another sanerf poses works there", "wait for it or stop it");
    throw Error("cannot lock " + file.string(), std::strerror(why), "work on a file system with locks");
  }
  RemoveLeftoversBelow(path_);
  manifest_ = ReadManifest(path_ / kManifest);
  if (!ExistsAsFile(path_ / kManifest)) Write();
}

WorkFolder::~WorkFolder() { close(lock_); }

bool WorkFolder::IsDone(const std::string& step, const std::string& key) const {
  const Json& steps = manifest_["steps"];
  if (!steps.contains(step) || !steps[step].is_object()) return false;
  return steps[step].value("key", Json()) == key && steps[step].value("done", Json()) == true;
}

Json WorkFolder::ResultOf(const std::string& step) const {
  const Json& steps = manifest_["steps"];
  return steps.contains(step) && steps[step].is_object() ? steps[step].value("result", Json()) : Json();
}

void WorkFolder::Begin(const std::string& step, const std::string& key) {
  manifest_["steps"][step] = {{"key", key}, {"done", false}};
  Write();
}

void WorkFolder::Finish(const std::string& step, const std::string& key, const Json& result) {
  manifest_["steps"][step] = {{"key", key}, {"done", true}, {"result", result}};
  Write();
}

fs::path WorkFolder::Fresh(const std::string& name) const {
  const fs::path folder = path_ / name;
  fs::remove_all(folder);
  EnsureWritableFolder(folder);
  return folder;
}

void WorkFolder::Write() const { WriteJsonFile(path_ / kManifest, manifest_); }

}  // namespace sanerf::poses
