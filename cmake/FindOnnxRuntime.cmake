# ONNX Runtime: a system install (or -DOnnxRuntime_ROOT=PREFIX) first, else what scripts/setup.sh put into .deps.
# Defines the imported target OnnxRuntime::OnnxRuntime and OnnxRuntime_VERSION.
include(FindPackageHandleStandardArgs)

set(_ort_bundled ${PROJECT_SOURCE_DIR}/.deps/onnxruntime)
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(PC_ONNXRUNTIME QUIET libonnxruntime)
endif()

find_path(OnnxRuntime_INCLUDE_DIR onnxruntime_cxx_api.h
          HINTS ${PC_ONNXRUNTIME_INCLUDE_DIRS}
          PATHS ${_ort_bundled}/include
          PATH_SUFFIXES onnxruntime onnxruntime/core/session core/session)

# The library must belong to the headers: never the headers of one install with the library of another.
string(FIND "${OnnxRuntime_INCLUDE_DIR}" "${_ort_bundled}/" _ort_at)
if(_ort_at EQUAL 0)
  find_library(OnnxRuntime_LIBRARY onnxruntime PATHS ${_ort_bundled}/lib NO_DEFAULT_PATH)
  if(EXISTS ${_ort_bundled}/VERSION)
    file(STRINGS ${_ort_bundled}/VERSION OnnxRuntime_VERSION LIMIT_COUNT 1)
  endif()
else()
  find_library(OnnxRuntime_LIBRARY onnxruntime HINTS ${PC_ONNXRUNTIME_LIBRARY_DIRS})
  set(OnnxRuntime_VERSION ${PC_ONNXRUNTIME_VERSION})
endif()

# Nothing leaves the machine: a build that reports usage names the collector's address.
if(OnnxRuntime_LIBRARY)
  file(TIMESTAMP ${OnnxRuntime_LIBRARY} _ort_date) # another file may take the place of one that was looked through
endif()
if(OnnxRuntime_LIBRARY AND NOT OnnxRuntime_CHECKED STREQUAL "${OnnxRuntime_LIBRARY} ${OnnxRuntime_VERSION} ${_ort_date}")
  file(STRINGS ${OnnxRuntime_LIBRARY} _ort_collector LIMIT_COUNT 1 REGEX "events\\.data\\.microsoft\\.com")
  if(_ort_collector)
    message(FATAL_ERROR "${OnnxRuntime_LIBRARY} has a usage collector built in, which writes a machine identifier into the "
                        "home folder and reports every start. Take a build without it: run scripts/setup.sh, and remove "
                        "this library or pass -DOnnxRuntime_ROOT=PREFIX of another one.")
  endif()
  set(OnnxRuntime_CHECKED "${OnnxRuntime_LIBRARY} ${OnnxRuntime_VERSION} ${_ort_date}" CACHE INTERNAL "found to hold no usage collector")
endif()

find_package_handle_standard_args(OnnxRuntime
  REQUIRED_VARS OnnxRuntime_LIBRARY OnnxRuntime_INCLUDE_DIR
  VERSION_VAR OnnxRuntime_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup.sh, which puts it into .deps/onnxruntime, or pass -DOnnxRuntime_ROOT=PREFIX of an install that has onnxruntime_cxx_api.h and libonnxruntime.so")
mark_as_advanced(OnnxRuntime_INCLUDE_DIR OnnxRuntime_LIBRARY)

if(OnnxRuntime_FOUND AND NOT TARGET OnnxRuntime::OnnxRuntime)
  add_library(OnnxRuntime::OnnxRuntime SHARED IMPORTED)
  set_target_properties(OnnxRuntime::OnnxRuntime PROPERTIES
    IMPORTED_LOCATION ${OnnxRuntime_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${OnnxRuntime_INCLUDE_DIR})
endif()
