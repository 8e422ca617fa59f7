// What is said about objects, views encoded for the segmentation model, and objects in space: from masks of one's own
// (FitMasks) or from prompts (session.h).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sanerf/api/options.h"
#include "sanerf/api/radiance_field.h"
#include "sanerf/api/scene.h"
#include "sanerf/core/image.h"
#include "sanerf/core/job.h"

namespace sanerf::feature_container {
class FeatureContainer;
}
namespace sanerf::mask_aggregator {
class ObjectModel;
}
namespace sanerf::sam {
class Sam;
}

namespace sanerf::api {

// ---- What the user says. Pixels are those of the full-size photo, as one reads them off: whole numbers are centers.

struct Click {
  std::string view;
  double x = 0, y = 0;
  bool positive = true;  // false: this is not the object
};
struct Box {
  std::string view;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};
struct Point {  // in the scene's own coordinates
  double x = 0, y = 0, z = 0;
  bool positive = true;
};
// About one object.
struct Prompt {
  std::string name = "object";
  std::vector<Click> clicks = {};
  std::vector<Box> boxes = {};
  std::vector<Point> points = {};
};

// ---- Views encoded by the segmentation model. Costs seconds each, once: clicks on them are then cheap.

class EncodedViews {
 public:
  // All training views. Options of the stage encode; encode.model names the model: a name from `sanerf models list`,
  // or a path. folder: where the encoded views are kept; those that are there already are not encoded again.
  static EncodedViews Encode(const Scene& scene, const RadianceField& field, const std::filesystem::path& folder,
                             const Options& options, const Job& job);

 private:
  friend struct LibraryAccess;
  EncodedViews(std::shared_ptr<const feature_container::FeatureContainer> features,
               std::shared_ptr<const sam::Sam> sam);
  std::shared_ptr<const feature_container::FeatureContainer> features_;
  std::shared_ptr<const sam::Sam> sam_;
};

// ---- Objects in space

class Objects {
 public:
  int size() const { return int(names_.size()); }
  const std::string& name(int object) const;  // throws UsageError when there is none

  // 0/255, where the camera sees the object in front of everything else.
  ImageU8 Mask(const Camera& camera, int object, const Job& job) const;
  // All of them: 0 = none, i + 1 = object i.
  ImageU8 Labels(const Camera& camera, const Job& job) const;
  // The probability of the object at each pixel: [0, 1].
  ImageF Probability(const Camera& camera, int object, const Job& job) const;

  // The object field. Throws UsageError when there is none: in what a session shows before its first Step.
  void Save(const std::filesystem::path& checkpoint) const;
  // names: those that they had when saved, in their order. Throws Error when the checkpoint is broken or belongs to
  // another field.
  static Objects Load(const std::filesystem::path& checkpoint, const RadianceField& field,
                      std::vector<std::string> names);

 private:
  friend struct LibraryAccess;
  Objects(std::shared_ptr<const mask_aggregator::ObjectModel> model, std::vector<std::string> names);
  std::shared_ptr<const mask_aggregator::ObjectModel> model_;
  std::vector<std::string> names_;
};

// ---- A segmenter of one's own: it makes masks, they become objects in space.

class MaskSource {
 public:
  virtual ~MaskSource() = default;
  // The objects' names, in the order of their labels.
  virtual std::vector<std::string> names() const = 0;
  // Labels of a training view, at any size: 0 = none of them, i + 1 = object i, 255 = not known. An empty image says
  // nothing. photo: as Scene::Photo.
  virtual ImageU8 Labels(int view, const ImageF& photo) = 0;
};

// What all views say together; single masks may be wrong. Options of the stage object. Throws Error when no view says
// anything, UsageError for a label that no object has.
Objects FitMasks(const Scene& scene, const RadianceField& field, MaskSource& source, const Options& options,
                 const Job& job);

}  // namespace sanerf::api
