# libzip by its files: the configuration that Debian ships with it wants the tools of another package.
# Defines the imported target Libzip::Libzip.
include(FindPackageHandleStandardArgs)

find_path(Libzip_INCLUDE_DIR zip.h)
find_library(Libzip_LIBRARY zip)
find_package_handle_standard_args(Libzip REQUIRED_VARS Libzip_LIBRARY Libzip_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "run scripts/setup.sh, which installs it (Debian, Ubuntu: libzip-dev)")
mark_as_advanced(Libzip_INCLUDE_DIR Libzip_LIBRARY)

if(Libzip_FOUND AND NOT TARGET Libzip::Libzip)
  add_library(Libzip::Libzip UNKNOWN IMPORTED)
  set_target_properties(Libzip::Libzip PROPERTIES IMPORTED_LOCATION ${Libzip_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${Libzip_INCLUDE_DIR})
endif()
