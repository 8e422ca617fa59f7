// Rendering and storing a trained object field.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/options.h"
#include "sanerf/mask_aggregator/mask_aggregator.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/ray_samples.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr char kCheckpointKind[] = "object-field";

class BlockSegmenter {
 public:
  BlockSegmenter(const NerfModel& nerf, const ObjectField& field, const Camera& model_camera, SegmentedView* view)
      : field_(field), camera_(model_camera), view_(view), tracer_(nerf, kMinSampleWeight) {}

  void Render(const PixelBlock& block);

 private:
  void AddLogits();

  const ObjectField& field_;
  const Camera& camera_;
  SegmentedView* view_;
  BlockTracer tracer_;
  std::vector<float> composited_;  // [pixel of the block][label]
  Buffer positions_, geometry_, grid_out_, inputs_, hidden_, logits_;
};

void BlockSegmenter::AddLogits() {
  constexpr int kGeo = RadianceField::kGeometry;
  const int64_t n = tracer_.num_tiles();
  if (n == 0) return;
  positions_.Reserve(n * 3 * kTile);
  geometry_.Reserve(n * kGeo * kTile);
  tracer_.Gather(tracer_.tracer().positions(), 3, 3, positions_.data());
  tracer_.Gather(tracer_.tracer().density_out(), kGeo, kGeo, geometry_.data());
  field_.Forward(positions_.data(), geometry_.data(), n, &grid_out_, &inputs_, &hidden_, &logits_);
  tracer_.AddWeighted(logits_.data(), field_.num_labels(), composited_.data());
}

void BlockSegmenter::Render(const PixelBlock& block) {
  const int num_labels = field_.num_labels();
  tracer_.Begin(RaysOf(camera_, block));
  composited_.assign(tracer_.num_rays() * size_t(num_labels), 0.0f);
  while (tracer_.NextWave()) AddLogits();

  const float* logits = composited_.data();
  for (int y = block.y0; y < block.y1; ++y) {
    for (int x = block.x0; x < block.x1; ++x, logits += num_labels) {
      Softmax(num_labels, logits, view_->probabilities.Pixel(x, y));
      view_->labels.At(x, y) = uint8_t(std::max_element(logits, logits + num_labels) - logits);  // a ray that meets nothing: all zero, background
    }
  }
}

}  // namespace

SegmentedView ObjectModel::Render(const Camera& file_camera) const {
  const Camera camera = file_camera.In(nerf_.model_from_file());
  SegmentedView view{ImageU8(camera.width, camera.height, 1), ImageF(camera.width, camera.height, num_labels())};
  ForEachBlock(camera.width, camera.height,
               [&] { return std::make_unique<BlockSegmenter>(nerf_, *field_, camera, &view); });
  return view;
}

void ObjectModel::Save(const std::filesystem::path& path) const {
  CheckpointWriter writer;
  writer.kind = kCheckpointKind;
  ObjectFieldOptions options = field_->options();
  OptionRegistry registry;
  registry.Add("field", options);
  writer.meta = {{"options", registry.ToJson()}, {"num_labels", num_labels()}, {"nerf", nerf_.Fingerprint()}};
  writer.Add(field_->grid.params().name, field_->grid.params().values.span());
  writer.Add(field_->mlp.params().name, field_->mlp.params().values.span());
  writer.Write(path);
}

ObjectModel ObjectModel::Load(const std::filesystem::path& path, const NerfModel& nerf) {
  const CheckpointReader reader(path, kCheckpointKind);
  try {
    if (reader.meta().at("nerf").get<uint64_t>() != nerf.Fingerprint())
      throw Error(path.string(), "the object was segmented on another state of the radiance field", "segment it again: sanerf segment RUN ...");
    ObjectFieldOptions options;
    OptionRegistry registry;
    registry.Add("field", options);
    registry.FromJson(reader.meta().at("options"));
    auto field = std::make_shared<ObjectField>(options, reader.meta().at("num_labels").get<int>(), 0);
    reader.Read(field->grid.params().name, field->grid.params().values.span());
    reader.Read(field->mlp.params().name, field->mlp.params().values.span());
    return ObjectModel(field, nerf);
  } catch (const Json::exception& e) {
    throw Error(path.string(), fmt::format("damaged checkpoint header ({})", e.what()), "segment the object again");
  }
}

}  // namespace sanerf
