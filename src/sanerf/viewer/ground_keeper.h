// What masks are made with, opened one after the other as soon as each can be: SAM, the encoded photos, the radiance
// field, in training and trained. The desk gets it as its ground, and the encoder runs behind it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/feature_container/encode_views.h"
#include "sanerf/segmentation/segmentation_input.h"
#include "sanerf/viewer/audience.h"
#include "sanerf/viewer/desk/desk.h"
#include "sanerf/viewer/live/encoder.h"
#include "sanerf/viewer/live/live_features.h"
#include "sanerf/viewer/live/live_field.h"
#include "sanerf/viewer/live/live_run.h"
#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {

// All must outlive the keeper.
struct GroundContext {
  const std::filesystem::path& run_path;
  LiveField& field;
  LiveRun& run;
  Desk& desk;
  WorkList& work;
  Audience& audience;
  std::function<bool()> is_urgent;  // somebody waits for a picture or a mask: no further view is encoded
};

class GroundKeeper {
 public:
  explicit GroundKeeper(GroundContext context) : context_(std::move(context)) {}

  // ---- From one thread.
  // Opens what can be opened next. True: there is nothing more to open. Throws what opening throws.
  bool OpenNext(const Job& job);
  // After it has thrown: nothing more is opened before TryAgain or another phase of the field. problem: what the page
  // shows while there is nothing to answer prompts with.
  void GiveUp(const std::string& problem);
  void TryAgain() { has_failed_ = false; }

  // ---- From any thread.
  void CheckWantedViews();  // somebody may wait for another view
  void Resume();            // with all views, whatever was canceled or has failed
  void StopEncoding();      // after the view in progress
  // Of the trained field; none before.
  std::optional<segmentation::SegmentationInput> FinalGround() const;
  Json EncodingState() const;   // "encoding" of docs/viewer.md
  std::string Waiting() const;  // "waiting" there

 private:
  void OpenTrained(const Job& job);
  void OpenInTraining(const Job& job);
  std::shared_ptr<const sam::Sam> OpenSam(const Job& job);
  void SayOpening(const std::string& what);
  bool SetGround(segmentation::SegmentationInput input);  // true: all its views are encoded
  void Encode(feature_container::RadianceSource radiance, feature_container::EncodeOptions options,
              std::shared_ptr<LiveFeatures> features, const Job& job);
  const std::shared_ptr<const scene::Scene>& scene() const { return context_.field.scene(); }

  const GroundContext context_;

  mutable std::mutex mutex_;
  std::string opening_;  // what is being opened, "" = nothing
  std::string problem_;  // why it could not be
  std::optional<segmentation::SegmentationInput> ground_;
  std::unique_ptr<Encoder> encoder_;  // calls the desk

  // Of the one thread.
  LiveField::Phase phase_ = LiveField::Phase::kPhotos;
  bool is_open_ = false;     // all that there is of a trained field
  bool has_failed_ = false;  // not again before something is said
  int64_t num_starts_ = 0;   // of the training whose field is the ground
  int64_t ground_step_ = 0;  // of that field, while it is in training
  std::string sam_name_;
  std::shared_ptr<const sam::Sam> sam_;
  std::shared_ptr<LiveFeatures> maps_;  // encoded while there is no field
};

}  // namespace sanerf::viewer
