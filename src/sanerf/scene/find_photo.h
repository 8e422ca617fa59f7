// The file that a name in a scene's files means: names come from other systems, tools and machines.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sanerf::scene {

// A listed name as our own files write it: without byte order mark, file:// and "./", with forward slashes. Percent
// escapes stay, as they may be meant.
std::string PlainName(const std::string& listed);

// Looks for listed photos and masks; what a folder holds is asked once. The name as it stands comes first. Then, in
// this order, the first that leads to a file:
//   as PlainName has it, then with percent escapes resolved
//   with an image's extension added, with another image's extension, in another case ("IMG_1.png" finds img_1.JPG)
//   of an absolute path, also of Windows, or one that leads out of the folder: its longest end that exists here
class PhotoFinder {
 public:
  // None = missing. Throws Error when a name fits two files equally well, and for a name that no file can have (NUL
  // inside): asked for it, the system would find another file.
  std::optional<std::filesystem::path> Find(const std::filesystem::path& folder, const std::string& listed);
  // Whether Find would return or complain of something.
  bool Has(const std::filesystem::path& folder, const std::string& listed);

 private:
  struct Contents {
    std::map<std::string, std::vector<std::string>> images;  // by name without extension, in small letters
    std::vector<std::string> folders;
  };
  using Candidates = std::vector<std::filesystem::path>;  // that fit equally well

  Candidates Search(const std::filesystem::path& folder, const std::string& listed);
  Candidates SearchName(const std::filesystem::path& folder, const std::filesystem::path& name);
  Candidates SearchIn(const std::filesystem::path& folder, const std::string& name);
  Candidates FoldersLike(const std::filesystem::path& folder, const std::filesystem::path& name);
  const Contents& ContentsOf(const std::filesystem::path& folder);

  std::map<std::filesystem::path, Contents> known_;
};

// PhotoFinder::Find for a single name.
std::optional<std::filesystem::path> FindListedImage(const std::filesystem::path& folder, const std::string& listed);

}  // namespace sanerf::scene
