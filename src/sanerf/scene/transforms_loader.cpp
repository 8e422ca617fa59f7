// transforms.json of instant-ngp, nerfstudio and 3D-FRONT, transforms_train/test.json of NeRF-synthetic.
#include "sanerf/scene/transforms_loader.h"

#include <fmt/format.h>

#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/phrases.h"
#include "sanerf/scene/attach_masks.h"
#include "sanerf/scene/find_photo.h"
#include "sanerf/scene/forgiving_json.h"
#include "sanerf/scene/transforms_camera.h"

namespace sanerf::scene {
namespace fs = std::filesystem;
namespace {

Vec3 ReadVector(const JsonCursor& values) {
  if (values.size() != 3) values.Fail("expected 3 numbers");
  return {values[0].Number(), values[1].Number(), values[2].Number()};
}

// 3D-FRONT's renders come with the box of their room.
Box ReadRoom(const JsonCursor& room) {
  if (room.size() != 2) room.Fail("expected the two corners of a box");
  const Box box{ReadVector(room[0]), ReadVector(room[1])};
  if (!(box.max - box.min).allFinite() || (box.max - box.min).minCoeff() <= 0) room.Fail("the box is empty");
  return box;
}

// instant-ngp maps file coordinates to its unit cube by p * scale + offset; aabb_scale widens that cube about 0.5.
std::optional<Box> ReadContentBox(const JsonCursor& file) {
  if (!file.Has("aabb_scale")) return file.Has("room_bbox") ? std::optional(ReadRoom(file["room_bbox"])) : std::nullopt;
  const double size = file["aabb_scale"].Number(), scale = file.NumberOr("scale", 0.33);
  if (!(size > 0)) file["aabb_scale"].Fail(fmt::format("{:.4g} is not positive", size));
  if (!(scale > 0)) file["scale"].Fail(fmt::format("{:.4g} is not positive", scale));
  const Vec3 offset = file.Has("offset") ? ReadVector(file["offset"]) : Vec3(Vec3::Constant(0.5));
  const Vec3 center = (Vec3::Constant(0.5) - offset) / scale;
  const Vec3 half = Vec3::Constant(0.5 * size / scale);
  return Box{center - half, center + half};
}

// As listed; of a folder "images" that was left out of the download, the next shrunk copy (images_2, images_4, …).
std::optional<fs::path> FindPhoto(PhotoFinder& finder, const fs::path& folder, const FrameKeys& keys,
                                  const std::string& listed) {
  if (auto image = finder.Find(folder, listed)) return image;
  const fs::path path = PlainName(listed), inside = (folder / path).parent_path().lexically_normal();
  std::error_code ec;
  // Pixel values of unknown size cannot be scaled to a shrunk copy.
  if (inside.filename() != "images" || fs::exists(inside, ec) || !keys.Has("w") || !keys.Has("h")) return std::nullopt;
  for (const fs::path& shrunk : ImageFolders(inside.parent_path())) {
    if (auto image = finder.Find(shrunk, path.filename().string())) return image;
  }
  return std::nullopt;
}

double ReadTime(const JsonCursor& time) {
  const double value = time.Number();
  if (value < 0 || value > 1)
    time.Fail(fmt::format("{:.6g} is not between 0 and 1", value),
              "a time is a share of the capture: 0 for its first moment, 1 for its last");
  return value;
}

// nerfstudio's split: lists of file_path values; the first that names any, else an empty one, none without a list.
std::optional<std::set<std::string>> ReadTestNames(const JsonCursor& file) {
  std::optional<std::set<std::string>> names;
  for (const char* key : {"test_filenames", "val_filenames"}) {
    if (!file.Has(key) || (names && !names->empty())) continue;
    names.emplace();
    const JsonCursor list = file[key];
    for (size_t i = 0; i < list.size(); ++i) names->insert(PlainName(list[i].String()));
  }
  return names;
}

class TransformsReader {
 public:
  TransformsReader(SceneListing& listing, const Job& job) : listing_(listing), job_(job) {}

