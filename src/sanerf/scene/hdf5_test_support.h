// For tests: HDF5 files as h5py writes them.
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <string>
#include <vector>

namespace sanerf::scene {

// Adds the data set to the file, in one gzip-compressed chunk. type: of `data`, for example H5T_NATIVE_INT.
template <class T>
void WriteHdf5(const std::filesystem::path& path, const std::string& name, const std::vector<hsize_t>& shape,
               hid_t type, const std::vector<T>& data) {
  const hid_t file = std::filesystem::exists(path) ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                                                   : H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(int(shape.size()), shape.data(), nullptr);
  const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(layout, int(shape.size()), shape.data());
  H5Pset_deflate(layout, 4);
  H5Pset_obj_track_times(layout, false);  // the same data are the same bytes
  const hid_t data_set = H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Dwrite(data_set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data());
  H5Dclose(data_set), H5Pclose(layout), H5Sclose(space), H5Fclose(file);
}

}  // namespace sanerf::scene
