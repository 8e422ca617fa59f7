# cpack -G DEB: a Debian package of the program with ONNX Runtime, the two default models, completion and manual pages;
# headers and library are not in it. scripts/check_package.sh installs it on a bare system.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sanerf)
set(CPACK_PACKAGE_VENDOR "sanerf")
set(CPACK_PACKAGE_CONTACT "The authors of sanerf <sanerf@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "posed photos to a radiance field, clicks to 3D object masks")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "A folder of photos or a video becomes a radiance field; a few clicks become a clean 3D object: the same
 mask, sharp, from any viewpoint. Runs on the processor, with a window in the browser or by commands.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};sanerf;runtime;/")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # what the program is linked with, by dpkg-shlibdeps
get_filename_component(sanerf_onnxruntime_folder "${OnnxRuntime_LIBRARY}" DIRECTORY)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${sanerf_onnxruntime_folder}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, curl, tar")  # sanerf models fetch
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "colmap, ffmpeg")           # sanerf poses
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