  void Read(const fs::path& path, bool is_test) {
    const Json json = ReadForgivingJson(path);
    folder_ = path.parent_path();
    const JsonCursor file(json, path.string());
    if (!json.is_object()) file.Fail("expected an object with \"frames\"", "is this a transforms.json file?");
    const JsonCursor frames = file["frames"];
    if (!listing_.content) listing_.content = ReadContentBox(file);
    if (file.Has("fps")) listing_.fps = file["fps"].NumberIn(0, 1e6);
    is_room_ = is_room_ || file.Has("room_bbox");
    is_nerfstudio_ = is_nerfstudio_ || file.Has("applied_transform");
    // Only nerfstudio writes these two besides, and in its masks black is left out.
    listing_.black_is_ignored =
        listing_.black_is_ignored || is_nerfstudio_ || file.Has("camera_model") || file.Has("ply_file_path");
    const auto split = ReadTestNames(file);
    const std::set<std::string> test_names = split.value_or(std::set<std::string>());
    std::set<std::string> unlisted = test_names;
    if (split) listing_.has_split = true;
    for (size_t i = 0; i < frames.size(); ++i) {
      job_.ThrowIfStopped("reading the photos' sizes");
      const JsonCursor frame = frames[i];
      const std::string listed = frame["file_path"].String();
      unlisted.erase(PlainName(listed));
      const auto image = FindPhoto(finder_, folder_, {file, frame}, listed);
      if (!image) {
        listing_.missing.push_back(listed);
        continue;
      }
      if (HasNoFiniteCamera(frame)) {
        listing_.not_finite.push_back(NameInScene(listing_.root, *image));
        continue;
      }
      ListedView listed_view = ReadFrame(file, frame, *image, fmt::format("{}: frames[{}]", path.string(), i));
      listed_view.view.is_test = is_test || test_names.count(PlainName(listed)) > 0;
      listing_.views.push_back(std::move(listed_view));
    }
    WarnOfMissingMasks();
    if (!unlisted.empty()) {
      listing_.warnings.push_back(fmt::format("{} of the {} that {} names {} not among its frames: {}{}",
                                              unlisted.size(), Counted(int64_t(test_names.size()), "test photo"),
                                              path.filename().string(), IsAre(int64_t(unlisted.size())),
                                              *unlisted.begin(), unlisted.size() == 1 ? "" : ", ..."));
    }
  }

  bool is_room() const { return is_room_; }  // rendered from 3D-FRONT
  // Written by ns-process-data; the poses are those after applied_transform, and so is our file frame.
  bool is_nerfstudio() const { return is_nerfstudio_; }

 private:
  ListedView ReadFrame(const JsonCursor& file, const JsonCursor& frame, const fs::path& image,
                       const std::string& where) {
    ListedView listed;
    const ImageInfo info = ReadImageInfo(image);
    listed.image = info;
    listed.view.name = NameInScene(listing_.root, image);
    listed.view.image_path = image;
    listed.view.camera = FitToImage(FrameIntrinsics({file, frame}, info), info, where + " (" + listed.view.name + ")");
    listed.view.camera.world_from_cam =
        FramePose(frame, fmt::format("{}.transform_matrix ({})", where, listed.view.name), &listed.pose_scale);
    if (frame.Has("time")) listed.view.time = ReadTime(frame["time"]);
    if (frame.Has("near") && frame.Has("far")) {
      listed.bounds = DepthBounds{frame["near"].Number(), frame["far"].Number()};
    }
    if (frame.Has("mask_path")) {
      const std::string mask = frame["mask_path"].String();
      if (const auto path = finder_.Find(folder_, mask)) {
        listed.mask = *path;
      } else {
        missing_masks_.push_back(mask);
      }
    }
    return listed;
  }

  void WarnOfMissingMasks() {
    if (missing_masks_.empty()) return;
    listing_.warnings.push_back(
        fmt::format("{} missing, the first is {}; those views have none",
                    Counted(int64_t(missing_masks_.size()), "listed mask is", "listed masks are"), missing_masks_[0]));
    missing_masks_.clear();
  }

  SceneListing& listing_;
  const Job& job_;
  PhotoFinder finder_;
  fs::path folder_;  // of the file being read: its paths are relative to it
  std::vector<std::string> missing_masks_;
  bool is_room_ = false, is_nerfstudio_ = false;
};

// Instance ids of a room: beside the photos, or beside the folder "train" that holds these.
void AttachRoomMasks(SceneListing& listing, const fs::path& folder) {
  for (const fs::path& parent : {folder, listing.root}) {
    for (const char* name : {"instances", "instance", "seg", "segmentation", "masks"}) {
      std::error_code ec;
      if (fs::is_directory(parent / name, ec)) return AttachMasks(listing, parent / name);
    }
  }
}

}  // namespace

SceneListing ReadTransforms(const fs::path& root, const fs::path& train_file, const fs::path& test_file,
                            const Job& job) {
  SceneListing listing;
  listing.root = root;
  listing.z_up = true;
  TransformsReader reader(listing, job);
  reader.Read(train_file, /*is_test=*/false);
  const bool is_synthetic = train_file.filename() == "transforms_train.json";
  listing.format = is_synthetic ? "nerf-synthetic" : reader.is_room() ? "3d-front" : "instant-ngp";
  listing.source = is_synthetic             ? "NeRF-synthetic "
                   : reader.is_room()       ? "3D-FRONT "
                   : reader.is_nerfstudio() ? "nerfstudio "
                                            : "instant-ngp ";
  listing.source += NameInScene(root, train_file);
  if (!test_file.empty()) {
    listing.has_split = true;
    listing.source += " + " + NameInScene(root, test_file);
    reader.Read(test_file, /*is_test=*/true);
  }
  if (reader.is_room()) AttachRoomMasks(listing, train_file.parent_path());
  return listing;
}

}  // namespace sanerf::scene
