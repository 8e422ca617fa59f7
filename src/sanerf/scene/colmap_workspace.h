// Where COLMAP and the programs around it leave their models and photos.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sanerf::scene {

// A sparse model that may be the scene's: a folder with cameras and images.
struct ColmapPlace {
  std::filesystem::path model;
  int number = 0;                                    // N of sparse/N and dense/N/sparse; 0 when there is none
  std::filesystem::path group;                       // the folder that it shares with other models of the same capture
  std::vector<std::filesystem::path> photo_folders;  // where its photos may be, the likeliest first
};

// All in a folder, the likeliest first:
//   sparse/N, sparse, colmap_sparse/N   their photos in images, images_2, …, the folder itself, input
//   colmap/sparse/N, colmap/sparse      the same, or beside it
//   dense/N, dense, undistorted         sparse and images inside: COLMAP's own undistorted copies
//   distorted/sparse/N                  photos in input: what programs for Gaussian splatting began with
std::vector<ColmapPlace> FindColmapModels(const std::filesystem::path& root);

// cameras and images, both .bin or both .txt.
bool IsColmapModel(const std::filesystem::path& folder);
bool IsBinaryColmapModel(const std::filesystem::path& folder);

}  // namespace sanerf::scene
