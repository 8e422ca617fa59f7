# The text of reports becomes part of the program, so that it needs no file beside it.
file(READ ${PROJECT_SOURCE_DIR}/web/report/report.html SANERF_REPORT_TEMPLATE)
configure_file(experiments/eval/report_template.h.in
               ${CMAKE_CURRENT_BINARY_DIR}/generated/sanerf/experiments/eval/report_template.h @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/report/report.html)
target_include_directories(sanerf_experiments PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
