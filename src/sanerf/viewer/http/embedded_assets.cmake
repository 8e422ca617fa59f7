# The page becomes part of the program: an assembler directive takes the files of web/dist as they are. scripts/setup.sh
# makes that folder; without it the program is built all the same, and `sanerf view` says what is missing.
file(GLOB_RECURSE sanerf_page CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/dist/*)
list(FILTER sanerf_page EXCLUDE REGEX "(/\\.[^/]*|\\.map)$")
set(symbols "")
set(entries "")
set(number 0)
foreach(path IN LISTS sanerf_page)
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/web/dist ${path})
  string(APPEND symbols "asm(\".section .rodata\\nsanerf_page_${number}:\\n.incbin \\\"${path}\\\"\\nsanerf_page_${number}_end:\\n.previous\\n\");
extern \"C\" const char sanerf_page_${number}[], sanerf_page_${number}_end[];\n")
  string(APPEND entries "      {\"${name}\", {sanerf_page_${number}, size_t(sanerf_page_${number}_end - sanerf_page_${number})}},\n")
  math(EXPR number "${number} + 1")
endforeach()
if(sanerf_page)
  set(body "  static const Asset assets[] = {\n${entries}  };\n  return assets;")
else()
  set(body "  return {};")
  message(STATUS "There is no web/dist: sanerf view will have no page (scripts/setup.sh --page makes it)")
endif()
set(SANERF_EMBEDDED_ASSETS ${CMAKE_CURRENT_BINARY_DIR}/generated/sanerf/viewer/http/embedded_assets.cpp)
file(CONFIGURE OUTPUT ${SANERF_EMBEDDED_ASSETS} CONTENT "#include \"sanerf/viewer/http/embedded_assets.h\"

${symbols}
namespace sanerf::viewer {

std::span<const Asset> EmbeddedAssets() {
${body}
}

}  // namespace sanerf::viewer
" @ONLY)
target_sources(sanerf_viewer PRIVATE ${SANERF_EMBEDDED_ASSETS})
# By itself, so that a cache of compilations, which cannot see what the directive reads, leaves out this file alone.
set_source_files_properties(${SANERF_EMBEDDED_ASSETS} PROPERTIES OBJECT_DEPENDS "${sanerf_page}"
                            SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
