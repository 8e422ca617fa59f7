#include "sanerf/viewer/downloads/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <algorithm>
#include <map>
#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/json.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/export/fake_ffmpeg_test_support.h"
#include "sanerf/export/formats.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/pipeline/export_stage.h"
#include "sanerf/pipeline/render_stage.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/run/object_store.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using Files = std::map<std::string, std::string>;

struct Unzipped {
  Files files;
  Files methods;
};

Unzipped Unzip(const fs::path& path) {
  Unzipped out;
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
  EXPECT_NE(archive, nullptr) << code;
  if (archive == nullptr) return out;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    EXPECT_EQ(zip_stat_index(archive, zip_uint64_t(i), 0, &stat), 0);
    std::string bytes(size_t(stat.size), '\0');
    zip_file_t* file = zip_fopen_index(archive, zip_uint64_t(i), 0);
    EXPECT_EQ(zip_fread(file, bytes.data(), stat.size), zip_int64_t(stat.size));
    zip_fclose(file);
    out.files[stat.name] = bytes;
    out.methods[stat.name] = stat.comp_method == ZIP_CM_STORE ? "store" : "deflate";
  }
  zip_discard(archive);
  return out;
}

// A run with the objects fox and bear, which share a field.
class ResultsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(6, 32), Job());
    pipeline::Settings settings;
    for (const char* value : {"iters=20", "batch_samples=4096", "log2_table=10", "levels=4", "features=4", "top=64",
                              "occupancy_resolution=32", "near_gradients=0"})
      pipeline::Assign(settings, std::string("nerf.") + value);
    pipeline::Train({*folder_ / "scene", Run()}, settings, Job());
    StoreTwoObjects();
    fs::create_directories(Out());
  }
  static void TearDownTestSuite() { delete folder_; }

  static void StoreTwoObjects() {
    const run::RunFolder run = run::RunFolder::Open(Run());
    const scene::Scene scene = scene::LoadScene(*folder_ / "scene", {}, Job());
    const nerf::NerfModel nerf = run.OpenNerf();
    mask_aggregator::AggregatorOptions options;
    options.iters = 1;
    options.rays = 64;
    options.pool_rays = 256;
    options.field.log2_table = 8;
    std::vector<mask_aggregator::LabelView> views;
    for (const int v : scene.TrainViews()) views.push_back({scene.views[size_t(v)].camera, ImageU8(32, 32, 1)});
    for (mask_aggregator::LabelView& view : views)
      for (size_t i = 0; i < view.labels.data.size(); ++i) view.labels.data[i] = uint8_t(i / 8 % 3);
    const auto field = mask_aggregator::TrainObjectModel(nerf, views, 3, options, nullptr, Job());
    mask_decoder::Prompts prompts;
    std::vector<mask_decoder::DecodedObject> decoded;
    for (const char* name : {"fox", "bear"}) {
      mask_decoder::ObjectPrompt prompt;
      prompt.name = name;
      prompt.clicks.push_back({scene.views[0].name, {3, 4}, 1});
      prompts.objects.push_back(prompt);
      mask_decoder::DecodedObject object;
      object.name = name;
      mask_decoder::ViewDecision view;
      view.view_idx = 0;
      view.view = scene.views[0].name;
      view.used = true;
      view.outcome = mask_decoder::Outcome::kUsed;
      view.mask = ImageU8(8, 8, 1);
      object.views.push_back(view);
      decoded.push_back(object);
    }
    const run::RunLock lock(Run());
    run::StoreObjects(run, {prompts, decoded, field, run.nerf_log(), nerf.Fingerprint()}, Job());
  }
  static fs::path Run() { return *folder_ / "run"; }
  static fs::path Out() { return *folder_ / "out"; }
  static size_t NumInOut() { return size_t(std::distance(fs::directory_iterator(Out()), fs::directory_iterator())); }
  static inline TestFolder* folder_;
};

