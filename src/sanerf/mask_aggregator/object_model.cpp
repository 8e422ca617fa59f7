// Rendering and storing a trained object field.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/mask_aggregator.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr char kCheckpointKind[] = "object-field";
constexpr int kBlock = 16;

class BlockSegmenter {
 public:
  BlockSegmenter(const NerfModel& nerf, const ObjectField& field)
      : field_(field), tracer_(nerf.field(), nerf.occupancy(), nerf.trace_options(), /*keep_waves=*/false) {}

  void Render(const Camera& camera, int x0, int y0, SegmentedView* view);

 private:
  void AddWave();

  const ObjectField& field_;
  RayTracer tracer_;
  std::vector<Ray> rays_;
  std::vector<std::pair<int, int>> visible_;  // (ray, slot)
  std::vector<float> composited_;             // [ray][label]
  Buffer positions_, geometry_, grid_out_, inputs_, hidden_, logits_;
};

void BlockSegmenter::AddWave() {
  constexpr int kGeo = RadianceField::kGeometry;
  visible_.clear();
  for (const Segment& segment : tracer_.segments())
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot)
      if (tracer_.weights()[slot] > kMinObjectWeight) visible_.emplace_back(segment.ray, slot);
  if (visible_.empty()) return;
  const int64_t n = kernels::NumTiles(int64_t(visible_.size()));
  positions_.Reserve(n * 3 * kTile);
  geometry_.Reserve(n * kGeo * kTile);
  for (int64_t i = 0; i < n * kTile; ++i) {
    const int slot = visible_[size_t(std::min(i, int64_t(visible_.size()) - 1))].second;  // padding repeats the last
    const int64_t tile = i / kTile, lane = i % kTile, from = slot / kTile, from_lane = slot % kTile;
    for (int a = 0; a < 3; ++a) positions_[(tile * 3 + a) * kTile + lane] = tracer_.positions()[(from * 3 + a) * kTile + from_lane];
    for (int c = 0; c < kGeo; ++c)
      geometry_[(tile * kGeo + c) * kTile + lane] = tracer_.density_out()[(from * kGeo + c) * kTile + from_lane];
  }
  field_.Forward(positions_.data(), geometry_.data(), n, &grid_out_, &inputs_, &hidden_, &logits_);
  const int num_labels = field_.num_labels();
  for (size_t i = 0; i < visible_.size(); ++i) {
    const auto [ray, slot] = visible_[i];
    for (int l = 0; l < num_labels; ++l)
      composited_[size_t(ray * num_labels + l)] +=
          tracer_.weights()[slot] * logits_[(int64_t(i) / kTile * num_labels + l) * kTile + int64_t(i) % kTile];
  }
}

void BlockSegmenter::Render(const Camera& camera, int x0, int y0, SegmentedView* view) {
  const int num_labels = field_.num_labels();
  const int x1 = std::min(x0 + kBlock, camera.width), y1 = std::min(y0 + kBlock, camera.height);
  rays_.clear();
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) rays_.push_back(MakeRay(camera, Vec2(x + 0.5, y + 0.5)));
  composited_.assign(rays_.size() * size_t(num_labels), 0.0f);
  tracer_.Begin(rays_.data(), nullptr, int(rays_.size()));
  while (tracer_.NextWave()) AddWave();

  const float* logits = composited_.data();
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x, logits += num_labels) {
      const float* best = std::max_element(logits, logits + num_labels);
      float sum = 0, *probability = view->probabilities.Pixel(x, y);
      for (int l = 0; l < num_labels; ++l) sum += probability[l] = std::exp(logits[l] - *best);
      for (int l = 0; l < num_labels; ++l) probability[l] /= sum;
      view->labels.At(x, y) = uint8_t(best - logits);  // a ray that meets nothing: all zero, background
    }
  }
}

}  // namespace

SegmentedView ObjectModel::Render(const Camera& file_camera) const {
  const Camera camera = file_camera.In(nerf_.model_from_file());
  SegmentedView view{ImageU8(camera.width, camera.height, 1), ImageF(camera.width, camera.height, num_labels())};
  const int blocks_x = (camera.width + kBlock - 1) / kBlock, blocks_y = (camera.height + kBlock - 1) / kBlock;
  WorkerPool<BlockSegmenter> segmenters;
  ParallelForChunks(int64_t(blocks_x) * blocks_y, 4, [&](int64_t begin, int64_t end) {
    const auto segmenter = segmenters.Take([&] { return std::make_unique<BlockSegmenter>(nerf_, *field_); });
    for (int64_t b = begin; b < end; ++b) segmenter->Render(camera, int(b % blocks_x) * kBlock, int(b / blocks_x) * kBlock, &view);
  });
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
