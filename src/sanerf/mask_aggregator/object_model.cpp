#include "sanerf/mask_aggregator/object_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/options.h"
#include "sanerf/core/parallel.h"
#include "sanerf/mask_aggregator/composited_view.h"
#include "sanerf/mask_aggregator/object_filter.h"
#include "sanerf/mask_aggregator/ray_compositor.h"
#include "sanerf/nerf/trace.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::mask_aggregator {

namespace {

constexpr char kCheckpointKind[] = "object-field";

constexpr char kPriorCells[] = "prior_cells", kPriorLogits[] = "prior_logits", kPerAxis[] = "prior_cells_per_axis";

std::shared_ptr<const LabelPrior> ReadPrior(const nn::CheckpointReader& reader, const std::filesystem::path& path,
                                            int num_labels) {
  if (!reader.Has(kPriorCells)) return nullptr;
  const std::vector<float> coordinates = reader.Read(kPriorCells);
  std::vector<float> logits(size_t(std::max<int64_t>(0, reader.Size(kPriorLogits))));
  reader.ReadFinite(kPriorLogits, logits);
  const int64_t per_axis =
      JsonCursor(reader.meta(), path.string())[kPerAxis].IntegerIn(1, (1 << CellIndex::kKeyBits) - 1);
  const auto is_cell = [&](float c) { return c >= 0 && c < float(per_axis) && c == std::floor(c); };
  if (coordinates.size() % 3 != 0 || coordinates.size() / 3 * size_t(num_labels) != logits.size() ||
      !std::all_of(coordinates.begin(), coordinates.end(), is_cell))
    throw Error(path.string(), "damaged checkpoint: the cells of its vote do not fit their grid or their labels",
                "segment the object again");
  auto prior = std::make_shared<const LabelPrior>(
      LabelPrior::FromLogits(int(per_axis), coordinates, num_labels, std::move(logits)));
  if (prior->num_cells() != coordinates.size() / 3)
    throw Error(path.string(), "damaged checkpoint: a cell of its vote is there twice", "segment the object again");
  return prior;
}

constexpr int64_t kChunk = 4096;          // points
constexpr int kPlacesPerSide = 4;         // of a pixel along the outline
constexpr size_t kOutlineAtATime = 4096;  // pixels: a field may have hundreds of labels

bool IsAtOutline(const ImageU8& labels, int x, int y, int label) {
  const bool inside = labels.At(x, y) == label;
  for (int v = std::max(0, y - 1); v <= std::min(labels.height - 1, y + 1); ++v)
    for (int u = std::max(0, x - 1); u <= std::min(labels.width - 1, x + 1); ++u)
      if ((labels.At(u, v) == label) != inside) return true;
  return false;
}

}  // namespace

ObjectModel ObjectModel::OfVote(std::shared_ptr<const LabelPrior> prior, const nerf::NerfModel& nerf) {
  SANERF_CHECK(prior != nullptr);
  return ObjectModel(nullptr, std::move(prior), nerf);
}

ObjectModel ObjectModel::Joined(const std::vector<ObjectModel>& models, const std::vector<std::vector<int>>& labels) {
  SANERF_CHECK(!models.empty() && models.size() == labels.size());
  ObjectModel joined = models[0];
  joined.parts_.clear();
  std::set<int> all;
  for (size_t i = 0; i < models.size(); ++i) {
    SANERF_CHECK(!models[i].is_joined() && int(labels[i].size()) + 1 == models[i].num_labels());
    joined.parts_.push_back(models[i].parts_[0]);
    joined.parts_.back().labels = labels[i];
    all.insert(labels[i].begin(), labels[i].end());
  }
  SANERF_CHECK(int(all.size()) + 1 == joined.num_labels() && *all.begin() == 1 && *all.rbegin() == int(all.size()));
  return joined;
}

std::vector<LabelSource> ObjectModel::Sources() const {
  std::vector<LabelSource> sources;
  for (const Part& part : parts_) sources.push_back({part.field.get(), part.prior.get(), part.labels});
  return sources;
}

int ObjectModel::num_labels() const { return int(NumOutputs(Sources())); }

bool ObjectModel::has_vote() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.prior != nullptr; });
}

