# The page that shows one object (web/object) becomes part of the program, so that it needs no file beside it.
file(READ ${PROJECT_SOURCE_DIR}/web/object/object.html SANERF_OBJECT_PAGE)
configure_file(export/object_page.h.in ${CMAKE_CURRENT_BINARY_DIR}/generated/sanerf/export/object_page.h @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/object/object.html)
target_include_directories(sanerf_export PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
