# The catalogue becomes part of the library, so that the program needs no file beside it.
file(READ ${PROJECT_SOURCE_DIR}/models/catalogue.json SANERF_CATALOGUE_JSON)
configure_file(models/catalogue_json.h.in ${CMAKE_CURRENT_BINARY_DIR}/generated/sanerf/models/catalogue_json.h @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/models/catalogue.json)
target_include_directories(sanerf_models PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)

# A program finds the model files by its own place: share/sanerf/models in a folder above it, here as after an install.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/sanerf)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/models/files ${PROJECT_BINARY_DIR}/share/sanerf/models SYMBOLIC)