ObjectModel ObjectModel::VoteAlone() const {
  SANERF_CHECK(has_vote());
  ObjectModel vote = *this;
  for (Part& part : vote.parts_) part.field = nullptr;
  return vote;
}

SegmentedView ObjectModel::Render(const nerf::PartOfView& part, int probability_of, const Job& job) const {
  return Render(part, probability_of, nullptr, job);
}

SegmentedView ObjectModel::Render(const nerf::PartOfView& part, int probability_of, nerf::RenderedView* radiance,
                                  const Job& job) const {
  const ThreadLimit limit(job.num_threads());
  const bool wants_probability = probability_of != -1;
  SegmentedView view{ImageU8(part.width(), part.height(), 1), ImageF(), ImageF()};
  if (wants_probability) view.probability = ImageF(part.width(), part.height(), 1);
  if (probability_of == kWinner) view.known = ImageF(part.width(), part.height(), 1);
  if (radiance != nullptr)
    *radiance = {ImageF(part.width(), part.height(), 3), ImageF(part.width(), part.height(), 1),
                 ImageF(part.width(), part.height(), 1)};
  const int num = num_labels();
  CompositeView(
      nerf_, Sources(), {part, /*with_radiance=*/radiance != nullptr},
      [&](const CompositedPixel& pixel) {
        const int x = pixel.x - part.pixels.x0, y = pixel.y - part.pixels.y0;
        const float* logits = pixel.outputs;
        // A ray that meets nothing: all zero, background.
        const int winner = int(std::max_element(logits, logits + num) - logits);
        view.labels.At(x, y) = uint8_t(winner);
        if (radiance != nullptr) {
          std::copy_n(pixel.radiance.rgb, 3, radiance->rgb.Pixel(x, y));
          radiance->depth.At(x, y) = pixel.depth;
          radiance->opacity.At(x, y) = pixel.radiance.opacity;
        }
        if (!wants_probability) return;
        std::array<float, kMaxFieldOutputs> probabilities;
        Softmax(num, logits, probabilities.data());
        const bool is_sure = probability_of == kWinner && pixel.opacity == 0;
        if (probability_of == kWinner)
          view.known.At(x, y) = is_sure ? 1.0f : std::min(1.0f, pixel.known / pixel.opacity);
        view.probability.At(x, y) =
            is_sure ? 1.0f : probabilities[size_t(probability_of == kWinner ? winner : probability_of)];
      },
      job);
  return view;
}

nerf::MakeSampleFilter ObjectModel::Without(const std::vector<int>& labels) const {
  std::vector<bool> is_hidden(size_t(num_labels()), false);
  for (const int label : labels) is_hidden.at(size_t(label)) = true;
  return [this, is_hidden] { return std::make_unique<ObjectFilter>(Sources(), is_hidden, Surroundings::kStay); };
}

nerf::MakeSampleFilter ObjectModel::Alone(const std::vector<int>& labels) const {
  std::vector<bool> is_hidden(size_t(num_labels()), true);
  for (const int label : labels) is_hidden.at(size_t(label)) = false;
  return [this, is_hidden] { return std::make_unique<ObjectFilter>(Sources(), is_hidden, Surroundings::kGo); };
}

ImageF ObjectModel::Coverage(const Camera& file_camera, const ImageU8& labels, int label, const Job& job) const {
  SANERF_CHECK(labels.width == file_camera.width && labels.height == file_camera.height);
  const ThreadLimit limit(job.num_threads());
  const Camera camera = file_camera.In(nerf_.model_from_file());
  ImageF coverage(labels.width, labels.height, 1);
  std::vector<size_t> pixels;  // at the outline, and the rays through their places
  std::vector<nerf::Ray> rays;
  const auto count_places = [&] {
    const std::vector<float> logits = CompositeRays(nerf_, Sources(), rays, job);
    const size_t num = size_t(num_labels()), places = size_t(kPlacesPerSide * kPlacesPerSide);
    for (size_t i = 0; i < pixels.size(); ++i) {
      int covered = 0;
      for (size_t place = i * places; place < (i + 1) * places; ++place) {
        const float* of_ray = &logits[place * num];
        covered += std::max_element(of_ray, of_ray + num) - of_ray == label;
      }
      coverage.data[pixels[i]] = float(covered) / float(places);
    }
    pixels.clear();
    rays.clear();
  };
  for (int y = 0; y < labels.height; ++y) {
    for (int x = 0; x < labels.width; ++x) {
      coverage.At(x, y) = labels.At(x, y) == label ? 1.0f : 0.0f;
      if (!IsAtOutline(labels, x, y, label)) continue;
      pixels.push_back(size_t(y) * size_t(labels.width) + size_t(x));
      for (int v = 0; v < kPlacesPerSide; ++v)
        for (int u = 0; u < kPlacesPerSide; ++u)
          rays.push_back(nerf::MakeRay(camera, {x + (u + 0.5) / kPlacesPerSide, y + (v + 0.5) / kPlacesPerSide}));
      if (pixels.size() == kOutlineAtATime) count_places();
    }
  }
  count_places();
  return coverage;
}

