# cpp-httplib as Debian has it: a header and a compiled library, which both must be compiled with the same three macros.
# Defines the imported target Httplib::Httplib.
include(FindPackageHandleStandardArgs)

find_path(Httplib_INCLUDE_DIR httplib.h)
find_library(Httplib_LIBRARY cpp-httplib)
if(Httplib_INCLUDE_DIR)
  file(STRINGS ${Httplib_INCLUDE_DIR}/httplib.h Httplib_VERSION REGEX "^#define CPPHTTPLIB_VERSION ")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1" Httplib_VERSION "${Httplib_VERSION}")
endif()
find_package_handle_standard_args(Httplib REQUIRED_VARS Httplib_LIBRARY Httplib_INCLUDE_DIR VERSION_VAR Httplib_VERSION
                                  REASON_FAILURE_MESSAGE "run scripts/setup.sh, which installs it (Debian, Ubuntu: libcpp-httplib-dev)")
mark_as_advanced(Httplib_INCLUDE_DIR Httplib_LIBRARY)

if(Httplib_FOUND AND NOT TARGET Httplib::Httplib)
  add_library(Httplib::Httplib UNKNOWN IMPORTED)
  set_target_properties(Httplib::Httplib PROPERTIES IMPORTED_LOCATION ${Httplib_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${Httplib_INCLUDE_DIR}
                        INTERFACE_COMPILE_DEFINITIONS "CPPHTTPLIB_OPENSSL_SUPPORT;CPPHTTPLIB_ZLIB_SUPPORT;CPPHTTPLIB_BROTLI_SUPPORT")
endif()
