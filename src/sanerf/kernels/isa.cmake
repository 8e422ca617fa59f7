# The same kernels, built once per instruction set; kernels/isa.cpp picks at run time.
set(kernel_flags -O3 -fno-math-errno -fno-trapping-math)
set_source_files_properties(kernels/isa_generic.cpp PROPERTIES COMPILE_OPTIONS "${kernel_flags}")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set_source_files_properties(kernels/isa_avx2.cpp PROPERTIES COMPILE_OPTIONS "${kernel_flags};-mavx2;-mfma")
  set_source_files_properties(kernels/isa_avx512.cpp PROPERTIES COMPILE_OPTIONS
    "${kernel_flags};-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl;-mfma;-mprefer-vector-width=512")
  set_source_files_properties(kernels/isa_wide16_test.cpp PROPERTIES COMPILE_OPTIONS "${kernel_flags};-mavx2;-mfma")
  target_compile_definitions(sanerf_kernels PRIVATE SANERF_X86)
else()
  set_source_files_properties(kernels/isa_avx2.cpp kernels/isa_avx512.cpp PROPERTIES HEADER_FILE_ONLY ON)
  set_source_files_properties(kernels/isa_wide16_test.cpp PROPERTIES COMPILE_OPTIONS "${kernel_flags}")
endif()
set_source_files_properties(kernels/isa_wide16_test.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