std::vector<float> ObjectModel::ProbabilitiesAt(std::span<const Vec3> points, const Job& job) const {
  const size_t num = size_t(num_labels());
  std::vector<float> probabilities(points.size() * num);
  const std::vector<LabelSource> sources = Sources();
  RayCompositor compositor(sources);
  const nerf::TracedRays rays = nerf::RaysEndingIn(nerf_, points, job);
  ParallelForChunks(rays.num_rays(), kChunk, [&](int64_t begin, int64_t end) {
    job.ThrowIfStopped("the query of the object field");
    std::vector<int> chosen(static_cast<size_t>(end - begin));
    std::iota(chosen.begin(), chosen.end(), int(begin));
    const std::vector<float> logits = compositor.Of(rays, chosen).outputs;
    for (size_t i = 0; i < chosen.size(); ++i)
      Softmax(int(num), &logits[i * num], &probabilities[(size_t(begin) + i) * num]);
  });
  return probabilities;
}

void ObjectModel::Save(const std::filesystem::path& path) const {
  SANERF_CHECK(!is_joined() && parts_[0].field != nullptr);
  const std::shared_ptr<const ObjectField>& field = parts_[0].field;
  const std::shared_ptr<const LabelPrior>& prior = parts_[0].prior;
  Json options = OptionsToJson(field->options());
  if (!field->options().skip) options.erase("skip");  // the file is what earlier versions write and read
  nn::CheckpointWriter writer;
  writer.kind = kCheckpointKind;
  *writer.meta = {
      {"options", {{"field", std::move(options)}}}, {"num_labels", num_labels()}, {"nerf", nerf_.Fingerprint()}};
  writer.Add(field->grid.params().name, field->grid.params().values.span());
  writer.Add(field->mlp.params().name, field->mlp.params().values.span());
  const std::vector<float> cells = prior ? prior->Coordinates() : std::vector<float>();
  if (prior) {
    (*writer.meta)[kPerAxis] = prior->cells_per_axis();
    writer.Add(kPriorCells, cells);
    writer.Add(kPriorLogits, prior->logits());
  }
  writer.Write(path);
}

ObjectModel ObjectModel::Load(const std::filesystem::path& path, const nerf::NerfModel& nerf) {
  const nn::CheckpointReader reader(path, kCheckpointKind);
  try {
    const JsonCursor meta(reader.meta(), path.string());
    if (meta["nerf"].Unsigned() != nerf.Fingerprint())
      throw Error(path.string(), "the object was segmented on another state of the radiance field",
                  "segment it again: sanerf segment RUN ...");
    const auto options =
        OptionsFromJson<ObjectFieldOptions>(reader.meta().at("options").at("field"), "object", path.string());
    const int num_labels = int(meta["num_labels"].IntegerIn(1, kMaxFieldOutputs));
    reader.CheckSize(ObjectField::kGridName, nn::NumTableValues(GridOptionsOf(options)));
    auto field = std::make_shared<ObjectField>(options, num_labels, 0);
    for (nn::Parameters* params : {&field->grid.params(), &field->mlp.params()})
      reader.ReadFinite(params->name, params->values.span());
    return ObjectModel(field, ReadPrior(reader, path, num_labels), nerf);
  } catch (const Json::exception& e) {
    throw Error(path.string(), fmt::format("damaged checkpoint header ({})", e.what()), "segment the object again");
  } catch (const UsageError& e) {  // values that do not go together, but nobody typed them
    throw Error(path.string(), e.what(), "segment the object again");
  }
}

}  // namespace sanerf::mask_aggregator
