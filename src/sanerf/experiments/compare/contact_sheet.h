// The same crops of the same views for all methods, beside the photo and the truth.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/experiments/compare/compare_result.h"
#include "sanerf/scene/scene.h"

namespace sanerf::experiments {

struct SheetCell {
  ImageU8 picture;      // 3 channels, empty = there is none
  std::string caption;  // "97.31"
};
struct SheetRow {
  std::string title;  // "mug, test/003.png"
  std::vector<SheetCell> cells;
};
struct ContactSheet {
  std::vector<std::string> columns;
  std::vector<SheetRow> rows;
};

// The most informative views of an object, as positions in its list of views: where the truth is largest, and where the
// methods' IoUs lie farthest apart.
std::vector<size_t> TellingViews(const std::vector<MethodResult>& methods, size_t object,
                                 const std::function<int64_t(size_t view)>& true_pixels);

// Overlays of all methods that have a result. masks: OUT/masks as Compare writes it.
ContactSheet MakeContactSheet(const CompareResult& result, const scene::Scene& scene,
                              const std::function<std::optional<ImageU8>(const scene::View&, size_t object)>& truth_of);
// Where Compare keeps the masks of a method's first run, and each of them in there.
std::filesystem::path MaskFolder(const std::filesystem::path& out, const std::string& method);
std::filesystem::path MaskPath(const std::filesystem::path& folder, const std::string& object, const std::string& view);

ImageU8 ToPicture(const ContactSheet& sheet);
std::string ToHtml(const ContactSheet& sheet, const CompareResult& result);

}  // namespace sanerf::experiments
