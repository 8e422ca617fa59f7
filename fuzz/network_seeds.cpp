#include "network_seeds.h"

#include <memory>
#include <utility>
#include <vector>

#include "fuzz.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/feature_container/feature_file.h"
#include "sanerf/feature_container/field_file.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/nn/checkpoint.h"
#include "sanerf/run/object_store.h"
#include "tiny_radiance_field.h"

namespace sanerf::fuzz {
namespace {

void WriteContainers(const Seeds& seeds) {
  const std::vector<float> grid = {1, 2, 3}, weights = {4, 5};
  nn::CheckpointWriter writer{"nerf", Json{{"options", {{"iters", 10}}}, {"extent", 4}}, {}};
  writer.Add("grid", grid);
  writer.Add("weights", weights);
  writer.Add("nothing", {});
  writer.Write(seeds.Path("checkpoint", "small.ckpt"));

  feature_container::StoredView view;
  view.view = "images/0.png";
  view.depth = view.opacity = ImageF(3, 2, 1, 0.5f);
  view.features.image_width = 16, view.features.image_height = 12;
  view.features.maps.push_back({"image_embeddings", {1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}});
  seeds.Write("feature_file", "small.feat", feature_container::EncodeViewFile(view));
}

mask_aggregator::AggregatorOptions TinyAggregatorOptions() {
  mask_aggregator::AggregatorOptions options;
  options.pool_rays = 1 << 12;
  mask_aggregator::ObjectFieldOptions& field = options.field;
  field.levels = 8, field.features = 2, field.log2_table = 8, field.base = field.top = 2, field.width = 16;
  return options;
}

// The object is the left half of every photo.
void WriteObjects(const Seeds& seeds, const scene::Scene& scene, const nerf::NerfModel& nerf) {
  std::vector<Camera> cameras;
  ImageU8 left(kPhotoWidth, kPhotoHeight, 1);
  for (int y = 0; y < left.height; ++y)
    for (int x = 0; x < left.width / 2; ++x) left.At(x, y) = 1;
  for (const scene::View& view : scene.views) cameras.push_back(view.camera);
  const std::vector<ImageU8> labels(cameras.size(), left);
  constexpr int kNumLabels = 2;

  mask_aggregator::ObjectTrainer trainer(nerf, cameras, TinyAggregatorOptions(), Job());
  trainer.SetMasks(labels, kNumLabels, nullptr, Job());
  trainer.Model().Save(seeds.Path("object_field", "alone.ckpt"));

  mask_aggregator::LabelVote vote(nerf, cameras, {.size = 8, .cells = 3}, Job());
  vote.Count(labels, kNumLabels);
  trainer.SetMasks(labels, kNumLabels, vote.Prior(), Job());
  mask_aggregator::LabelSupport support(kNumLabels);
  mask_aggregator::CellIndex cells(3);
  cells.Insert(mask_aggregator::CellIndex::Cell{0, 1, 2});
  support.Confine(1, std::move(cells));
  trainer.Model()
      .ConfinedTo(std::make_shared<const mask_aggregator::LabelSupport>(std::move(support)))
      .Save(seeds.Path("object_field", "confined.ckpt"));
  mask_decoder::Prompts prompts;
  prompts.objects.push_back({"mug", 3, {{Vec3(0.1, 0.2, 0.3), 1}}, {{"images/0", Vec2(3, 4), 0}}, {}, 1, "a mug"});
  mask_decoder::DecodedObject decoded;
  decoded.name = "mug";
  const Folder folder;
  const run::RunFolder run = run::RunFolder::Create(folder.path(), folder.path() / "scene", scene::Scene(), Job());
  const run::StoredObject mug =
      run::StoreObjects(run, {prompts, decoded, trainer.Model(), "", nerf.Fingerprint()}, Job()).objects[0];
  const std::filesystem::path stored = run.objects() / mug.name;
  seeds.Write("object_field", "vote.ckpt", ReadFile(stored / "object.ckpt"));
  seeds.Write("stored_object", "mug.txt",
              ReadFile(stored / "object.json") + "\n----\n" + ReadFile(stored / "prompts.json"));
}

void WriteFeatureField(const Seeds& seeds) {
  feature_container::FieldContents contents;
  contents.options.levels = 8, contents.options.features = 2, contents.options.log2_table = 8;
  contents.options.base = contents.options.top = 2, contents.options.width = 16;
  contents.shapes = {{"image_embeddings", 16, 2}};
  contents.means = {{"image_embeddings", {1, 16, 2, 2}, std::vector<float>(64, 0.25f)}};
  contents.heads = feature_container::MakeHeads(contents.options, contents.shapes);
  const Folder folder;
  feature_container::WriteFeatureField(folder.path(), contents);
  seeds.Write("feature_field", "tiny.ckpt", ReadFile(feature_container::FeatureFieldPath(folder.path())));
}

}  // namespace

void WriteNetworks(const Seeds& seeds) {
  WriteContainers(seeds);
  const SceneFolder photos;
  const scene::Scene scene = TinyScene(photos);
  const std::filesystem::path field = seeds.Path("radiance_field", "tiny.ckpt");
  WriteTinyRadianceField(scene, field, /*finished=*/true);
  WriteTinyRadianceField(scene, seeds.Path("nerf_training", "interrupted.ckpt"), /*finished=*/false);
  WriteObjects(seeds, scene, nerf::NerfModel::Load(field));
  WriteFeatureField(seeds);
}

}  // namespace sanerf::fuzz
