// What `sanerf poses` is pointed to: a folder of photos, or a video.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sanerf::poses {

struct PosesInput {
  std::filesystem::path path;  // absolute
  bool is_video = false;
  // Of a folder, in the order of their numbers ("IMG_9" before "IMG_10"). names: what each is called in the scene, with
  // its folder where photos lie in several.
  std::vector<std::filesystem::path> photos;
  std::vector<std::string> names;
};

// Photos lie in the folder, its images/ or input/, or in several folders inside. Throws Error for what holds neither
// photos nor a video, or too few, UsageError for a scene that has its poses.
PosesInput LookAtInput(const std::filesystem::path& path);

// Absolute, without "." and "..", and without a slash at its end.
std::filesystem::path PlainAbsolute(const std::filesystem::path& path);
// Numbers inside of names count as numbers.
bool NaturalLess(const std::string& a, const std::string& b);
// All names end in a number, before the extension.
bool AreNumbered(const std::vector<std::string>& names);

// Throws UsageError when a scene there would replace or lie among what it is made from, Error when `scene` holds
// something that is no earlier scene of this command.
void CheckPlaceOfScene(const std::filesystem::path& scene, const PosesInput& input);

inline constexpr const char* kReportFile = "poses_report.json";  // by which this command knows its scenes
inline constexpr size_t kFewestPhotos = 3;

}  // namespace sanerf::poses
