#include "sanerf/poses/photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/core/orientation.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/phrases.h"
#include "sanerf/poses/photo_lens.h"
#include "sanerf/poses/sharpness.h"
#include "sanerf/scene/listing.h"

namespace sanerf::poses {
namespace fs = std::filesystem;
namespace {

constexpr double kAlikeMatched = 0.5, kAlikeMotion = 0.2;  // of a burst: see Motion
constexpr size_t kNamedPhotos = 8;

bool IsPng(const fs::path& path) { return LowerExtension(path) == ".png"; }

bool IsReadByColmap(const fs::path& path, const ImageInfo& info) {
  return scene::HasUsualImageExtension(path) && info.bits == 8 && info.channels != 2;
}

// "a/b.heic" becomes "a/b.png", with its whole name where another one is called so.
std::string NameAsPng(const std::string& name, std::set<std::string>& taken) {
  std::string as_png = fs::path(name).replace_extension(".png").generic_string();
  if (taken.count(as_png) != 0) as_png = name + ".png";
  taken.insert(as_png);
  return as_png;
}

struct Look {
  Photo photo;
  ImageU8 thumbnail;
  bool is_converted = false;
};

Look LookAt(const fs::path& source, const std::string& name, size_t number, const fs::path& folder) {
  const ImageInfo info = ReadImageInfo(source);
  ImageU8 picture = ReadImage(source);
  Look look;
  look.is_converted = !IsReadByColmap(source, info);
  if (look.is_converted) picture = Upright(std::move(picture), info.orientation);
  look.photo = {name,
                fmt::format("{:06}{}", number, look.is_converted || IsPng(source) ? ".png" : ".jpg"),
                picture.width,
                picture.height,
                look.is_converted ? "" : LensOf(source),
                0,
                false};
  const fs::path place = folder / look.photo.file;
  if (look.is_converted) {
    WritePng(place, picture.channels == 2 ? GrayOf(picture) : picture);
  } else {
    fs::create_symlink(source, place);
  }
  const ImageU8 gray = ShrunkTo(GrayOf(picture), kLookSize);
  look.photo.sharpness = Sharpness(gray);
  look.thumbnail = ShrunkTo(gray, kThumbnail);
  return look;
}

}  // namespace

Json ToJson(const std::vector<Photo>& photos) {
  Json list = Json::array();
  for (const Photo& photo : photos) {
    list.push_back({{"name", photo.name},
                    {"file", photo.file},
                    {"width", photo.width},
                    {"height", photo.height},
                    {"lens", photo.lens},
                    {"sharpness", photo.sharpness},
                    {"alike", photo.is_alike}});
  }
  return list;
}

std::vector<Photo> PhotosFromJson(const Json& json, const std::string& file) {
  const JsonCursor list(json, file);
  std::vector<Photo> photos;
  for (size_t i = 0; i < list.size(); ++i) {
    const JsonCursor one = list[i];
    photos.push_back({one["name"].String(), one["file"].String(), int(one["width"].Integer()),
                      int(one["height"].Integer()), one["lens"].String(), one["sharpness"].Number(),
                      one["alike"].Bool()});
  }
  return photos;
}

std::vector<Photo> GatherPhotos(const PosesInput& input, const fs::path& folder, const Job& job) {
  const int64_t n = int64_t(input.photos.size());
  Task task(job, "photos", n, "photos");
  std::vector<std::optional<Look>> looks(static_cast<size_t>(n));
  std::vector<std::string> problems(static_cast<size_t>(n));
  std::atomic<int64_t> done{0};
  ParallelFor(n, [&](int64_t i) {
    job.ThrowIfStopped("looking at the photos");
    const size_t at = size_t(i);
    try {
      looks[at] = LookAt(input.photos[at], input.names[at], at, folder);
    } catch (const WriteError&) {
      throw;
    } catch (const InterruptedError&) {
      throw;
    } catch (const Error& error) {
      problems[at] = error.what();
    }
    task.Update(++done);
  });

  std::vector<std::string> broken;
  std::set<std::string> taken(input.names.begin(), input.names.end());
  std::vector<Photo> photos;
  const ImageU8* before = nullptr;
  for (size_t i = 0; i < looks.size(); ++i) {
    if (!looks[i]) {
      broken.push_back(input.names[i]);
      continue;
    }
    Photo& photo = looks[i]->photo;
    const ImageU8& thumbnail = looks[i]->thumbnail;
    if (looks[i]->is_converted) photo.name = NameAsPng(photo.name, taken);
    if (before != nullptr && before->width == thumbnail.width && before->height == thumbnail.height) {
      const Motion motion = MotionBetween(*before, thumbnail);
      photo.is_alike = motion.matched >= kAlikeMatched && motion.share <= kAlikeMotion;
    }
    before = &thumbnail;
    photos.push_back(photo);
  }
  if (!broken.empty()) {
    const std::string first = *std::find_if(problems.begin(), problems.end(), [](const auto& p) { return !p.empty(); });
    job.Warn(fmt::format("{} cannot be read and {} left out: {}; the first: {}",
                         Counted(int64_t(broken.size()), "photo"), IsAre(int64_t(broken.size())),
                         FirstFew(broken, kNamedPhotos), first));
  }
  if (photos.size() < kFewestPhotos)
    throw Error("too few photos in " + input.path.string(),
                Counted(int64_t(photos.size()), "photo") + " can be read, and poses need three or more",
                "take more, or convert them to JPEG");
  task.Finish();
  return photos;
}

}  // namespace sanerf::poses
