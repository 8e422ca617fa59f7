# libheif by its files: its own configuration names another target in every version. Defines the imported target Heif::Heif.
include(FindPackageHandleStandardArgs)

find_path(Heif_INCLUDE_DIR libheif/heif.h)
find_library(Heif_LIBRARY heif)
find_package_handle_standard_args(Heif REQUIRED_VARS Heif_LIBRARY Heif_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "run scripts/setup.sh --formats, which installs it (Debian, Ubuntu: libheif-dev)")
mark_as_advanced(Heif_INCLUDE_DIR Heif_LIBRARY)

if(Heif_FOUND AND NOT TARGET Heif::Heif)
  add_library(Heif::Heif UNKNOWN IMPORTED)
  set_target_properties(Heif::Heif PROPERTIES IMPORTED_LOCATION ${Heif_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${Heif_INCLUDE_DIR})
endif()
