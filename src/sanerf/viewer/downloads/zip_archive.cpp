#include "sanerf/viewer/downloads/zip_archive.h"

#include <zip.h>

#include <memory>

#include "sanerf/core/error.h"

namespace sanerf::viewer {
namespace {

[[noreturn]] void FailZip(const std::filesystem::path& path, const std::string& why) {
  throw Error("cannot write " + path.string(), why, "free some space, or choose smaller pictures");
}

struct Progress {
  const Job& job;
  Task& task;
  int64_t num_files;
};

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

bool IsCompressed(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".png" || extension == ".jpg" || extension == ".mp4";
}

void Add(zip_t* archive, const ZipEntry& entry, const std::filesystem::path& path) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_file_create(entry.file.c_str(), 0, -1, &error);
  const std::string why = source == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (source == nullptr) FailZip(path, entry.file.string() + ": " + why);
  const zip_int64_t index = zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    FailZip(path, zip_strerror(archive));
  }
  const zip_int32_t method = IsCompressed(entry.file) ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
  if (zip_set_file_compression(archive, zip_uint64_t(index), method, 0) != 0) FailZip(path, zip_strerror(archive));
}

}  // namespace

void WriteZip(const std::filesystem::path& path, const std::vector<ZipEntry>& entries, const Job& job) {
  int code = 0;
  zip_t* opened = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (opened == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    FailZip(path, why);
  }
  // Until it is closed nothing is written; discarding it leaves nothing.
  std::unique_ptr<zip_t, Discard> archive(opened);
  for (const ZipEntry& entry : entries) Add(opened, entry, path);

  Task task(job, "pack", int64_t(entries.size()), "files");
  Progress progress{job, task, int64_t(entries.size())};
  zip_register_progress_callback_with_state(
      opened, 0.01,
      [](zip_t*, double share, void* state) {
        const auto* progress = static_cast<const Progress*>(state);
        progress->task.Update(int64_t(share * double(progress->num_files)));
      },
      nullptr, &progress);
  zip_register_cancel_callback_with_state(
      opened, [](zip_t*, void* state) { return static_cast<const Progress*>(state)->job.stop_requested() ? 1 : 0; },
      nullptr, &progress);
  if (zip_close(opened) != 0) {
    job.ThrowIfStopped("packing");
    FailZip(path, zip_strerror(opened));
  }
  archive.release();  // closing has freed it
  task.Finish();
}

}  // namespace sanerf::viewer