TEST_F(ResultsTest, EveryLayerOfRenderAndEveryFormatOfExportIsOffered) {
  const Json formats = ExportFormats();
  std::set<std::string> offered;
  for (const Json& format : formats) EXPECT_TRUE(offered.insert(format.at("format")).second) << format;
  for (const std::string& name : pipeline::LayerNames()) EXPECT_TRUE(offered.contains(name)) << name;
  for (const std::string& name : exports::ExportFormatNames()) EXPECT_TRUE(offered.contains(name)) << name;
  for (const Json& format : formats) {
    EXPECT_FALSE(format.at("title").get<std::string>().empty());
    for (const Json& option : format.at("options")) {
      EXPECT_TRUE(option.contains("default")) << option;
      EXPECT_NO_THROW(CheckExport(format.at("format"), {{option.at("name"), option.at("default")}}));
    }
  }
}

TEST_F(ResultsTest, AnOptionIsShownAsItsStructListsIt) {
  const Json formats = ExportFormats();
  const auto cutout =
      std::find_if(formats.begin(), formats.end(), [](const Json& format) { return format.at("format") == "cutout"; });
  ASSERT_NE(cutout, formats.end());
  const Json& options = cutout->at("options");
  ASSERT_EQ(options.size(), 4u);
  EXPECT_EQ(options[0].at("type"), "choice");
  EXPECT_EQ(options[0].at("choices").dump(), R"(["all","train","test","orbit"])");
  EXPECT_EQ(options[1].at("type"), "int");
  EXPECT_EQ(options[1].at("min"), 0);
  EXPECT_EQ(options[1].at("max"), 16384);
  EXPECT_EQ(options[1].at("default"), 800);
  EXPECT_EQ(options[3].at("name"), "hard_edge");
  EXPECT_EQ(options[3].at("type"), "bool");
}

TEST_F(ResultsTest, MasksOfAllObjectsAreThoseOfRender) {
  const ExportedFile file = Export({Run(), "mask", {}}, {{"views", "test"}}, Out(), Job());
  EXPECT_EQ(file.name, "run-masks.zip");
  EXPECT_EQ(file.bytes, int64_t(fs::file_size(file.path)));
  EXPECT_TRUE(file.path.parent_path() == Out());
  const Unzipped zip = Unzip(file.path);
  for (const char* object : {"fox", "bear"}) {
    pipeline::RenderRequest render;
    render.run = Run();
    render.object = object;
    render.layers = {pipeline::Layer::kMask};
    render.out = *folder_ / "rendered" / object;
    for (const fs::path& picture : pipeline::Render(render, Job()).files) {
      const std::string name = std::string(object) + "/" + picture.filename().string();
      ASSERT_TRUE(zip.files.contains(name)) << name;
      EXPECT_EQ(zip.files.at(name), ReadFile(picture));
      EXPECT_EQ(zip.methods.at(name), "store");
    }
  }
  fs::remove(file.path);
  EXPECT_EQ(NumInOut(), 0u);  // nothing else is left
}

// The archive is the folder that the command makes.
TEST_F(ResultsTest, AFormatOfExportIsWhatTheCommandWrites) {
  Json options = {{"path", "fly"}, {"show", "scene"}, {"file", "png"}, {"seconds", 0.1}, {"fps", 20}};
  options["longest_side"] = 16;
  const ExportedFile pictures = Export({Run(), "video", {"fox"}}, options, Out(), Job());
  EXPECT_EQ(pictures.name, "fox-video.zip");
  pipeline::ExportRequest request;
  request.run = Run();
  request.format = "video";
  request.objects = {"fox"};
  exports::VideoOptions& video = request.options.video;
  video.path = exports::Path::kFly;
  video.show = exports::Shown::kScene;
  video.file = exports::VideoFile::kPng;
  video.seconds = 0.1;
  video.fps = 20;
  video.longest_side = 16;
  request.out = *folder_ / "exported";
  pipeline::Export(request, Job());
  const Unzipped zip = Unzip(pictures.path);
  size_t count = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(request.out)) {
    if (!entry.is_regular_file()) continue;
    ++count;
    const std::string name = fs::relative(entry.path(), request.out).string();
    ASSERT_TRUE(zip.files.contains(name)) << name;
    EXPECT_EQ(zip.files.at(name), ReadFile(entry.path()));
  }
  EXPECT_EQ(zip.files.size(), count);
  EXPECT_EQ(count, 3u);  // two pictures and what is said of them

  const exports::FakeFfmpeg ffmpeg(exports::kKeepsFrames);
  options["file"] = "webm";
  const ExportedFile one = Export({Run(), "video", {}}, options, Out(), Job());
  EXPECT_EQ(one.name, "run-video.webm");
  EXPECT_EQ(one.bytes, 2 * 16 * 16 * 4);
  fs::remove(pictures.path);
  fs::remove(one.path);
  EXPECT_EQ(NumInOut(), 0u);
}

