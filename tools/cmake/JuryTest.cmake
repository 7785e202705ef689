# jury_test(<x_test.cpp> LAYER <layer> [RANKS <n>...] [LABEL <label>] [TIMEOUT <seconds>])
#
# To be called from the tests folder that mirrors the code's. One executable per test file, linked
# to <layer> alone (and what it uses). Without RANKS the test never starts MPI, so leak checks and
# death tests stay trustworthy. With RANKS it runs once per rank count under mpiexec.
set(JURY_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_btl_vader_single_copy_mechanism=none OMP_NUM_THREADS=1)
function(jury_test file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LAYER;LABEL;TIMEOUT" "RANKS")
  if(NOT arg_LABEL)
    set(arg_LABEL quick)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/tests OUTPUT_VARIABLE folder)
  string(REGEX REPLACE "_test\\.cpp$" "" name ${folder}/${file})
  string(REPLACE "/" "." name ${name})
  add_executable(test.${name} ${file})
  target_include_directories(test.${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test.${name} PRIVATE JURY_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  # What is tested is optimised, the tests themselves need not be: it halves the time to compile them.
  target_compile_options(test.${name} PRIVATE -Og)
  target_link_libraries(test.${name} PRIVATE jury::${arg_LAYER} jury_warnings GTest::gmock)
  jury_pch(test.${name} tests LAYER jury.${arg_LAYER} LINKS jury_warnings GTest::gmock OPTIONS -Og HEADERS <gmock/gmock.h>)
  if(NOT arg_RANKS)
    target_link_libraries(test.${name} PRIVATE GTest::gmock_main)
    add_test(NAME ${name} COMMAND test.${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${arg_LABEL} ENVIRONMENT OMP_NUM_THREADS=1)
    return()
  endif()
  target_link_libraries(test.${name} PRIVATE jury_mpi_main)
  foreach(n IN LISTS arg_RANKS)
    add_test(NAME ${name}.np${n}
      COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${n} $<TARGET_FILE:test.${name}>)
    set_tests_properties(${name}.np${n} PROPERTIES TIMEOUT ${arg_TIMEOUT} PROCESSORS ${n} LABELS "${arg_LABEL};mpi"
      ENVIRONMENT "${JURY_TEST_ENVIRONMENT};ASAN_OPTIONS=detect_leaks=0")
  endforeach()
endfunction()
