// The result of the mask aggregator (paper 3.3): an object field fitted to the imperfect 2D masks through the frozen
// radiance field.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_source.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray.h"

namespace sanerf::mask_aggregator {

struct SegmentedView {
  ImageU8 labels;      // arg max
  ImageF probability;  // of the label that was asked for: softmax of composited logits; empty when none was
  ImageF known;        // with kWinner: the share of what the ray meets that somebody voted on, 1 without a vote
};

// A trained object field, with the vote it started from, together with the radiance field it was trained on. The logits
// of both are added.
class ObjectModel {
 public:
  // Throws Error: missing, truncated, wrong kind, or trained on another radiance field.
  static ObjectModel Load(const std::filesystem::path& checkpoint, const nerf::NerfModel& nerf);
  void Save(const std::filesystem::path& checkpoint) const;

  // What the masks' vote says by itself, without a field.
  static ObjectModel OfVote(std::shared_ptr<const LabelPrior> prior, const nerf::NerfModel& nerf);

  // Models that were fitted one by one on the same radiance field, as one: of each pixel the label that its own model
  // sets furthest above the background. labels[i]: which each label of model i has here; all of them are 1, 2, … in
  // some order. It is to be looked at: neither to be saved nor to be gone on with.
  static ObjectModel Joined(const std::vector<ObjectModel>& models, const std::vector<std::vector<int>>& labels);
  bool is_joined() const { return !parts_[0].labels.empty(); }

  // A camera (file frame) or a part of its view; parallel inside. probability_of: a label, -1 = none, or kWinner.
  SegmentedView Render(const nerf::PartOfView& view, int probability_of, const Job& job) const;
  SegmentedView Render(const nerf::PartOfView& view, const Job& job) const { return Render(view, -1, job); }
  // With what the radiance field shows (NerfModel::Render), for a little more than that takes: it is asked once.
  SegmentedView Render(const nerf::PartOfView& view, int probability_of, nerf::RenderedView* radiance,
                       const Job& job) const;
  static constexpr int kWinner = -2;  // the label of each pixel itself; 1 where a ray meets nothing

  // The scene without what these labels are taken for (NerfModel::RenderPart). This model must outlive the filters.
  nerf::MakeSampleFilter Without(const std::vector<int>& labels) const;
  // The share of each pixel that the label covers, [0, 1]: rays in a grid of places within the pixel are counted where
  // the label's outline runs, the pixel's own ray elsewhere. labels: of the same camera, as Render returned them.
  // Parallel inside. Throws InterruptedError.
  ImageF Coverage(const Camera& camera, const ImageU8& labels, int label, const Job& job) const;
  // Probabilities of the labels at points (file frame), [point][label]: softmax of the logits there, as of a ray that
  // ends in the point. They say nothing about whether there is anything: see Query of the radiance field. Parallel
  // inside. Throws InterruptedError.
  std::vector<float> ProbabilitiesAt(std::span<const Vec3> points, const Job& job) const;
  int num_labels() const;
  const nerf::NerfModel& nerf() const { return nerf_; }
  bool has_vote() const;
  bool is_vote() const { return !is_joined() && !parts_[0].field; }  // without a field
  ObjectModel VoteAlone() const;

 private:
  friend class ObjectTrainer;
  struct Part {
    std::shared_ptr<const ObjectField> field;  // null: the prior alone
    std::shared_ptr<const LabelPrior> prior;   // null: the field alone
    std::vector<int> labels = {};              // of a joined model: see LabelSource
  };
  ObjectModel(std::shared_ptr<const ObjectField> field, std::shared_ptr<const LabelPrior> prior,
              const nerf::NerfModel& nerf)
      : parts_{{std::move(field), std::move(prior)}}, nerf_(nerf) {}
  std::vector<LabelSource> Sources() const;

  std::vector<Part> parts_;  // one, unless they are joined
  nerf::NerfModel nerf_;
};

}  // namespace sanerf::mask_aggregator