TEST_F(ResultsTest, OptionsReachRender) {
  const Json options = {{"views", "orbit"}, {"frames", 3}, {"longest_side", 16}, {"arrays", true}};
  const ExportedFile file = Export({Run(), "depth", {"fox"}}, options, Out(), Job());
  EXPECT_EQ(file.name, "run-depth.zip");  // the scene's, whatever object is chosen
  const Unzipped zip = Unzip(file.path);
  EXPECT_EQ(zip.files.size(), 6u);
  for (const auto& [name, bytes] : zip.files) {
    EXPECT_THAT(name, HasSubstr("depth/"));
    if (!name.ends_with(".png")) continue;
    ImageInfo info;
    ASSERT_EQ(DecodePngInfo(bytes, &info), "");
    EXPECT_EQ(std::max(info.width, info.height), 16);
  }
  fs::remove(file.path);
}

TEST_F(ResultsTest, PromptsAreAFileThatSegmentReads) {
  const ExportedFile one = Export({Run(), "prompts", {"bear"}}, Json::object(), Out(), Job());
  EXPECT_EQ(one.name, "bear-prompts.json");
  const mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(one.path);
  ASSERT_EQ(prompts.objects.size(), 1u);
  EXPECT_EQ(prompts.objects[0].name, "bear");
  const ExportedFile all = Export({Run(), "prompts", {}}, nullptr, Out(), Job());
  EXPECT_EQ(mask_decoder::ReadPrompts(all.path).objects.size(), 2u);
  EXPECT_NE(all.path, one.path);
  fs::remove(one.path);
  fs::remove(all.path);
}

TEST_F(ResultsTest, ADamagedObjectKeepsNobodyFromTheOthers) {
  const fs::path damaged = Run() / "objects" / "bear" / "object.json";
  const std::string whole = ReadFile(damaged);
  WriteFileAtomic(damaged, "{");
  const ExportedFile masks = Export({Run(), "mask", {"fox"}}, {{"views", "test"}}, Out(), Job());
  const ExportedFile prompts = Export({Run(), "prompts", {}}, nullptr, Out(), Job());
  EXPECT_EQ(mask_decoder::ReadPrompts(prompts.path).objects.size(), 1u);
  EXPECT_THAT(ErrorTextOf<UsageError>([&] {
                Export({Run(), "prompts", {"bear"}}, nullptr, Out(), Job());
              }),
              HasSubstr("the object 'bear' is left out"));
  WriteFileAtomic(damaged, whole);
  fs::remove(masks.path);
  fs::remove(prompts.path);
}

