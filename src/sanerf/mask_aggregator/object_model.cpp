// Rendering and storing a trained object field.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
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
  // field, prior: one of them may be null.
  BlockSegmenter(const NerfModel& nerf, const ObjectField* field, const LabelPrior* prior, const Camera& model_camera,
                 int probability_of, SegmentedView* view)
      : field_(field),
        prior_(prior),
        num_labels_(field != nullptr ? field->num_labels() : prior->num_labels()),
        camera_(model_camera),
        probability_of_(probability_of),
        view_(view),
        tracer_(nerf, kMinSampleWeight) {}

  void Render(const PixelBlock& block);

 private:
  void AddLogits();
  void AddPrior();

  const ObjectField* field_;
  const LabelPrior* prior_;
  int num_labels_;
  const Camera& camera_;
  int probability_of_;
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
  tracer_.Gather(tracer_.tracer().positions(), 3, 3, positions_.data());
  if (field_ != nullptr) {
    geometry_.Reserve(n * kGeo * kTile);
    tracer_.Gather(tracer_.tracer().density_out(), kGeo, kGeo, geometry_.data());
    field_->Forward(positions_.data(), geometry_.data(), n, &grid_out_, &inputs_, &hidden_, &logits_);
    tracer_.AddWeighted(logits_.data(), num_labels_, composited_.data());
  }
  if (prior_ != nullptr) AddPrior();
}

void BlockSegmenter::AddPrior() {
  tracer_.ForEachVisible([&](int64_t i, int ray, float weight) {
    prior_->AddTo(positions_.data() + i / kTile * 3 * kTile + i % kTile, kTile, weight,
                  &composited_[size_t(ray * num_labels_)]);
  });
}

void BlockSegmenter::Render(const PixelBlock& block) {
  tracer_.Begin(RaysOf(camera_, block));
  composited_.assign(tracer_.num_rays() * size_t(num_labels_), 0.0f);
  while (tracer_.NextWave()) AddLogits();

  std::vector<float> probabilities(static_cast<size_t>(num_labels_));
  const float* logits = composited_.data();
  for (int y = block.y0; y < block.y1; ++y) {
    for (int x = block.x0; x < block.x1; ++x, logits += num_labels_) {
      view_->labels.At(x, y) = uint8_t(std::max_element(logits, logits + num_labels_) - logits);  // a ray that meets nothing: all zero, background
      if (probability_of_ < 0) continue;
      Softmax(num_labels_, logits, probabilities.data());
      view_->probability.At(x, y) = probabilities[size_t(probability_of_)];
    }
  }
}

constexpr char kPriorCells[] = "prior_cells", kPriorLogits[] = "prior_logits", kPerAxis[] = "prior_cells_per_axis";

std::shared_ptr<const LabelPrior> ReadPrior(const CheckpointReader& reader, int num_labels) {
  if (!reader.Has(kPriorCells)) return nullptr;
  std::vector<float> coordinates(static_cast<size_t>(reader.Size(kPriorCells)));
  std::vector<float> logits(coordinates.size() / 3 * size_t(num_labels));
  reader.Read(kPriorCells, coordinates);
  reader.Read(kPriorLogits, logits);
  return std::make_shared<const LabelPrior>(
      LabelPrior::FromLogits(reader.meta().at(kPerAxis).get<int>(), coordinates, num_labels, std::move(logits)));
}

}  // namespace

ObjectModel ObjectModel::OfVote(std::shared_ptr<const LabelPrior> prior, const NerfModel& nerf) {
  SANERF_CHECK(prior != nullptr);
  return ObjectModel(nullptr, std::move(prior), nerf);
}

int ObjectModel::num_labels() const { return field_ ? field_->num_labels() : prior_->num_labels(); }

SegmentedView ObjectModel::Render(const Camera& file_camera, int probability_of) const {
  const Camera camera = file_camera.In(nerf_.model_from_file());
  SegmentedView view{ImageU8(camera.width, camera.height, 1), ImageF()};
  if (probability_of >= 0) view.probability = ImageF(camera.width, camera.height, 1);
  ForEachBlock(camera.width, camera.height, [&] {
    return std::make_unique<BlockSegmenter>(nerf_, field_.get(), prior_.get(), camera, probability_of, &view);
  });
  return view;
}

void ObjectModel::Save(const std::filesystem::path& path) const {
  SANERF_CHECK(field_ != nullptr);
  CheckpointWriter writer;
  writer.kind = kCheckpointKind;
  ObjectFieldOptions options = field_->options();
  OptionRegistry registry;
  registry.Add("field", options);
  writer.meta = {{"options", registry.ToJson()}, {"num_labels", num_labels()}, {"nerf", nerf_.Fingerprint()}};
  writer.Add(field_->grid.params().name, field_->grid.params().values.span());
  writer.Add(field_->mlp.params().name, field_->mlp.params().values.span());
  const std::vector<float> cells = prior_ ? prior_->Coordinates() : std::vector<float>();
  if (prior_) {
    writer.meta[kPerAxis] = prior_->cells_per_axis();
    writer.Add(kPriorCells, cells);
    writer.Add(kPriorLogits, prior_->logits());
  }
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
    const int num_labels = reader.meta().at("num_labels").get<int>();
    auto field = std::make_shared<ObjectField>(options, num_labels, 0);
    reader.Read(field->grid.params().name, field->grid.params().values.span());
    reader.Read(field->mlp.params().name, field->mlp.params().values.span());
    return ObjectModel(field, ReadPrior(reader, num_labels), nerf);
  } catch (const Json::exception& e) {
    throw Error(path.string(), fmt::format("damaged checkpoint header ({})", e.what()), "segment the object again");
  }
}

}  // namespace sanerf
