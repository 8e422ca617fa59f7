#include "sanerf/core/content_hash.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "sanerf/core/byte_text.h"
#include "sanerf/core/error.h"
#include "sanerf/core/json.h"

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr int kFormat = 1;
// File systems count time in ticks, the coarsest in two seconds: what was changed just now could change again within
// one.
constexpr double kSettledSeconds = 3;

struct Stamp {
  std::string text;        // "" when there is no such file
  double last_change = 0;  // seconds since 1970
};

double Seconds(const timespec& time) { return double(time.tv_sec) + 1e-9 * double(time.tv_nsec); }

Stamp StampOf(const fs::path& file) {
  struct stat s {};
  if (stat(file.c_str(), &s) != 0) return {};
  return {fmt::format("{}:{}:{}:{}.{:09}:{}.{:09}", s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec,
                      s.st_ctim.tv_sec, s.st_ctim.tv_nsec),
          std::max(Seconds(s.st_mtim), Seconds(s.st_ctim))};
}

std::string KeyOf(const fs::path& file) { return fs::absolute(file).lexically_normal().string(); }

}  // namespace

double ContentHashes::SystemNow() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

ContentHashes::ContentHashes(std::function<double()> now) : now_(std::move(now)) {}

std::string ContentHashes::Of(const fs::path& file) {
  const std::string key = KeyOf(file);
  const Stamp before = StampOf(file);
  {
    const std::lock_guard lock(mutex_);
    const auto entry = known_.find(key);
    if (entry != known_.end() && !before.text.empty() && entry->second.stamp == before.text)
      return entry->second.sha256;
  }
  const double now = now_();
  const std::string sha256 = Sha256OfFile(file);
  const std::lock_guard lock(mutex_);
  ++num_hashed_;
  if (before.last_change + kSettledSeconds < now && StampOf(file).text == before.text) {
    known_[key] = {before.text, sha256};
    is_new_ = true;
  }
  return sha256;
}

void ContentHashes::WarnOnce(const std::string& what, const Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(has_warned_, true)) return;
  }
  job.Warn(what);
}

void ContentHashes::Recall(const fs::path& store, const Job& job) {
  std::error_code ignored;
  if (!fs::exists(store, ignored)) return;
  try {
    const Json json = ReadJsonFile(store);
    if (json.at("format") != kFormat) return;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : json.at("files").items())
      known_.try_emplace(key, Entry{entry.at("stamp").get<std::string>(), entry.at("sha256").get<std::string>()});
  } catch (const Json::exception&) {
    WarnOnce(fmt::format("{}: it is no list of known files; they are read again", store.string()), job);
  } catch (const Error& error) {
    WarnOnce(fmt::format("{}; the files that it lists are read again", error.what()), job);
  }
}

void ContentHashes::Keep(const fs::path& store, const Job& job) {
  Json files = Json::object();
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(is_new_, false)) return;
    for (const auto& [key, entry] : known_)
      if (StampOf(key).text == entry.stamp) files[key] = {{"sha256", entry.sha256}, {"stamp", entry.stamp}};
  }
  try {
    WriteJsonFile(store, {{"format", kFormat}, {"files", files}});
  } catch (const Error& error) {
    {
      const std::lock_guard lock(mutex_);
      is_new_ = true;
    }
    WarnOnce(fmt::format("{}; the next command reads the photos again", error.what()), job);
  }
}

ContentHashes& KnownHashes() {
  static ContentHashes* hashes = new ContentHashes;  // never destroyed: threads may still ask
  return *hashes;
}

}  // namespace sanerf
