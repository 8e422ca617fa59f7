#include "sanerf/scene/colmap_model.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <sstream>

namespace sanerf::scene {
namespace {

// COLMAP documentation, "Camera Models", up to version 4. Its pixel centers are at +0.5 as ours. The number is the
// place. Of OpenCV's terms p1 moves down what p2 moves to the right; Aria's p0, p1 are the other way around.
constexpr std::array<ColmapLens, 19> kLenses = {{
    {"SIMPLE_PINHOLE", "f cx cy", LensModel::kPerspective},
    {"PINHOLE", "fx fy cx cy", LensModel::kPerspective},
    {"SIMPLE_RADIAL", "f cx cy k1", LensModel::kPerspective},
    {"RADIAL", "f cx cy k1 k2", LensModel::kPerspective},
    {"OPENCV", "fx fy cx cy k1 k2 p1 p2", LensModel::kPerspective},
    {"OPENCV_FISHEYE", "fx fy cx cy k1 k2 k3 k4", LensModel::kFisheye},
    {"FULL_OPENCV", "fx fy cx cy k1 k2 p1 p2 k3 k4 k5 k6", LensModel::kRational},
    {"FOV", "fx fy cx cy k1", LensModel::kFieldOfView},
    {"SIMPLE_RADIAL_FISHEYE", "f cx cy k1", LensModel::kFisheye},
    {"RADIAL_FISHEYE", "f cx cy k1 k2", LensModel::kFisheye},
    {"THIN_PRISM_FISHEYE", "fx fy cx cy k1 k2 p1 p2 k3 k4 s1 s3", LensModel::kFisheye},
    {"RAD_TAN_THIN_PRISM_FISHEYE", "fx fy cx cy k1 k2 k3 k4 k5 k6 p2 p1 s1 s2 s3 s4", LensModel::kFisheye624},
    {"SIMPLE_DIVISION", "f cx cy k1", LensModel::kDivision},
    {"DIVISION", "fx fy cx cy k1", LensModel::kDivision},
    {"SIMPLE_FISHEYE", "f cx cy", LensModel::kFisheye},
    {"FISHEYE", "fx fy cx cy", LensModel::kFisheye},
    {"EUCM", "fx fy cx cy k1 k2", LensModel::kUnified},
    {"EQUIRECTANGULAR", "- -", LensModel::kEquirectangular},  // width and height once more
    {"BROWN_CONRADY", "f cx cy k1 k2 k3 p1 p2", LensModel::kPerspective},
}};

std::vector<std::string> WordsOf(const char* text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace

int ColmapLens::num_params() const { return int(WordsOf(params).size()); }

const ColmapLens* ColmapLensByNumber(int64_t number) {
  return number >= 0 && number < int64_t(kLenses.size()) ? &kLenses[size_t(number)] : nullptr;
}

const ColmapLens* ColmapLensByName(const std::string& name) {
  const auto lens = std::find_if(kLenses.begin(), kLenses.end(), [&](const ColmapLens& l) { return name == l.name; });
  return lens == kLenses.end() ? nullptr : &*lens;
}

Camera CameraOf(const ColmapLens& lens, const ColmapCamera& stored) {
  Camera camera;
  camera.width = int(stored.width);
  camera.height = int(stored.height);
  if (lens.model == LensModel::kEquirectangular) {
    SeeWholeSphere(&camera);
    return camera;
  }
  LensTerms t;
  const std::map<std::string, double*> places = {
      {"fx", &camera.fx}, {"fy", &camera.fy}, {"cx", &camera.cx}, {"cy", &camera.cy}, {"k1", &t.k1}, {"k2", &t.k2},
      {"k3", &t.k3},      {"k4", &t.k4},      {"k5", &t.k5},      {"k6", &t.k6},      {"p1", &t.p1}, {"p2", &t.p2},
      {"s1", &t.s1},      {"s2", &t.s2},      {"s3", &t.s3},      {"s4", &t.s4}};
  const std::vector<std::string> words = WordsOf(lens.params);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "f") {
      camera.fx = camera.fy = stored.params[i];
    } else {
      *places.at(words[i]) = stored.params[i];
    }
  }
  camera.lens = Lens(lens.model, t);
  return camera;
}

}  // namespace sanerf::scene