TEST_F(ResultsTest, SaysWhatIsWrong) {
  const auto text = [&](const ExportRequest& request, const Json& options) {
    return ErrorTextOf<UsageError>([&] { Export(request, options, Out(), Job()); });
  };
  EXPECT_THAT(text({Run(), "cutuot", {}}, {}), HasSubstr("unknown format 'cutuot'\ndid you mean 'cutout'?"));
  EXPECT_THAT(text({Run(), "masks", {}}, {{"longest_side", 3}}), HasSubstr("option longest_side = 3"));
  EXPECT_THAT(text({Run(), "video", {}}, {{"seconds", 0}}), HasSubstr("option seconds = 0"));
  EXPECT_THAT(text({Run(), "mask", {"foxx"}}, {}), HasSubstr("no object 'foxx'"));
  EXPECT_THAT(text({Run(), "mask", {}}, {{"size", 3}}), HasSubstr("unknown option 'size'"));
  EXPECT_THAT(text({Run(), "mask", {}}, {{"longest_side", 20000}}), HasSubstr("an integer from 16 to 16384, or 0"));
  EXPECT_THAT(text({Run(), "mask", {}}, {{"longest_side", 3}}), HasSubstr("option longest_side = 3"));
  EXPECT_THAT(text({Run(), "mask", {}}, {{"frames", 2.5}}), HasSubstr("an integer from"));
  EXPECT_THAT(text({Run(), "mask", {}}, {{"views", "path.json"}}),
              AllOf(HasSubstr("option views = \"path.json\""), HasSubstr("orbit")));
  EXPECT_THAT(text({Run(), "mask", {}}, {{"arrays", 1}}), HasSubstr("true or false"));
  EXPECT_THAT(text({Run(), "mask", {}}, Json::array({1})), HasSubstr("expected an object"));
  EXPECT_EQ(NumInOut(), 0u);
}

TEST_F(ResultsTest, AStopLeavesNothing) {
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(Export({Run(), "rgb", {}}, {}, Out(), Job().With(stop.token())), InterruptedError);
  EXPECT_EQ(NumInOut(), 0u);
}

TEST_F(ResultsTest, TheSameAsACommandLine) {
  EXPECT_EQ(ExportCommand({"my run", "cutout", {"fox"}}, {{"hard_edge", true}}),
            "sanerf render 'my run' --object fox --layers cutout --views all --size 800 --hard-edge");
  EXPECT_EQ(ExportCommand({"run", "rgb", {"fox"}}, {{"views", "orbit"}}),
            "sanerf render run --layers rgb --views orbit --size 800 --frames 60");
  EXPECT_EQ(ExportCommand({"run", "mask", {"fox", "old bear"}}, {{"arrays", true}}),
            "sanerf render run --object fox --layers mask --views all --size 800 --npy && "
            "sanerf render run --object 'old bear' --layers mask --views all --size 800 --npy");
  EXPECT_EQ(ExportCommand({"run", "labels", {"fox", "bear"}}, {}),
            "sanerf render run --object fox --layers labels --views all --size 800");
  EXPECT_EQ(ExportCommand({"run", "prompts", {"fox", "old bear"}}, {}),
            "cp run/objects/fox/prompts.json fox-prompts.json && "
            "cp 'run/objects/old bear/prompts.json' 'old bear-prompts.json'");
  EXPECT_THROW(ExportCommand({"run", "mask", {"fox"}}, {{"longest_side", 3}}), UsageError);
  EXPECT_EQ(ExportCommand({"my run", "coco", {"fox", "old bear"}}, {{"views", "test"}}),
            "sanerf export 'my run' --object fox --object 'old bear' --format coco --set export.views=test");
  EXPECT_EQ(ExportCommand({"run", "video", {"fox"}}, {{"file", "webm"}, {"seconds", 6}}),
            "sanerf export run --object fox --format video --set video.file=webm");
}

TEST_F(ResultsTest, NamesAreKnownBeforeAnythingIsMade) {
  EXPECT_EQ(ExportName({"runs/my run", "cutout", {"fox"}}), "fox-cutouts");
  EXPECT_EQ(ExportName({"runs/my run", "cutout", {"fox", "bear"}}), "my run-cutouts");
  EXPECT_EQ(ExportName({"runs/my run", "labels", {"fox"}}), "my run-labels");
  EXPECT_EQ(ExportName({"runs/my run", "rgb", {"fox"}}), "my run-pictures");
  EXPECT_EQ(ExportName({"runs/my run", "prompts", {"fox"}}), "fox-prompts");
  EXPECT_EQ(ExportName({"runs/my run", "nerfstudio", {"fox"}}), "fox-nerfstudio");
}

}  // namespace
}  // namespace sanerf::viewer
